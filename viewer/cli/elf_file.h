// SPDX-License-Identifier: Apache-2.0
// What a program's ELF file says about how it is loaded and which MPI it was compiled for.
#pragma once

#include <string>
#include <vector>

#include "storage/raw_format.h"

namespace tulkki {

struct ElfFile {
  bool valid = false;              // an ELF file of this machine's class
  std::string loader;              // PT_INTERP; empty in libraries and static programs
  std::string soname;
  std::vector<std::string> needed;
  // The ABI of which it has symbols that no other has (scripts/mpi/abi_identities.table): programs of Open MPI refer to
  // its handles, which are data; libraries of Open MPI and MPICH export some.
  raw::Abi symbols_of = raw::Abi::unknown;
  bool defines_mpi = false;        // exports MPI_Init: an MPI library, a tool, or a program linked to a static one
  bool defines_pmpi = false;       // exports PMPI_Init: no tool
  bool is_tulkki = false;          // our library of the standard ABI, which needs an MPI underneath
};

ElfFile read_elf(const std::string& path);

// Is an MPI library linked into this program, so that its calls never leave it? By its symbols; false where they are
// stripped.
bool contains_mpi(const std::string& path);

// Files that the dynamic loader would map for this program or library, breadth first, as the loader itself says:
// its search rules (rpath, LD_LIBRARY_PATH, cache) are nobody else's business. `path` is empty when not found.
struct LoadedLibrary {
  std::string name;
  std::string path;
};
std::vector<LoadedLibrary> libraries_of(const std::string& path, const ElfFile& file);

}  // namespace tulkki
