// SPDX-License-Identifier: Apache-2.0
// Messages of a window against the truth: lines, bundles and estimates.
#include "viewer/trace/messages.h"

#include <algorithm>
#include <set>

#include "tests/timeline/support.h"

namespace tulkki::test {
namespace {

using Line = std::tuple<std::uint32_t, std::uint64_t, std::uint32_t, std::uint64_t>;

TEST(Messages, LinesOfAWindow) {
  TraceShape shape;
  shape.ranks = 6;
  shape.calls_per_rank = 1000;
  const IndexedTrace trace(shape);
  const std::vector<trace::RowRange> rows{{0, 1}, {1, 2}, {2, 3}, {3, 4}};  // two ranks out of view
  for (const auto& [begin, end] :
       {std::pair<std::uint64_t, std::uint64_t>{0, 10'000'000'000}, {1'500'000, 1'540'000}, {2'000'000, 2'000'900}}) {
    std::set<Line> expected, found;
    for (const TrueMessage& message : trace.truth.messages) {
      const std::uint64_t sent = ns_of(shape, trace.truth.calls[message.from][message.send_call].start);
      const std::uint64_t received = ns_of(shape, trace.truth.calls[message.to][message.receive_call].end);
      const bool send_in = message.from < 4 && sent >= begin && sent < end;
      const bool receive_in = message.to < 4 && received >= begin && received < end;
      if (send_in || receive_in) expected.emplace(message.from, message.send_call, message.to, message.receive_call);
    }
    const trace::MessageView view = messages_in(*trace.store, rows, begin, end, 1'000'000);
    EXPECT_FALSE(view.bundled);
    for (const trace::MessageLine& line : view.lines)
      found.emplace(line.send.location, line.send.at.call, line.receive.location, line.receive.at.call);
    EXPECT_EQ(found.size(), view.lines.size());
    EXPECT_EQ(found, expected);
  }
}

TEST(Messages, ManyBecomeBundlesWithTheRightCounts) {
  TraceShape shape;
  shape.ranks = 6;
  shape.calls_per_rank = 20'000;
  const IndexedTrace trace(shape);
  const std::vector<trace::RowRange> rows{{0, 2}, {2, 4}, {4, 6}};
  std::map<std::pair<std::uint32_t, std::uint32_t>, double> expected;
  for (const TrueMessage& message : trace.truth.messages)
    expected[{message.from / 2, message.to / 2}] += 1;
  const trace::MessageView exact = messages_in(*trace.store, rows, 0, 100'000'000'000, 2000, 10'000'000);
  ASSERT_TRUE(exact.bundled);
  EXPECT_FALSE(exact.sampled);
  EXPECT_EQ(exact.bundles.size(), expected.size());
  for (const trace::MessageBundle& bundle : exact.bundles)
    EXPECT_EQ(bundle.messages, (expected[{bundle.from, bundle.to}]));
  const trace::MessageView estimate = messages_in(*trace.store, rows, 0, 100'000'000'000, 2000, 5000);
  EXPECT_TRUE(estimate.sampled);
  EXPECT_EQ(estimate.ends, exact.ends);
  for (const trace::MessageBundle& bundle : estimate.bundles) {
    const double whole = expected[{bundle.from, bundle.to}];
    EXPECT_NEAR(bundle.messages, whole, whole * 0.15);
  }
}

TEST(Messages, OfACall) {
  TraceShape shape;
  shape.calls_per_rank = 400;
  const IndexedTrace trace(shape);
  for (const TrueMessage& message : trace.truth.messages) {
    const std::uint32_t to = trace.location_of_rank[message.to];
    const auto posted = trace.store->messages_of({to, message.post_call});
    ASSERT_EQ(posted.size(), 1u);
    EXPECT_EQ(posted[0].at.call, message.receive_call);
    EXPECT_EQ(posted[0].bytes, message.bytes);
    const auto completed = trace.store->messages_of({to, message.receive_call});
    ASSERT_EQ(completed.size(), 1u);
    EXPECT_EQ(completed[0].posted.call, message.post_call);
  }
}

}  // namespace
}  // namespace tulkki::test
