// SPDX-License-Identifier: Apache-2.0
// Finds launchers and builds their command lines.
#include "viewer/cli/launcher.h"

#include <array>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <sched.h>
#include <set>
#include <unistd.h>

#include "tulkki/abi_identities.h"
#include "viewer/cli/program_front.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

raw::Abi abi_of_launcher(const std::string& path) { return abi_in_version(output_of({path, "--version"}, true)); }

std::vector<std::string> candidates(raw::Abi abi, const std::string& mpi_library) {
  std::vector<std::string> result;
  // <prefix>/lib/libmpi.so.40 or <prefix>/lib/release/libmpi.so.12 -> <prefix>/bin. The system's own folders hold
  // every implementation side by side, so they say nothing.
  std::error_code ignored;
  fs::path folder = fs::canonical(mpi_library, ignored).parent_path();
  for (int up = 0; up < 2 && folder.has_relative_path(); ++up) {
    folder = folder.parent_path();
    if (folder == "/usr" || folder == "/" || folder == "/usr/lib") break;
    for (const char* name : {"mpirun", "mpiexec", "mpiexec.hydra"}) result.push_back(folder / "bin" / name);
  }
  for (const char* const* name = kAbiIdentities[static_cast<int>(abi)].launcher; *name != nullptr; ++name) result.emplace_back(*name);
  if (abi != raw::Abi::standard) result.insert(result.end(), {"mpirun", "mpiexec"});
  return result;
}

// Open MPI counts cores, not hardware threads, as places for ranks.
int usable_cores() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 1;
  std::set<std::string> cores;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed)) continue;
    std::ifstream stream(fmt::format("/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list", cpu));
    std::string siblings;
    if (!std::getline(stream, siblings)) siblings = std::to_string(cpu);
    cores.insert(siblings);
  }
  return static_cast<int>(cores.size());
}

bool says_ranks(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    for (const char* option : {"-n", "-np", "--n", "--np", "-c", "-N", "-npernode", "--npernode", "-ppn", "--app",
                               "-configfile"}) {
      if (argument == option) return true;
    }
  }
  return false;
}

void add_openmpi_options(const LaunchRequest& request, Arguments& command) {
  if (geteuid() == 0) command.push_back("--allow-run-as-root");
  const bool crowded = request.ranks > usable_cores() && !names_hosts(request.launcher_arguments);
  if (request.oversubscribe || crowded) {
    command.insert(command.end(), {"--oversubscribe", "--mca", "mpi_yield_when_idle", "1"});
  }
  command.insert(command.end(), {"-x", "LD_PRELOAD=" + request.preload});
  // Without a value it is taken from the launcher's environment: no character of it can be misread.
  for (const auto& [name, value] : request.variables) command.insert(command.end(), {"-x", name});
}

void add_mpich_options(const LaunchRequest& request, Arguments& command) {
  command.insert(command.end(), {"-genv", "LD_PRELOAD", request.preload});
  for (const auto& [name, value] : request.variables) command.insert(command.end(), {"-genv", name, value});
}

}  // namespace

raw::Abi abi_in_version(const std::string& text) {
  for (const raw::Abi abi : {raw::Abi::openmpi, raw::Abi::mpich}) {
    for (const char* const* words = kAbiIdentities[static_cast<int>(abi)].launcher_says; *words != nullptr; ++words)
      if (text.find(*words) != std::string::npos) return abi;
  }
  return raw::Abi::unknown;
}

Result<Launcher> find_launcher(raw::Abi abi, const std::string& mpi_library) {
  for (const std::string& candidate : candidates(abi, mpi_library)) {
    const std::string path = find_in_path(candidate);
    if (path.empty()) continue;
    const raw::Abi of_launcher = abi_of_launcher(path);
    if (of_launcher == abi || (abi == raw::Abi::standard && of_launcher != raw::Abi::unknown)) return Launcher{of_launcher, path};
  }
  if (abi == raw::Abi::standard) {
    return Error{fmt::format("found no launcher beside {}: start the program with its own and the variables of `tulkki env`",
                             mpi_library)};
  }
  const bool openmpi = abi == raw::Abi::openmpi;
  return Error{fmt::format("found no launcher of {0} ({1}, mpirun) in PATH: install it (Debian: {2}), or use "
                           "`tulkki env` with your own launcher",
                           openmpi ? "Open MPI" : "MPICH", openmpi ? "mpirun.openmpi" : "mpiexec.mpich",
                           openmpi ? "openmpi-bin" : "mpich")};
}

bool names_hosts(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (argument.find("host") != std::string::npos || argument == "-f" || argument == "-H") return true;
  }
  return getenv("SLURM_JOB_ID") != nullptr || getenv("PBS_NODEFILE") != nullptr || getenv("LSB_HOSTS") != nullptr;
}

Arguments launch_command(const Launcher& launcher, const LaunchRequest& request) {
  Arguments command{launcher.path};
  if (launcher.abi == raw::Abi::openmpi) add_openmpi_options(request, command);
  else add_mpich_options(request, command);
  if (request.ranks > 0 || !says_ranks(request.launcher_arguments)) {
    command.insert(command.end(), {"-n", std::to_string(request.ranks > 0 ? request.ranks : 1)});
  }
  command.insert(command.end(), request.launcher_arguments.begin(), request.launcher_arguments.end());
  command.insert(command.end(), request.program.begin(), request.program.end());
  return command;
}

Result<std::vector<std::string>> split_words(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  bool inside = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    if (letter == '\\' && quote != '\'' && i + 1 < text.size()) {
      word += text[++i];
      inside = true;
    } else if (quote != 0) {
      if (letter == quote) quote = 0;
      else word += letter;
    } else if (letter == '\'' || letter == '"') {
      quote = letter;
      inside = true;
    } else if (letter == ' ' || letter == '\t' || letter == '\n') {
      if (inside) words.push_back(std::move(word));
      word.clear();
      inside = false;
    } else {
      word += letter;
      inside = true;
    }
  }
  if (quote != 0) return Error{fmt::format("a {} is not closed in: {}", quote, text)};
  if (inside) words.push_back(word);
  return words;
}

std::string quote_word(const std::string& word) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%^";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char letter : word) {
    if (letter == '\'') quoted += "'\\''";
    else quoted += letter;
  }
  return quoted + "'";
}

std::string join_words(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    line += quote_word(word);
  }
  return line;
}

}  // namespace tulkki
