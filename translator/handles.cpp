// SPDX-License-Identifier: Apache-2.0
// Tables of predefined handles, and the rarer encodings of an MPICH front.
#include "translator/handles.h"

#include <cstring>
#include <pthread.h>

#include "translator/memory.h"

namespace tulkki {

HandleTables g_handles;

namespace {

constexpr int kFindSlots = 1024;
struct FindSlot {
  Word back, front;
  HandleClass kind;
  bool used;
};
FindSlot g_find[kFindSlots];

std::uint32_t find_place(HandleClass kind, Word back) {
  const Word mixed = (back ^ back >> 17) * 0x9e3779b97f4a7c15u + static_cast<Word>(kind) * 0x2545f4914f6cdd1du;
  return static_cast<std::uint32_t>(mixed >> 40) % kFindSlots;
}

// Objects of the backend that no window reaches, by slot number; the same object keeps its number.
struct Slots {
  Word* backs;                // by number
  std::uint32_t count, room;
  std::uint32_t* index;       // open addressing, numbers plus one
  std::uint32_t index_size;
};
Slots g_slots;
pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
constexpr std::uint32_t kMaxSlots = 0x08000000;   // stays clear of MPICH's pair types at 0x8c000000

std::uint32_t& index_entry(Word back) {
  std::uint32_t place = static_cast<std::uint32_t>((back * 0x9e3779b97f4a7c15u) >> 32) % g_slots.index_size;
  while (g_slots.index[place] != 0 && g_slots.backs[g_slots.index[place] - 1] != back)
    place = (place + 1) % g_slots.index_size;
  return g_slots.index[place];
}

// The old arrays stay mapped: a reader without the lock may still look into them.
bool grow_slots() {
  const std::uint32_t room = g_slots.room == 0 ? 4096 : g_slots.room * 2;
  auto* backs = static_cast<Word*>(map_pages(sizeof(Word) * room));
  auto* index = static_cast<std::uint32_t*>(map_pages(sizeof(std::uint32_t) * room * 2));
  if (room > kMaxSlots || backs == nullptr || index == nullptr) return false;
  if (g_slots.count != 0) std::memcpy(backs, g_slots.backs, sizeof(Word) * g_slots.count);
  __atomic_store_n(&g_slots.backs, backs, __ATOMIC_RELEASE);
  g_slots.room = room;
  g_slots.index = index;
  g_slots.index_size = room * 2;
  for (std::uint32_t number = 0; number < g_slots.count; ++number) index_entry(backs[number]) = number + 1;
  return true;
}

}  // namespace

void define_predefined(HandleClass kind, Word back, Word front) {
  std::uint32_t place = find_place(kind, back);
  while (g_find[place].used) place = (place + 1) % kFindSlots;
  g_find[place] = {back, front, kind, true};
}

Word find_predefined(HandleClass kind, Word back) {
  for (std::uint32_t place = find_place(kind, back); g_find[place].used; place = (place + 1) % kFindSlots)
    if (g_find[place].back == back && g_find[place].kind == kind) return g_find[place].front;
  return kNoHandle;
}

Word encode_in_new_window_or_slot(Word back) {
  const Word base = back & ~Word{0xffffffff};
  pthread_mutex_lock(&g_mutex);
  Word front = 0;
  if ((back & 15) == 0) {
    for (std::uint32_t window = 0; window < 4 && front == 0; ++window) {
      Word& known = g_handles.windows[window];
      if (known == kNoWindow) __atomic_store_n(&known, base, __ATOMIC_RELEASE);
      if (known == base) front = 0xc0000000u | window << 28 | static_cast<std::uint32_t>(back) >> 4;
    }
  }
  if (front == 0 && (g_slots.count < g_slots.room || grow_slots())) {
    std::uint32_t& number = index_entry(back);
    if (number == 0) {
      g_slots.backs[g_slots.count] = back;
      number = ++g_slots.count;
    }
    front = 0x80000000u + number - 1;
  }
  pthread_mutex_unlock(&g_mutex);
  return front;
}

Word decode_slot(std::uint32_t front) {
  if (front >> 8 == 0x8c0000) return g_handles.small_to_back[small_place<HandleClass::datatype>(front)];
  const std::uint32_t number = front - 0x80000000u;
  const Word* backs = __atomic_load_n(&g_slots.backs, __ATOMIC_ACQUIRE);
  return number < g_slots.count ? backs[number] : 0;
}

}  // namespace tulkki
