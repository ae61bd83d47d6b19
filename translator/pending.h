// SPDX-License-Identifier: Apache-2.0
// What must outlive the call that started an operation: converted arrays that the backend still reads, results that it
// delivers at completion. Kept by request, until the request becomes null. Costs one load where nothing is kept.
#pragma once

#include <atomic>

#include "translator/abi.h"

namespace tulkki {

struct Pending {
  Pending* next;
  Word request;                     // the backend's
  void (*deliver)(Pending&);        // called at completion; may be null
  void* user;                       // for `deliver`
  alignas(16) char memory[];        // what the backend reads or writes
};

extern std::atomic<int> g_pending_count;

// Zeroed, with `bytes` of memory; null when there is none. Belongs to the caller until keep_pending().
Pending* make_pending(std::size_t bytes);
void keep_pending(Pending* pending, Word request);
void discard_pending(Pending* pending);
[[gnu::cold]] void finish_pending(Word request);
// The oldest entry of a request, which stays where it is; null when there is none.
[[gnu::cold]] Pending* find_pending(Word request);

// A request of the backend has become null.
inline void request_is_over(Word request) {
  if (g_pending_count.load(std::memory_order_relaxed) != 0) [[unlikely]] finish_pending(request);
}

}  // namespace tulkki
