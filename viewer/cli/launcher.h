// SPDX-License-Identifier: Apache-2.0
// The program that starts MPI processes (mpirun, mpiexec): which one suits, and what it must be told.
#pragma once

#include <string>
#include <vector>

#include "storage/command_line.h"
#include "storage/raw_format.h"
#include "storage/result.h"
#include "viewer/cli/child.h"

namespace tulkki {

struct Launcher {
  raw::Abi abi = raw::Abi::unknown;
  std::string path;
};

// Looks beside the MPI library first (an own installation), then for Debian's names, then for any mpirun or mpiexec
// that says that it is of this implementation. Of a library of the standard ABI only the launcher beside it is known.
// An error says only what is missing; without_mpi() says what to do.
Result<Launcher> find_launcher(raw::Abi abi, const std::string& mpi_library);

// Whose launcher prints this after `--version`.
raw::Abi abi_in_version(const std::string& text);

struct LaunchRequest {
  int ranks = 0;                         // 0: not said
  bool oversubscribe = false;
  std::vector<std::string> launcher_arguments;
  std::vector<std::string> program;      // and its arguments
  std::string preload;                   // value of LD_PRELOAD for the processes
  Variables variables;                   // TULKKI_*; they are also in the launcher's own environment
};

// True when the ranks may be on other hosts than this one: the arguments name hosts, or a batch system does.
bool names_hosts(const std::vector<std::string>& launcher_arguments);
// Environment of the launcher.
Variables launch_variables(const Launcher& launcher, const LaunchRequest& request);

// File with the command lines of several programs (--app, -configfile); empty: none is named.
std::string application_file(const std::vector<std::string>& arguments);
// The first program in it, with its arguments.
Result<std::vector<std::string>> program_of_file(const std::string& path);

Arguments launch_command(const Launcher& launcher, const LaunchRequest& request);

}  // namespace tulkki
