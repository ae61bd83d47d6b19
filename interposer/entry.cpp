// SPDX-License-Identifier: Apache-2.0
// The less plain ways into the recorder. Each call is to be recorded once, whatever path it takes:
//   - Open MPI's Fortran bindings call PMPI_X, MPICH's call MPI_X or PMPI_X: both names are ours, the outermost counts.
//   - Inside a call the library calls itself (ROMIO, attribute copies ...) by either name: passed through.
//   - Inside a call the program's own callbacks (reduction operations, attribute functions) may call MPI: recorded.
//   - A PMPI tool below us calls PMPI_X from its MPI_X: passed through, we have recorded MPI_X.
#include "interposer/entry.h"

#include "interposer/lifecycle.h"

extern "C" {
__thread const void* tulkki_fortran_site __attribute__((tls_model("initial-exec"))) = nullptr;
}

namespace tulkki {
namespace {

constexpr std::uintptr_t kLargestStackBytes = std::uintptr_t{1} << 26;
bool may_have_called(const Call* outer, const Call* inner) {
  const auto distance = reinterpret_cast<std::uintptr_t>(outer) - reinterpret_cast<std::uintptr_t>(inner);
  return outer == nullptr || (distance != 0 && distance % alignof(Call) == 0 && distance < kLargestStackBytes);
}

// A frame that was left by longjmp or an exception still stands in `current`. Frames still alive lie above that of the
// call that is entered; one that lies there without being alive has, as a rule, been written over.
void drop_abandoned_calls(ThreadRecorder& recorder, const void* frame) {
  const auto is_alive = [&](const Call* call) {
    return reinterpret_cast<std::uintptr_t>(call) >= reinterpret_cast<std::uintptr_t>(frame) && &call->recorder == &recorder &&
           call->procedure < Procedure::count;
  };
  while (recorder.current != nullptr && !is_alive(recorder.current)) {
    Call* outer = recorder.current->outer;
    // Else nothing in it means anything. A part may have been written over: what made the call lies above it on the stack.
    const bool known = &recorder.current->recorder == &recorder && may_have_called(outer, recorder.current);
    recorder.current = known ? outer : nullptr;
  }
}

// The procedure that a Fortran library calls on behalf of the program, and only that: its handle conversions and
// questions before and after are its own affair.
bool is_fortran_programs_own(Procedure procedure, const void*& site) {
  if (tulkki_fortran_procedure != static_cast<std::uint32_t>(procedure)) return false;
  tulkki_fortran_procedure = 0;
  site = tulkki_fortran_site;
  return true;
}

bool is_programs_own(Procedure procedure, Entry entry, const void*& site, bool nested) {
  switch (origin_of(site)) {
    case Origin::fortran_library: return is_fortran_programs_own(procedure, site);
    case Origin::mpi_library: return !nested;
    case Origin::program: return !nested || entry != Entry::pmpi;
  }
  return true;
}

}  // namespace

std::uintptr_t g_fortran_begin = 0, g_fortran_span = 0;

void let_all_pass() {
  for (int entry = 0; entry < 2; ++entry)
    for (int procedure = 1; procedure < static_cast<int>(Procedure::count); ++procedure)
      __atomic_store_n(&g_entries[entry][procedure], g_real_functions[entry][procedure], __ATOMIC_RELAXED);
}

Entered enter_slow(Procedure procedure, Entry entry, const void* site, const void* frame) {
  constexpr Entered kPass{nullptr, nullptr};
  ThreadRecorder* recorder = tls_recorder;
  if (recorder == nullptr) {
    if (g_process.mode.load(std::memory_order_acquire) == ProcessMode::fresh) start_process(site);
    if (g_process.mode.load(std::memory_order_acquire) != ProcessMode::recording) return kPass;
    recorder = make_thread_recorder();
    if (recorder == nullptr) return kPass;
  }
  if (recorder->current != nullptr) drop_abandoned_calls(*recorder, frame);
  const bool nested = recorder->current != nullptr;
  if (!is_programs_own(procedure, entry, site, nested)) return kPass;
  if (nested) recorder->current->open_enclosing();
  return {recorder, site};
}

}  // namespace tulkki
