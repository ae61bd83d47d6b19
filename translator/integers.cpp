// SPDX-License-Identifier: Apache-2.0
// Numbers of handles: computed for predefined handles and for those that carry an MPICH handle, from a table for others.
#include "translator/integers.h"

#include <cstring>
#include <pthread.h>

#include "translator/memory.h"
#include "translator/predefined.h"

namespace tulkki {
namespace {

constexpr int kFirst = 4096;   // above every predefined number
struct Numbered {
  Word* handles = nullptr;     // by number less kFirst
  std::uint32_t* index = nullptr;
  std::uint32_t count = 0, room = 0;
};
Numbered g_numbered;
pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;

std::uint32_t& entry_of(Word handle) {
  std::uint32_t place = static_cast<std::uint32_t>((handle * 0x9e3779b97f4a7c15u) >> 33) % (2 * g_numbered.room);
  while (g_numbered.index[place] != 0 && g_numbered.handles[g_numbered.index[place] - 1] != handle)
    place = (place + 1) % (2 * g_numbered.room);
  return g_numbered.index[place];
}

// The old arrays stay mapped: a reader without the lock may still look into them.
bool grow() {
  const std::uint32_t room = g_numbered.room == 0 ? 4096 : g_numbered.room * 2;
  auto* handles = static_cast<Word*>(map_pages(sizeof(Word) * room));
  auto* index = static_cast<std::uint32_t*>(map_pages(2 * sizeof(std::uint32_t) * room));
  if (handles == nullptr || index == nullptr) return false;
  if (g_numbered.count != 0) std::memcpy(handles, g_numbered.handles, sizeof(Word) * g_numbered.count);
  __atomic_store_n(&g_numbered.handles, handles, __ATOMIC_RELEASE);
  g_numbered.index = index;
  g_numbered.room = room;
  for (std::uint32_t i = 0; i < g_numbered.count; ++i) entry_of(handles[i]) = i + 1;
  return true;
}

int predefined_number(AbiName front, int which) {
  return front == AbiName::openmpi ? kPredefinedHandles[which].openmpi_fortran
                                   : static_cast<int>(kPredefinedHandles[which].standard);
}

}  // namespace

int integer_of_handle(AbiName front, HandleClass kind, Word handle) {
  for (int which = 0; which < kPredefinedCount; ++which)
    if (kPredefinedHandles[which].kind == kind && g_predefined.front[which] == handle)
      return predefined_number(front, which);
  // An Open MPI front's handle over an MPICH backend.
  if (front == AbiName::openmpi && (handle & 1) != 0 && handle >> 1 >= 0x80000000u && handle >> 1 <= 0xffffffffu)
    return static_cast<int>(static_cast<std::uint32_t>(handle >> 1));
  pthread_mutex_lock(&g_mutex);
  int number = -1;
  if (g_numbered.count < g_numbered.room || grow()) {
    std::uint32_t& entry = entry_of(handle);
    if (entry == 0) {
      g_numbered.handles[g_numbered.count] = handle;
      entry = ++g_numbered.count;
    }
    number = static_cast<int>(entry) - 1 + kFirst;
  }
  pthread_mutex_unlock(&g_mutex);
  return number;
}

Word handle_of_integer(AbiName front, HandleClass kind, int integer) {
  if (front == AbiName::openmpi && integer < 0) return Word{static_cast<std::uint32_t>(integer)} << 1 | 1;
  const Word* handles = __atomic_load_n(&g_numbered.handles, __ATOMIC_ACQUIRE);
  if (integer >= kFirst && static_cast<std::uint32_t>(integer - kFirst) < g_numbered.count)
    return handles[integer - kFirst];
  for (int which = 0; which < kPredefinedCount; ++which)
    if (kPredefinedHandles[which].kind == kind && predefined_number(front, which) == integer)
      return g_predefined.front[which];
  return null_handle(kind);
}

}  // namespace tulkki
