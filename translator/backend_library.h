// SPDX-License-Identifier: Apache-2.0
// The MPI library that calls are translated for: found by name or path, opened, and asked what it is.
#pragma once

#include <climits>
#include <cstddef>

#include "translator/abi.h"

namespace tulkki {

struct BackendLibrary {
  void* handle = nullptr;          // from open_isolated(); null: not opened
  AbiName abi = AbiName::unknown;
  char path[PATH_MAX] = "";
};

// openmpi | mpich | abi, as users write them; unknown for anything else.
AbiName abi_by_name(const char* text);
const char* abi_text(AbiName abi);
// By what only libraries of one ABI export; `library` as for dlsym.
AbiName abi_of_library(void* library);

// Does this library of the standard ABI put Open MPI's fields into the private part of a status? Open MPI's own does; what
// the standard leaves open (MPI-5.0: 20.3.3) can only be told by who made it.
[[gnu::cold]] bool standard_status_as_openmpi(void* library);

// Opens the library that `wanted` stands for: the name of an ABI (under the file names that its libraries have, found as
// the loader finds them, then in `own_folder`), or a path. Nothing of `front`'s own ABI is opened by its name. Judges the
// ABI by its symbols, family and version by MPI_Get_library_version. False with one line in `why`.
[[gnu::cold]] bool open_backend_library(const char* wanted, const char* own_folder, BackendLibrary& library, char* why,
                                        std::size_t why_bytes);

}  // namespace tulkki
