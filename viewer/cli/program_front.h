// SPDX-License-Identifier: Apache-2.0
// Which MPI a program was compiled for, found without starting it.
#pragma once

#include <string>
#include <vector>

#include "storage/raw_format.h"
#include "storage/result.h"

namespace tulkki {

struct ProgramFront {
  raw::Abi abi = raw::Abi::unknown;
  std::string program_path;  // as found in PATH
  std::string mpi_library;   // path, or only the name when it is not installed; empty if unknown
  std::vector<std::string> core_names;  // under which it and its libraries need the C library (and what that is made of)
  std::string how;           // "liblammps.so.0 needs libmpi.so.40", for people
  bool needs_language_library = false;  // its Fortran or C++ library, which wants symbols inside of the C library
  bool is_late = false;      // the library comes when an interpreter loads it: what the program really uses shows then
  bool drops_preload = false;  // set-user-id: nothing is preloaded into it and what it starts
  std::string obstacle;      // why nothing can be recorded (static, setuid); empty: nothing known
};

// True where the process itself will tell its ABI: nothing needs to take the place of a library that is not looked for
// at the start.
inline bool tells_itself(const ProgramFront& front) {
  return front.is_late && front.mpi_library.find('/') != std::string::npos;
}

// Fails when there is no such program. An interpreter is judged by what it will load: python by its mpi4py, other
// programs without MPI by the first argument that is a program with MPI (env, numactl, gdb --args ...).
Result<ProgramFront> find_front(const std::string& program, const std::vector<std::string>& arguments);

// ABI of an MPI library, by what it exports.
raw::Abi abi_of_library(const std::string& path, const std::string& name);

// openmpi | mpich | abi | unknown
const char* abi_name(raw::Abi abi);

// Path of an executable as execvp would find it; empty if there is none.
std::string find_in_path(const std::string& name);

}  // namespace tulkki
