// SPDX-License-Identifier: Apache-2.0
// The command `tulkki`: a table of commands and nothing else.
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fmt/core.h>
#include <string_view>
#include <vector>

#include "viewer/analysis/near_name.h"
#include "viewer/cli/command.h"

namespace tulkki {
namespace {

struct Command {
  std::string_view name;
  CommandFunction* function;  // nullptr: not built yet
  std::string_view summary;
};

constexpr std::array kCommands{
    Command{"run", run_command, "start an MPI program and record what it does"},
    Command{"env", env_command, "print the variables for a plain mpirun, mpiexec or srun"},
    Command{"runs", runs_command, "list the recorded runs; delete, label, annotate or merge them"},
    Command{"report", report_command, "show one run: procedures, call sites, sizes, ranks"},
    Command{"compare", compare_command, "compare launches: which is faster, by how much, and where the time went"},
    Command{"export", export_command, "write tables as csv, tsv, json, latex or markdown"},
    Command{"recover", recover_command, "make a profile and a trace from the raw logs of a killed run"},
    Command{"doctor", doctor_command, "examine this machine: what is missing, limited or mixed up, and what mends it"},
    Command{"selftest", selftest_command, "test on this machine that programs of other ABIs run on a backend"},
#ifdef TULKKI_HAVE_CHECK
    Command{"check", check_command, "validate OTF2 traces"},
#endif
    Command{"sweep", sweep_command, "launch a program over combinations of factors, in random order"},
    Command{"bench", bench_command, "measure workloads over backends and transports"},
    Command{"transports", transports_command, "list the transports that can be chosen here"},
    Command{"view", view_command, "open the window; draw figures and tables without a display"},
};

void print_usage() {
  fmt::print("tulkki {}: records what every MPI call of an unmodified program costs.\n\n", TULKKI_VERSION);
  fmt::print("Usage: tulkki COMMAND [OPTIONS]\n\n");
  for (const Command& command : kCommands) {
    fmt::print("  {:<11} {}{}\n", command.name, command.summary, command.function ? "" : " (not built yet)");
  }
  fmt::print(
      "\nExample: tulkki run -n 4 ./program     then: tulkki report\n"
      "Every command has --help. Exit codes: 0 done, 1 failed, 2 wrong use; `run` keeps that of the program.\n");
}

int unknown_command(std::string_view name) {
  std::vector<std::string> names;
  for (const Command& command : kCommands) names.emplace_back(command.name);
  const std::string near = did_you_mean(name, names);
  fmt::print(stderr, "tulkki: there is no command '{}'{}\nSee `tulkki --help`.\n", name, near.empty() ? "." : near);
  return kExitWrongUse;
}

int dispatch(int argc, char** argv) {
  const std::string_view name = argc > 1 ? argv[1] : "--help";
  if (name == "--help" || name == "-h" || name == "help") {
    print_usage();
    return 0;
  }
  if (name == "--version" || name == "-V" || name == "version") {
    fmt::print("tulkki {}\n", TULKKI_VERSION);
    return 0;
  }
  for (const Command& command : kCommands) {
    if (command.name != name) continue;
    if (command.function != nullptr) return command.function(argc - 1, argv + 1);
    fmt::print(stderr, "tulkki {}: not built yet in version {}.\n", name, TULKKI_VERSION);
    return kExitWrongUse;
  }
  return unknown_command(name);
}

}  // namespace
}  // namespace tulkki

int main(int argc, char** argv) {
  int code = tulkki::kExitFailed;
  try {
    code = tulkki::dispatch(argc, argv);
  } catch (const std::exception& error) {  // out of memory, and what libraries throw
    fmt::print(stderr, "tulkki: {}\n", error.what());
  }
  if (std::fflush(stdout) == 0) return code;
  fmt::print(stderr, "tulkki: cannot write to standard output: {}\n", std::strerror(errno));
  return code != 0 ? code : tulkki::kExitFailed;
}
