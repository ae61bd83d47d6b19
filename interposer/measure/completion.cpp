// SPDX-License-Identifier: Apache-2.0
// Request arrays too long for the stack.
#include "interposer/measure/completion.h"

#include "interposer/memory.h"

namespace tulkki::measure {
namespace {

std::size_t spill_bytes(int count) { return static_cast<std::size_t>(count) * (8 + kLargestStatusBytes); }

}  // namespace

void RequestArray::grow() {
  spill_ = map_memory(spill_bytes(count_));
  if (spill_ == nullptr) {
    // Without memory the requests beyond the stack's room are not followed, and statuses stay the program's.
    count_ = kInline;
    statuses_ = nullptr;
    return;
  }
  handles_ = spill_;
  statuses_ = static_cast<char*>(spill_) + static_cast<std::size_t>(count_) * 8;
}

void RequestArray::release() { unmap_memory(spill_, spill_bytes(count_)); }

}  // namespace tulkki::measure
