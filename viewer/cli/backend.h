// SPDX-License-Identifier: Apache-2.0
// The MPI that a program is to run on: its own, another library of the same ABI, or one of another ABI.
#pragma once

#include <string>
#include <vector>

#include "storage/result.h"
#include "viewer/cli/program_front.h"

namespace tulkki {

struct BackendChoice {
  raw::Abi abi = raw::Abi::unknown;
  raw::Abi launch_abi = raw::Abi::unknown;  // whose launcher it needs; standard: the one installed beside it
  bool guessed = false;               // nothing told the program's ABI
  bool translated = false;            // the program has another ABI
  std::string library;                // absolute path; empty: the program's own
  std::string underneath;             // the MPI below our own library of the standard ABI; else empty
  std::string warning;                // one line, or empty

  // Where the launcher may be installed.
  const std::string& launched_library() const { return underneath.empty() ? library : underneath; }
};

// Path of an installed library of this ABI; errors say what was looked for and where.
Result<std::string> find_backend_library(raw::Abi abi);

// "Open MPI", "MPICH", "MPI of the standard ABI"
const char* mpi_name(raw::Abi abi);

// Open MPI and MPICH, as far as library and launcher are here; the first one is the default where nothing else tells.
std::vector<raw::Abi> installed_implementations();

// What somebody can do whose program needs an MPI that is missing, as the end of a sentence: "; MPICH is installed:
// --backend mpich runs the program on it, translated; or install Open MPI (apt install openmpi-bin)".
std::string without_mpi(raw::Abi missing, const ProgramFront& front);

// `wanted`: openmpi, mpich, abi, the path of a library, or empty. Errors say what was looked for and where.
Result<BackendChoice> choose_backend(const std::string& wanted, const ProgramFront& front);

// What is preloaded into the processes: ours first (`tulkki`: path of libtulkki.so), then what takes the place of the
// program's MPI.
std::vector<std::string> preloaded_files(const std::string& tulkki, const ProgramFront& front, const BackendChoice& backend);

}  // namespace tulkki
