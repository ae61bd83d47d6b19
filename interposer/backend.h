// SPDX-License-Identifier: Apache-2.0
// The MPI library underneath: where its functions are and which ABI it speaks. Cold, but for the table itself.
#pragma once

#include <link.h>

#include "tulkki/procedures.h"
#include "translator/abi.h"

namespace tulkki {

// By which name an intercepted function was called: the profiling name is forwarded to the profiling name, so that
// other PMPI tools below us keep working.
enum class Entry : int { mpi = 0, pmpi = 1, fortran = 2 };

extern void* g_real_functions[2][static_cast<int>(Procedure::count)];

// Function below us; never null after find_backend(): what the library lacks is replaced by one that says so.
template <class Function>
inline Function real_function(Procedure procedure, Entry entry) {
  return reinterpret_cast<Function>(g_real_functions[entry == Entry::mpi ? 0 : 1][static_cast<int>(procedure)]);
}

// The library's own function, for our own questions: no tool sees them.
template <class Function>
inline Function library_function(Procedure procedure) {
  return real_function<Function>(procedure, Entry::pmpi);
}

// Finds the MPI library that is loaded and fills the tables and `abi`. Where its ABI is unknown, calls can be forwarded,
// but not recorded. Nothing: none is loaded, and one may be later; until then what is called answers for itself.
enum class Found { nothing, unknown, known };
// `site`: where the program called.
[[gnu::cold]] Found find_backend(Abi& abi, const void* site);
// Path of the library, once found.
const char* backend_path();

// Bounds within which the code of the MPI's Fortran libraries lies; unchanged if none is loaded.
[[gnu::cold]] void find_fortran_libraries(std::uintptr_t& begin, std::uintptr_t& span);

// Path of the first MPI library that is loaded, PATH_MAX bytes; false when there is none.
[[gnu::cold]] bool find_loaded_library(char* path);
// Does this object belong to an MPI implementation (or is it ours)?
[[gnu::cold]] bool is_mpi_component(const dl_phdr_info& object);
// Does this function belong to an MPI implementation (or to us)?
[[gnu::cold]] bool in_mpi_library(const void* address);

// What kind of object an address lies in, by the name of the file.
enum class Origin { program, mpi_library, fortran_library };
[[gnu::cold]] Origin origin_of(const void* address);

}  // namespace tulkki
