// SPDX-License-Identifier: Apache-2.0
// Messages in a part of the trace: single lines while they are few, counts between groups of rows when they are many.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "viewer/trace/store.h"

namespace tulkki::trace {

struct MessageLine {
  MessageHalf send, receive;  // `receive.at` is not valid when the partner is unknown, and the other way round
};

struct MessageBundle {
  std::uint32_t from = 0, to = 0;  // index of the row
  double messages = 0;             // an estimate when `sampled`
  double bytes = 0;
  double mean_send_ns = 0, mean_receive_ns = 0;
};

struct MessageView {
  std::uint64_t ends = 0;  // of messages in the window, on the rows given: exact
  bool bundled = false;
  bool sampled = false;            // bundles were counted on a part of the ends
  std::vector<MessageLine> lines;  // each message once, when not bundled
  std::vector<MessageBundle> bundles;
};

struct RowRange {
  std::uint32_t first_location = 0, last_location = 0;  // half-open
};

// Messages one end of which lies in [begin_ns, end_ns) on one of the rows. More than `most_lines` become bundles;
// of more than `most_ends` ends a regular sample is counted.
MessageView messages_in(const TraceStore& store, std::span<const RowRange> rows, std::uint64_t begin_ns,
                        std::uint64_t end_ns, std::size_t most_lines = 2000, std::uint64_t most_ends = 200'000);

}  // namespace tulkki::trace
