// SPDX-License-Identifier: Apache-2.0
// Sends from a packed copy of the data: complete for the program at once, whenever the receiver comes. What is built from
// several messages needs them, since no request of a backend stands for two operations.
#pragma once

#include <cstddef>

#include "translator/abi.h"

namespace tulkki {

struct CopiedSend {
  CopiedSend* next;
  Word request;                 // the backend's
  alignas(16) char data[];      // packed
};

// With room for `bytes` of packed data; null when there is no memory. Belongs to the caller until keep_copied_send().
[[gnu::cold]] CopiedSend* make_copied_send(std::size_t bytes);
[[gnu::cold]] void discard_copied_send(CopiedSend* send);
// Takes one that was started; frees it, and others, in some later call. `ignore`: the backend's MPI_STATUS_IGNORE.
[[gnu::cold]] void keep_copied_send(CopiedSend* send, void* ignore);
// Waits for all of them: before MPI_Finalize.
[[gnu::cold]] void finish_copied_sends();

}  // namespace tulkki
