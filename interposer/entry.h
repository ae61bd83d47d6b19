// SPDX-License-Identifier: Apache-2.0
// First step of every intercepted call: is it to be recorded, and by whom?
#pragma once

#include "interposer/backend.h"
#include "interposer/recorder.h"
#include "tulkki/fortran.h"

#define TULKKI_EXPORT extern "C" __attribute__((visibility("default")))
// Where the program called us. Expands inside the exported function, so that it is the program's own address.
#define TULKKI_SITE __builtin_return_address(0)

// Left by the trampoline of a Fortran binding: who called it. tulkki/fortran.h has the procedure beside it.
extern "C" __thread const void* tulkki_fortran_site __attribute__((tls_model("initial-exec")));

namespace tulkki {

// Where the code of the Fortran libraries lies, once a Fortran binding was called; a call from there needs a second look.
extern std::uintptr_t g_fortran_begin, g_fortran_span;

struct Entered {
  ThreadRecorder* recorder;
  const void* site;
};

// Not the plain case: first call of the thread or process, a call inside a call, or from Fortran.
Entered enter_slow(Procedure procedure, Entry entry, const void* site, const void* frame);

// Where MPI_X and PMPI_X jump to: functions that record, or the real ones once it is known that nothing is recorded.
extern void* g_entries[2][static_cast<int>(Procedure::count)];
[[gnu::always_inline]] inline void* entry_of(Procedure procedure, Entry entry) {
  return __atomic_load_n(&g_entries[entry == Entry::mpi ? 0 : 1][static_cast<int>(procedure)], __ATOMIC_RELAXED);
}
// For good: from now on calls cost one jump.
[[gnu::cold]] void let_all_pass();

// The recorder that is to record this call, or null when it only passes through: recording is off, or the MPI library
// is calling itself. `site` becomes the Fortran caller's where there is one.
[[gnu::always_inline]] inline ThreadRecorder* enter(Procedure procedure, Entry entry, const void*& site) {
  ThreadRecorder* recorder = tls_recorder;
  if (recorder == nullptr || recorder->current != nullptr ||
      reinterpret_cast<std::uintptr_t>(site) - g_fortran_begin < g_fortran_span) [[unlikely]] {
    const Entered entered = enter_slow(procedure, entry, site, __builtin_dwarf_cfa());
    site = entered.site;
    return entered.recorder;
  }
  return recorder;
}

// Function behind a Fortran entry, by its slot in the generated table.
template <class Function>
inline Function real_fortran(unsigned slot) {
  void* function = tulkki_fortran_slots[slot];
  if (function == nullptr) [[unlikely]] function = tulkki_resolve_fortran(slot);
  return reinterpret_cast<Function>(function);
}

}  // namespace tulkki
