// SPDX-License-Identifier: Apache-2.0
// Objects that the program opens while it runs, and MPI functions that it asks for by handle (docs/decisions/0012).
#pragma once

#include <climits>
#include <cstdint>

// Of this library, defined by the linker.
extern "C" {
extern const char __ehdr_start[] __attribute__((visibility("hidden")));
extern const char etext[] __attribute__((visibility("hidden")));
}

namespace tulkki {

[[gnu::always_inline]] inline bool is_our_code(const void* address) {
  return address >= static_cast<const void*>(__ehdr_start) && address < static_cast<const void*>(etext);
}

// The C library's own, for us; the caller is this library then.
void* next_dlopen(const char* path, int flags);
void* next_dlsym(void* handle, const char* name);

// Could the name be one that an MPI library exports? Lets all others pass quickly.
[[gnu::always_inline]] inline bool may_be_mpi_name(const char* name) {
  const char first = name[0], second = name[0] == '\0' ? '\0' : name[1];
  return (first == 'M' && second == 'P') || (first == 'P' && second == 'M') || (first == 'm' && second == 'p') ||
         (first == 'p' && second == 'm') || (first == 'o' && second == 'm') || (first == 'O' && second == 'M');
}

// What is to happen before the program opens an object; returns the path that is to be opened.
[[gnu::cold]] const char* before_open(const char* path, int flags, const void* caller);

// Objects that were opened since: their references to MPI procedures come to us, where an MPI library would have had
// them without us, and go to the object's own function of that name where it has one. Cheap where nothing was opened.
void adopt_new_objects();

// What dlsym is to say in place of the C library's answer, where that would be something of an MPI library: our entry; null
// where the program is translated and its backend does not have that. False: nothing.
[[gnu::cold]] bool own_answer(void* handle, const char* name, const void* caller, void*& answer);

// An object was opened by dlmopen, where nothing of ours is: says so where it has MPI, and ends the process where a
// backend was asked for.
[[gnu::cold]] void judge_other_space(void* handle);

// What `caller` would call under this name without us, where that is a function of the program's own; else null.
[[gnu::cold]] void* programs_own_function(const void* caller, const char* name);

// The MPI library that the program's call from `site` means: the one in the global scope, else the one that the calling
// object needs, else the one whose functions the program asked for, else the first that was loaded. `path` has PATH_MAX bytes; false: there is none.
[[gnu::cold]] bool find_programs_library(const void* site, char* path);

}  // namespace tulkki
