// SPDX-License-Identifier: Apache-2.0
// Which of our names the program can find. We export every procedure of MPI-5; the program's MPI has fewer, and programs
// ask by dlsym and by weak references what there is (docs/decisions/0011).
#pragma once

#include "tulkki/procedures.h"

namespace tulkki {

// Where nothing is translated: dlsym and weak references find what they would find without us, and so do libraries that
// are loaded later where the MPI library is known. `library`: its handle; null when none is loaded yet.
[[gnu::cold]] void show_native_names(void* library);

// Where calls are translated: what is offered. The rest can still be bound by libraries that were linked to it.
[[gnu::cold]] void show_translated_names(const bool (&offered)[static_cast<int>(Procedure::count)]);

}  // namespace tulkki
