// SPDX-License-Identifier: Apache-2.0
// Finds launchers and builds their command lines.
#include "viewer/cli/launcher.h"

#include <array>
#include <cstdlib>
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
                               "-app", "-configfile"}) {
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
}

// For each program of "prog1 : prog2" anew. Without a value it is taken from the launcher's environment: no character of
// it can be misread.
void add_openmpi_variables(const LaunchRequest& request, Arguments& command) {
  if (!application_file(request.launcher_arguments).empty()) return;
  command.insert(command.end(), {"-x", "LD_PRELOAD=" + request.preload});
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
  return Error{fmt::format("no launcher of {} is in PATH ({}, mpirun)", openmpi ? "Open MPI" : "MPICH",
                           openmpi ? "mpirun.openmpi" : "mpiexec.mpich")};
}

bool names_hosts(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (argument.find("host") != std::string::npos || argument == "-f" || argument == "-H") return true;
  }
  return getenv("SLURM_JOB_ID") != nullptr || getenv("PBS_NODEFILE") != nullptr || getenv("LSB_HOSTS") != nullptr;
}

Arguments launch_command(const Launcher& launcher, const LaunchRequest& request) {
  Arguments command{launcher.path};
  const bool openmpi = launcher.abi == raw::Abi::openmpi;
  if (openmpi) {
    add_openmpi_options(request, command);
    add_openmpi_variables(request, command);
  } else {
    add_mpich_options(request, command);
  }
  if (request.ranks > 0 || !says_ranks(request.launcher_arguments)) {
    command.insert(command.end(), {"-n", std::to_string(request.ranks > 0 ? request.ranks : 1)});
  }
  command.insert(command.end(), request.launcher_arguments.begin(), request.launcher_arguments.end());
  for (const std::string& word : request.program) {
    command.push_back(word);
    if (openmpi && word == ":") add_openmpi_variables(request, command);
  }
  return command;
}

Variables launch_variables(const Launcher& launcher, const LaunchRequest& request) {
  Variables variables = request.variables;
  if (launcher.abi != raw::Abi::openmpi || application_file(request.launcher_arguments).empty()) return variables;
  // What stands beside --app is ignored.
  std::string list = "LD_PRELOAD=" + request.preload;
  for (const auto& [name, value] : request.variables) list += ";" + name;
  const char* own = std::getenv("OMPI_MCA_mca_base_env_list");
  if (own != nullptr && *own != '\0') list += std::string(";") + own;
  variables.emplace_back("OMPI_MCA_mca_base_env_list", list);
  return variables;
}

std::string application_file(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i + 1 < arguments.size(); ++i)
    for (const char* option : {"--app", "-app", "-configfile"})
      if (arguments[i] == option) return arguments[i + 1];
  return "";
}

Result<std::vector<std::string>> program_of_file(const std::string& path) {
  std::ifstream stream(path);
  if (!stream) return Error{fmt::format("--launcher-args: cannot read {}", path)};
  for (std::string line; std::getline(stream, line);) {
    if (line.empty() || line[0] == '#') continue;
    Result<std::vector<std::string>> words = split_words(line);
    if (!words) return Error{fmt::format("{}: {}", path, words.message())};
    // Options of the launcher differ; the first word that is a program ends them.
    for (std::size_t i = 0; i < words->size(); ++i)
      if (!(*words)[i].starts_with("-") && !find_in_path((*words)[i]).empty()) return std::vector<std::string>(words->begin() + i, words->end());
  }
  return Error{fmt::format("{} names no program that is here", path)};
}

}  // namespace tulkki
