// SPDX-License-Identifier: Apache-2.0
// Ends lie in the order of their calls, so that those in a window are a range for each location.
#include "viewer/trace/messages.h"

#include <algorithm>
#include <map>

namespace tulkki::trace {

namespace {

// The location's halves that can lie in the window; a receive lies at the end of its call, which may have begun before.
struct HalfRange {
  std::uint32_t location = 0;
  std::uint64_t first = 0, last = 0;
};

HalfRange halves_in(const TraceStore& store, std::uint32_t location, std::uint64_t begin_ns, std::uint64_t end_ns) {
  const Location& at = store.definitions().locations[location];
  if (at.halves == 0 || begin_ns > at.last_ns || end_ns <= at.first_ns) return {};
  std::uint64_t first_call = store.calls_before(location, begin_ns);
  store.for_each_call(location, begin_ns, begin_ns + 1,
                      [&](std::uint64_t call, std::uint64_t, std::uint64_t, const CallDetail& detail) {
                        // Regions of the program hold no ends, however long they have been open.
                        const std::vector<Procedure>& procedures = store.definitions().procedures;
                        if (detail.procedure < procedures.size() && !procedures[detail.procedure].mpi) return;
                        first_call = std::min(first_call, call);
                      });
  return {location, store.halves_before(location, first_call),
          store.halves_before(location, store.calls_before(location, end_ns))};
}

MessageLine line_of(const TraceStore& store, const MessageHalf& half) {
  MessageLine line;
  MessageHalf other;
  if (half.partner != kNoCall) {
    const auto [location, number] = store.half_place(half.partner);
    other = store.half(location, number);
    if (other.receive == half.receive) other = {};
  }
  (half.receive ? line.receive : line.send) = half;
  (half.receive ? line.send : line.receive) = other;
  return line;
}

class RowFinder {
 public:
  explicit RowFinder(std::span<const RowRange> rows) : rows_(rows) {}
  // Row of the location; kNone if it is on none. Rows are ordered.
  std::uint32_t operator()(std::uint32_t location) const {
    const auto after =
        std::upper_bound(rows_.begin(), rows_.end(), location,
                         [](std::uint32_t value, const RowRange& row) { return value < row.first_location; });
    if (after == rows_.begin() || location >= (after - 1)->last_location) return kNone;
    return static_cast<std::uint32_t>(after - rows_.begin() - 1);
  }

 private:
  std::span<const RowRange> rows_;
};

struct BundleSum {
  double count = 0, bytes = 0, send_ns = 0, receive_ns = 0;
};

void count_bundles(const TraceStore& store, std::span<const RowRange> rows, const std::vector<HalfRange>& ranges,
                   std::uint64_t begin_ns, std::uint64_t end_ns, std::uint64_t stride, MessageView& view) {
  const RowFinder row_of(rows);
  std::map<std::pair<std::uint32_t, std::uint32_t>, BundleSum> sums;
  // One end of each run of `stride`, at a place that changes: programs repeat themselves, a fixed step would alias.
  std::uint64_t state = 1;
  const auto place_in_run = [&] {
    state = state * 6364136223846793005 + 1442695040888963407;
    return (state >> 33) % stride;
  };
  std::uint64_t run = 0, chosen = place_in_run();  // of all ends in view, counted through
  std::uint64_t before = 0;
  for (const HalfRange& range : ranges) {
    const std::uint64_t count = range.last - range.first;
    for (; run + chosen < before + count; run += stride, chosen = place_in_run()) {
      const std::uint64_t number = range.first + (run + chosen - before);
      const MessageHalf half = store.half(range.location, number);
      if (half.time_ns < begin_ns || half.time_ns >= end_ns) continue;
      const MessageLine line = line_of(store, half);
      if (!line.send.at.valid() || !line.receive.at.valid()) continue;
      const std::uint32_t from = row_of(line.send.location), to = row_of(line.receive.location);
      if (from == kNone || to == kNone) continue;
      // A message with both ends in view is met twice.
      const MessageHalf& other = half.receive ? line.send : line.receive;
      const bool twice = other.time_ns >= begin_ns && other.time_ns < end_ns;
      const double weight = static_cast<double>(stride) * (twice ? 0.5 : 1.0);
      BundleSum& sum = sums[{from, to}];
      sum.count += weight;
      sum.bytes += weight * static_cast<double>(half.bytes);
      sum.send_ns += weight * static_cast<double>(line.send.time_ns);
      sum.receive_ns += weight * static_cast<double>(line.receive.time_ns);
    }
    before += count;
  }
  for (const auto& [pair, sum] : sums) {
    view.bundles.push_back(
        {pair.first, pair.second, sum.count, sum.bytes, sum.send_ns / sum.count, sum.receive_ns / sum.count});
  }
}

}  // namespace

MessageView messages_in(const TraceStore& store, std::span<const RowRange> rows, std::uint64_t begin_ns,
                        std::uint64_t end_ns, std::size_t most_lines, std::uint64_t most_ends) {
  MessageView view;
  std::vector<HalfRange> ranges;
  for (const RowRange& row : rows) {
    for (std::uint32_t location = row.first_location; location < row.last_location; ++location) {
      ranges.push_back(halves_in(store, location, begin_ns, end_ns));
      view.ends += ranges.back().last - ranges.back().first;
    }
  }
  // Each line has two ends at most here, and the ranges hold some that lie just outside.
  if (view.ends <= 2 * most_lines + ranges.size()) {
    const RowFinder row_of(rows);
    for (const HalfRange& range : ranges) {
      for (std::uint64_t number = range.first; number < range.last; ++number) {
        const MessageHalf half = store.half(range.location, number);
        if (half.time_ns < begin_ns || half.time_ns >= end_ns) {
          --view.ends;
          continue;
        }
        const MessageLine line = line_of(store, half);
        const MessageHalf& other = half.receive ? line.send : line.receive;
        const bool other_in_view =
            other.at.valid() && row_of(other.location) != kNone && other.time_ns >= begin_ns && other.time_ns < end_ns;
        if (half.receive && other_in_view) continue;  // told at its send
        view.lines.push_back(line);
      }
    }
    if (view.lines.size() <= most_lines) return view;
    view.lines.clear();
  }
  view.bundled = true;
  const std::uint64_t stride =
      std::max<std::uint64_t>(1, (view.ends + most_ends - 1) / std::max<std::uint64_t>(1, most_ends));
  view.sampled = stride > 1;
  count_bundles(store, rows, ranges, begin_ns, end_ns, stride, view);
  return view;
}

}  // namespace tulkki::trace
