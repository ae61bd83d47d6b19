// SPDX-License-Identifier: Apache-2.0
// Running on another MPI than the program was compiled for (TULKKI_BACKEND).
#pragma once

#include "interposer/backend.h"

namespace tulkki {

enum class Foreign {
  not_wanted,   // no backend was asked for, or it is of the program's own ABI
  running,      // the tables of backend.h hold translators, `abi` is the front's
  failed,       // it was asked for and cannot be: said why; the program has no MPI
};

// Opens the wanted backend, and starts the translation to it. `site`: where the program called; `path`: where the backend
// was found, PATH_MAX bytes.
[[gnu::cold]] Foreign use_foreign_backend(Abi& abi, const void* site, char* path);

// Does the process run on another ABI than its own? False before the first MPI call.
bool is_translated();

// Does TULKKI_BACKEND name one?
[[gnu::cold]] bool backend_is_wanted();

// The ABI of the library that calls end in; the front's own unless it is translated.
AbiName backend_abi();
// The ABI that the program was compiled for; unknown before its library is, unless TULKKI_FRONT says so.
[[gnu::cold]] AbiName program_abi();

}  // namespace tulkki
