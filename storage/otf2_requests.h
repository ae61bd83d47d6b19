// SPDX-License-Identifier: Apache-2.0
// Live requests of one thread by their number. Nearly all of them complete soon after they started, so a small
// direct-mapped table holds them; what lives longer moves to a map. Bounded by the requests that are really open.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "storage/raw_format.h"

namespace tulkki {

struct OpenRequest {
  std::uint64_t number = 0;  // 0: free slot
  std::uint64_t id = 0;      // requestID or matchingId in the trace; 0: nothing was written at its start
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::int32_t peer = raw::kPeerNone;
  std::int32_t tag = raw::kTagNone;
  std::uint32_t reference = 0;   // communicator, window or file
  std::uint32_t group_size = 0;  // of peers
  std::uint32_t peer_offset = 0;
  std::uint32_t root = 0;       // of a collective, as OTF2 wants it
  std::uint16_t procedure = 0;  // for its plan; 0 for persistent ones
  raw::RequestKind kind = raw::RequestKind::none;
};

class RequestTable {
 public:
  RequestTable() : slots_(kSlots) {}

  OpenRequest& add(std::uint64_t number) {
    OpenRequest& slot = slots_[number % kSlots];
    if (slot.number != 0 && slot.number != number) old_[slot.number] = slot;
    slot = OpenRequest{};
    slot.number = number;
    return slot;
  }

  // Removes the request and returns true when it was there.
  bool take(std::uint64_t number, OpenRequest& request) {
    OpenRequest& slot = slots_[number % kSlots];
    if (slot.number == number && number != 0) {
      request = slot;
      slot.number = 0;
      return true;
    }
    const auto found = old_.find(number);
    if (found == old_.end()) return false;
    request = found->second;
    old_.erase(found);
    return true;
  }

 private:
  static constexpr std::size_t kSlots = 1024;
  std::vector<OpenRequest> slots_;
  std::unordered_map<std::uint64_t, OpenRequest> old_;
};

}  // namespace tulkki
