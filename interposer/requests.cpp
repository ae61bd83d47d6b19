// SPDX-License-Identifier: Apache-2.0
// Growth of the request tables.
#include "interposer/requests.h"

#include "interposer/memory.h"

namespace tulkki {

bool RequestTable::insert_into_new_page(Word handle, const RequestInfo& info) {
  const int size_log2 = newest_ == nullptr ? 10 : newest_->size_log2 + 1;
  const std::size_t size = std::size_t{1} << size_log2;
  auto* memory = static_cast<char*>(
      map_memory(sizeof(Page) + size * (sizeof(std::atomic<Word>) + sizeof(RequestInfo))));
  if (memory == nullptr) return false;
  auto* page = reinterpret_cast<Page*>(memory);
  page->mask = size - 1;
  page->size_log2 = size_log2;
  page->older = newest_;
  page->handles = reinterpret_cast<std::atomic<Word>*>(memory + sizeof(Page));
  page->infos = reinterpret_cast<RequestInfo*>(memory + sizeof(Page) + size * sizeof(std::atomic<Word>));
  __atomic_store_n(&newest_, page, __ATOMIC_RELEASE);
  return insert(handle, info);
}

}  // namespace tulkki
