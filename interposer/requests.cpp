// SPDX-License-Identifier: Apache-2.0
// Growth of the request tables.
#include "interposer/requests.h"

#include "interposer/memory.h"

namespace tulkki {

bool RequestTable::insert_into_new_page(Word handle, const RequestInfo& info) {
  const int size_log2 = newest_ == nullptr ? 10 : newest_->size_log2 + 1;
  const std::size_t size = std::size_t{1} << size_log2;
  constexpr std::size_t kBytesPerSlot = sizeof(std::atomic<Word>) + sizeof(RequestInfo) + 2 * sizeof(std::uint32_t);
  auto* memory = static_cast<char*>(map_memory(sizeof(Page) + size * kBytesPerSlot));
  if (memory == nullptr) return false;
  auto* page = reinterpret_cast<Page*>(memory);
  page->mask = size - 1;
  page->size_log2 = size_log2;
  page->older = newest_;
  page->handles = reinterpret_cast<std::atomic<Word>*>(memory + sizeof(Page));
  page->infos = reinterpret_cast<RequestInfo*>(page->handles + size);
  page->info_of = reinterpret_cast<std::uint32_t*>(page->infos + size);
  page->free = page->info_of + size;
  for (page->free_count = 0; page->free_count < size; ++page->free_count)
    page->free[page->free_count] = static_cast<std::uint32_t>(size) - 1 - page->free_count;
  __atomic_store_n(&newest_, page, __ATOMIC_RELEASE);
  return insert(handle, info);
}

bool RequestTable::rename_context(Word from, Word to) {
  bool any = false;
  for (Page* page = __atomic_load_n(&newest_, __ATOMIC_ACQUIRE); page != nullptr; page = page->older) {
    for (std::size_t slot = 0; slot <= page->mask; ++slot) {
      const Word handle = page->handles[slot].load(std::memory_order_acquire);
      if (handle == kFree || handle == kTakenByOther) continue;
      Word& context = page->infos[page->info_of[slot]].context;
      if (context != from) continue;
      context = to;
      any = true;
    }
  }
  return any;
}

}  // namespace tulkki
