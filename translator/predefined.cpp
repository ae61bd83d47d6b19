// SPDX-License-Identifier: Apache-2.0
// Start of handle conversion: where an ABI's predefined handles are addresses, they are looked up by symbol. A front's
// object may be the program's own copy (copy relocation), which comes first in the search order of the loader.
#include "translator/predefined.h"

#include <cstring>
#include <dlfcn.h>

#include "translator/handles.h"
#include "translator/pair.h"

namespace tulkki {

Predefined g_predefined;
Weights g_front_weights, g_back_weights;
void* g_front_library = nullptr;

void* find_front_symbol(const char* name) {
  void* found = dlsym(RTLD_DEFAULT, name);
  return found != nullptr || g_front_library == nullptr ? found : dlsym(g_front_library, name);
}

namespace {

// `library`: null for the front.
void* find_symbol(void* library, const char* name) {
  return library == nullptr ? find_front_symbol(name) : dlsym(library, name);
}

Word value_in(AbiName abi, const PredefinedHandle& handle, void* library) {
  switch (abi) {
    case AbiName::openmpi: {
      void* object = handle.openmpi == nullptr ? nullptr : find_symbol(library, handle.openmpi);
      return object == nullptr ? kNoHandle : reinterpret_cast<Word>(object);
    }
    case AbiName::mpich: return handle.mpich;
    default: return handle.standard < 0x3f0 ? handle.standard : kNoHandle;
  }
}

std::uint32_t place_of(HandleClass kind, Word front) {
  const auto small = static_cast<std::uint32_t>(front);
  if (kind == HandleClass::file) return small_place<HandleClass::file>(0);
  return kind == HandleClass::message ? small_place<HandleClass::message>(small) : small_place<HandleClass::comm>(small);
}

// Makes the backend's handle reachable from the front's; what the backend lacks becomes its null handle.
void enter_front(AbiName front_abi, int which, Word back) {
  const Word front = g_predefined.front[which];
  switch (front_abi) {
    case AbiName::openmpi: std::memcpy(reinterpret_cast<void*>(front), &back, sizeof back); break;
    case AbiName::mpich: g_handles.small_to_back[place_of(kPredefinedHandles[which].kind, front)] = back; break;
    default: g_handles.small_to_back[front] = back; break;
  }
}

int find_null(HandleClass kind) {
  for (int which = 0; which < kPredefinedCount; ++which)
    if (kPredefinedHandles[which].kind == kind) return which;   // the first of each class is its null
  return 0;
}

void find_range() {
  Word low = kNoHandle, high = 0;
  for (const Word back : g_predefined.back) {
    if (back == kNoHandle) continue;
    if (back < low) low = back;
    if (back > high) high = back;
  }
  g_handles.back_low = low;
  g_handles.back_span = high - low + 1;
}

Weights find_weights(AbiName abi, void* library) {
  const auto number = [](std::uintptr_t value) { return reinterpret_cast<void*>(value); };
  if (abi == AbiName::openmpi) return {number(2), number(3)};
  if (abi == AbiName::standard) return {number(10), number(11)};
  void** unweighted = static_cast<void**>(find_symbol(library, "MPI_UNWEIGHTED"));
  void** empty = static_cast<void**>(find_symbol(library, "MPI_WEIGHTS_EMPTY"));
  return {unweighted == nullptr ? nullptr : *unweighted, empty == nullptr ? nullptr : *empty};
}

// MPICH's MPI_Init sets these variables, which its library for mpi_f08 hands to the C procedures.
void tell_fortran_2008_of_weights() {
  const auto set = [](const char* name, void* address) {
    auto** variable = static_cast<void**>(find_front_symbol(name));
    if (variable != nullptr && *variable == nullptr) *variable = address;
  };
  set("MPIR_C_MPI_UNWEIGHTED", g_front_weights.unweighted);
  set("MPIR_C_MPI_WEIGHTS_EMPTY", g_front_weights.empty);
}

}  // namespace

namespace {

Word named(const Word* values, const char* name) {
  for (int which = 0; which < kPredefinedCount; ++which)
    if (std::strcmp(kPredefinedHandles[which].name, name) == 0) return values[which] == kNoHandle ? 0 : values[which];
  return 0;
}

}  // namespace

Word front_handle(const char* name) { return named(g_predefined.front, name); }
Word back_handle(const char* name) { return named(g_predefined.back, name); }

Word null_handle(HandleClass kind) { return g_predefined.front[find_null(kind)]; }

// Logical types that MPICH lacks have the size, and for logical operations the meaning, of its integer types.
int replacement(const char* name) {
  static const char* const kPairs[][2] = {{"MPI_LOGICAL1", "MPI_INTEGER1"}, {"MPI_LOGICAL2", "MPI_INTEGER2"},
                                          {"MPI_LOGICAL4", "MPI_INTEGER4"}, {"MPI_LOGICAL8", "MPI_INTEGER8"},
                                          {"MPI_ERRORS_ABORT", "MPI_ERRORS_ARE_FATAL"}};
  for (const auto& pair : kPairs) {
    if (std::strcmp(pair[0], name) != 0) continue;
    for (int which = 0; which < kPredefinedCount; ++which)
      if (std::strcmp(kPredefinedHandles[which].name, pair[1]) == 0) return which;
  }
  return -1;
}

void find_predefined_handles(AbiName front, AbiName back, void* library) {
  for (Word& window : g_handles.windows) window = kNoWindow;
  for (int which = 0; which < kPredefinedCount; ++which) {
    g_predefined.front[which] = value_in(front, kPredefinedHandles[which], nullptr);
    g_predefined.back[which] = value_in(back, kPredefinedHandles[which], library);
  }
  for (int which = 0; which < kPredefinedCount; ++which) {
    const PredefinedHandle& handle = kPredefinedHandles[which];
    Word own = g_predefined.back[which];
    if (own != kNoHandle && g_predefined.front[which] != kNoHandle) define_predefined(handle.kind, own, g_predefined.front[which]);
    if (own == kNoHandle && replacement(handle.name) >= 0) own = g_predefined.back[replacement(handle.name)];
    if (own == kNoHandle) own = g_predefined.back[find_null(handle.kind)];
    if (own == kNoHandle) own = 0;
    if (g_predefined.front[which] != kNoHandle) enter_front(front, which, own);
  }
  if (back == AbiName::openmpi) find_range();
  const int null_request = find_null(HandleClass::request);
  g_handles.back_request_null = g_predefined.back[null_request];
  g_handles.front_request_null = g_predefined.front[null_request];
  g_front_weights = find_weights(front, nullptr);
  if (front == AbiName::mpich) tell_fortran_2008_of_weights();
  g_back_weights = find_weights(back, library);
}

}  // namespace tulkki
