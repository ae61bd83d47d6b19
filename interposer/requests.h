// SPDX-License-Identifier: Apache-2.0
// Requests under way, by handle. Each thread inserts into its own table only; any thread may take an entry out (a
// request may be completed by another thread than started it), so no lock is needed: a handle is published last and
// claimed by compare-and-swap. Handles are unique while live: the ones that an implementation shares between
// requests that were complete at once never come here.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "storage/raw_format.h"
#include "translator/abi.h"
#include "tulkki/procedures.h"

namespace tulkki {

struct RequestInfo {
  std::uint64_t number;          // of the started request among those of its thread
  Word context;                  // communicator, window or file handle
  const void* site;              // where it was started, or made if persistent
  std::int64_t sent, received;   // bytes as given; received: room
  std::int32_t peer, tag;
  Procedure procedure;           // that started it, or made it if persistent
  raw::RequestKind kind;
  bool persistent;
  bool active;
  std::uint32_t thread;          // that started it
  void* output;                  // where the library puts the new communicator of Comm_idup
};

class RequestTable {
 public:
  // Remembers a request of this thread; false (not followed) only when memory is exhausted.
  bool insert(Word handle, const RequestInfo& info) {
    Page* page = newest_;
    if (page != nullptr) [[likely]] {
      const std::size_t first = place(handle, page->size_log2);
      for (std::size_t i = 0; i < kProbes; ++i) {
        const std::size_t slot = (first + i) & page->mask;
        const Word found = page->handles[slot].load(std::memory_order_relaxed);
        if (found != kFree && found != kTakenByOther && found != handle + kOffset) continue;
        if (found == kFree) page->info_of[slot] = page->free[--page->free_count];
        page->infos[page->info_of[slot]] = info;
        page->handles[slot].store(handle + kOffset, std::memory_order_release);
        return true;
      }
    }
    return insert_into_new_page(handle, info);
  }

  // Entry of a handle, or null.
  RequestInfo* find(Word handle) {
    for (Page* page = newest_; page != nullptr; page = page->older) {
      const std::size_t slot = slot_of(*page, handle);
      if (slot == kNoSlot) continue;
      found_page_ = page;
      found_slot_ = slot;
      return &page->infos[page->info_of[slot]];
    }
    return nullptr;
  }

  // Same, as another thread than the owner does it: leaves no trace in the table.
  RequestInfo* find_foreign(Word handle, std::atomic<Word>*& where) const {
    for (Page* page = __atomic_load_n(&newest_, __ATOMIC_ACQUIRE); page != nullptr; page = page->older) {
      const std::size_t slot = slot_of(*page, handle);
      if (slot == kNoSlot) continue;
      where = &page->handles[slot];
      return &page->infos[page->info_of[slot]];
    }
    return nullptr;
  }

  // Requests of all kinds on `from` are on `to` from now on; was there any?
  bool rename_context(Word from, Word to);

  // Forgets the entry that find() returned last.
  void erase_found() {
    found_page_->free[found_page_->free_count++] = found_page_->info_of[found_slot_];
    found_page_->handles[found_slot_].store(kFree, std::memory_order_release);
  }
  // Another thread's way: the description stays with its slot until the owner uses that again.
  static void erase(std::atomic<Word>& where) { where.store(kTakenByOther, std::memory_order_release); }

 private:
  static constexpr std::size_t kProbes = 16;
  static constexpr std::size_t kNoSlot = ~std::size_t{0};
  static constexpr Word kFree = 0, kTakenByOther = 1, kOffset = 2;  // handles are stored plus kOffset

  // Handles are hashed over the page; descriptions come from a stack, so that the few in use stay in the cache.
  struct Page {
    std::size_t mask;
    int size_log2;
    std::uint32_t free_count;
    Page* older;
    std::atomic<Word>* handles;
    RequestInfo* infos;
    std::uint32_t* info_of;   // by slot
    std::uint32_t* free;
  };

  static std::size_t place(Word handle, int size_log2) {
    return (handle >> 3 ^ handle << 29) * 0x9e3779b97f4a7c15u >> (64 - size_log2);
  }

  static std::size_t slot_of(const Page& page, Word handle) {
    const std::size_t first = place(handle, page.size_log2);
    for (std::size_t i = 0; i < kProbes; ++i) {
      const std::size_t slot = (first + i) & page.mask;
      if (page.handles[slot].load(std::memory_order_acquire) == handle + kOffset) return slot;
    }
    return kNoSlot;
  }

  // Probing found no free slot within reach: a page of twice the size takes the newcomers; the older ones drain.
  [[gnu::cold]] bool insert_into_new_page(Word handle, const RequestInfo& info);

  Page* newest_ = nullptr;
  Page* found_page_ = nullptr;
  std::size_t found_slot_ = 0;
};

}  // namespace tulkki
