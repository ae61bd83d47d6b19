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
  void* output;                  // where the library puts the result: new communicator of Comm_idup
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
        if (found == kEmpty || found == kTaken || found == handle + kOffset) {
          page->infos[slot] = info;
          page->handles[slot].store(handle + kOffset, std::memory_order_release);
          return true;
        }
      }
    }
    return insert_into_new_page(handle, info);
  }

  // Entry of a handle, or null.
  RequestInfo* find(Word handle) {
    for (Page* page = newest_; page != nullptr; page = page->older) {
      const std::size_t first = place(handle, page->size_log2);
      for (std::size_t i = 0; i < kProbes; ++i) {
        const std::size_t slot = (first + i) & page->mask;
        if (page->handles[slot].load(std::memory_order_acquire) == handle + kOffset) {
          found_ = &page->handles[slot];
          return &page->infos[slot];
        }
      }
    }
    return nullptr;
  }

  // Same, as another thread than the owner does it: leaves no trace in the table.
  const RequestInfo* find_foreign(Word handle, std::atomic<Word>*& where) const {
    for (Page* page = __atomic_load_n(&newest_, __ATOMIC_ACQUIRE); page != nullptr; page = page->older) {
      const std::size_t first = place(handle, page->size_log2);
      for (std::size_t i = 0; i < kProbes; ++i) {
        const std::size_t slot = (first + i) & page->mask;
        if (page->handles[slot].load(std::memory_order_acquire) == handle + kOffset) {
          where = &page->handles[slot];
          return &page->infos[slot];
        }
      }
    }
    return nullptr;
  }

  // Forgets the entry that find() returned last.
  void erase_found() { found_->store(kTaken, std::memory_order_release); }
  static void erase(std::atomic<Word>& where) { where.store(kTaken, std::memory_order_release); }

 private:
  static constexpr std::size_t kProbes = 16;
  static constexpr Word kEmpty = 0, kTaken = 1, kOffset = 2;  // handles are stored plus kOffset

  struct Page {
    std::size_t mask;
    int size_log2;
    Page* older;
    std::atomic<Word>* handles;
    RequestInfo* infos;
  };

  static std::size_t place(Word handle, int size_log2) {
    return (handle >> 3 ^ handle << 29) * 0x9e3779b97f4a7c15u >> (64 - size_log2);
  }

  // Probing found no free slot within reach: a page of twice the size takes the newcomers; the older ones drain.
  [[gnu::cold]] bool insert_into_new_page(Word handle, const RequestInfo& info);

  Page* newest_ = nullptr;
  std::atomic<Word>* found_ = nullptr;
};

}  // namespace tulkki
