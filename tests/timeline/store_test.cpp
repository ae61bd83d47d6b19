// SPDX-License-Identifier: Apache-2.0
// The index against what the generator knows: every call, every message, several kinds of archives.
#include <algorithm>
#include <set>

#include "storage/histogram.h"
#include "tests/timeline/support.h"

namespace tulkki::test {
namespace {

using trace::Call;
using trace::CallRef;
using trace::kNone;

TraceShape shape_named(const std::string& name) {
  TraceShape shape;
  if (name == "small") shape.calls_per_rank = 200;
  if (name == "several_blocks") shape.ranks = 2, shape.calls_per_rank = 150'000;
  if (name == "foreign") shape.foreign = true, shape.ranks = 6, shape.calls_per_rank = 3000;
  if (name == "foreign_blocks") shape.foreign = true, shape.ranks = 2, shape.calls_per_rank = 150'000;
  if (name == "offsets") shape.clock_offsets = true, shape.ranks = 8;
  if (name == "fast_clock") shape.ticks_per_second = 2'399'988'123, shape.seed = 5;
  if (name == "slow_clock") shape.ticks_per_second = 1'000'000, shape.seed = 6;
  if (name == "one_node") shape.ranks_per_node = 100, shape.seed = 9;
  if (name == "odd") shape.ranks = 5, shape.seed = 3;
  return shape;
}

class StoreTest : public testing::TestWithParam<const char*> {};

TEST_P(StoreTest, EveryCallAsItWas) {
  const IndexedTrace trace(shape_named(GetParam()));
  std::uint64_t calls = 0;
  for (std::uint32_t rank = 0; rank < trace.shape.ranks; ++rank) {
    const std::uint32_t location = trace.location_of_rank[rank];
    ASSERT_EQ(trace.store->definitions().locations[location].calls, trace.truth.calls[rank].size());
    calls += trace.truth.calls[rank].size();
    for (std::size_t n = 0; n < trace.truth.calls[rank].size(); ++n) {
      const TrueCall& expected = trace.truth.calls[rank][n];
      const Call found = trace.store->call({location, n});
      SCOPED_TRACE("rank " + std::to_string(rank) + " call " + std::to_string(n));
      ASSERT_EQ(trace.procedure(found.procedure).name, expected.procedure);
      ASSERT_EQ(found.start_ns, ns_of(trace.shape, expected.start));
      ASSERT_EQ(found.start_ns + found.duration_ns, ns_of(trace.shape, expected.end));
      ASSERT_EQ(found.peer, expected.peer);
      ASSERT_EQ(found.tag, expected.tag);
      ASSERT_EQ(found.bytes_sent, expected.sent);
      ASSERT_EQ(found.bytes_received, expected.received);
      const std::string context = found.context == kNone ? "" : trace.store->definitions().contexts[found.context].name;
      ASSERT_EQ(context, expected.context);
    }
  }
  EXPECT_EQ(trace.store->definitions().calls, calls);
  EXPECT_EQ(trace.store->definitions().notes, std::vector<std::string>());
  EXPECT_EQ(trace.store->definitions().ranks, trace.shape.ranks);
}

TEST_P(StoreTest, EveryMessageFromEndToEnd) {
  const IndexedTrace trace(shape_named(GetParam()));
  using Line = std::tuple<std::uint32_t, std::uint64_t, std::uint32_t, std::uint64_t, std::uint64_t, std::int32_t,
                          std::uint64_t>;
  std::multiset<Line> expected, found;
  for (const TrueMessage& message : trace.truth.messages) {
    expected.emplace(message.from, message.send_call, message.to, message.post_call, message.receive_call, message.tag,
                     message.bytes);
  }
  const trace::Definitions& model = trace.store->definitions();
  for (std::uint32_t location = 0; location < model.locations.size(); ++location) {
    for (std::uint64_t n = 0; n < model.locations[location].halves; ++n) {
      const trace::MessageHalf send = trace.store->half(location, n);
      if (send.receive) continue;
      ASSERT_NE(send.partner, trace::kNoCall);
      const auto [place, number] = trace.store->half_place(send.partner);
      const trace::MessageHalf receive = trace.store->half(place, number);
      ASSERT_TRUE(receive.receive);
      ASSERT_EQ(receive.partner, trace.store->first_half(location) + n);
      ASSERT_EQ(receive.bytes, send.bytes);
      found.emplace(model.locations[location].rank, send.at.call, model.locations[place].rank, receive.posted.call,
                    receive.at.call, send.tag, send.bytes);
    }
  }
  EXPECT_EQ(found.size(), expected.size());
  EXPECT_TRUE(found == expected);
  EXPECT_EQ(model.matched, expected.size());
}

TEST_P(StoreTest, SearchesInTimeAgreeWithBruteForce) {
  const IndexedTrace trace(shape_named(GetParam()));
  std::uint64_t state = 12345;
  const auto random = [&](std::uint64_t below) {
    state = state * 6364136223846793005 + 1442695040888963407;
    return (state >> 20) % std::max<std::uint64_t>(1, below);
  };
  const std::uint64_t end = trace.store->definitions().last_ns + 1000;
  for (int round = 0; round < 60; ++round) {
    const auto rank = static_cast<std::uint32_t>(random(trace.shape.ranks));
    const std::uint32_t location = trace.location_of_rank[rank];
    const std::uint64_t begin_ns = random(end);
    const std::uint64_t end_ns = begin_ns + 1 + random(round % 2 == 0 ? 20'000 : end);
    std::vector<std::uint64_t> expected, found;
    std::uint64_t before = 0;
    for (std::size_t n = 0; n < trace.truth.calls[rank].size(); ++n) {
      const std::uint64_t start = ns_of(trace.shape, trace.truth.calls[rank][n].start);
      const std::uint64_t stop = ns_of(trace.shape, trace.truth.calls[rank][n].end);
      if (start < begin_ns) ++before;
      if (start < end_ns && (stop > begin_ns || start >= begin_ns)) expected.push_back(n);
    }
    trace.store->for_each_call(
        location, begin_ns, end_ns,
        [&](std::uint64_t call, std::uint64_t, std::uint64_t, const trace::CallDetail&) { found.push_back(call); });
    ASSERT_EQ(found, expected) << begin_ns << " " << end_ns;
    ASSERT_EQ(trace.store->calls_before(location, begin_ns), before);
  }
}

TEST_P(StoreTest, SumsOfProcedures) {
  const IndexedTrace trace(shape_named(GetParam()));
  std::map<std::string, trace::Procedure> expected;
  std::uint64_t first_communication = UINT64_MAX;
  for (const auto& calls : trace.truth.calls) {
    for (const TrueCall& call : calls) {
      trace::Procedure& sums = expected[call.procedure];
      const std::uint64_t start = ns_of(trace.shape, call.start), duration = ns_of(trace.shape, call.end) - start;
      sums.calls += 1;
      sums.time_ns += duration;
      sums.longest_ns = std::max(sums.longest_ns, duration);
      sums.bytes_sent += call.sent;
      sums.bytes_received += call.received;
      if (call.peer != kNone || !call.context.empty()) {
        // A nonblocking receive is posted before anything has come; its completion tells, in a later call.
        if (call.procedure != "MPI_Irecv") first_communication = std::min(first_communication, start);
      }
    }
  }
  for (const trace::Procedure& found : trace.store->definitions().procedures) {
    const trace::Procedure& sums = expected[found.name];
    EXPECT_EQ(found.calls, sums.calls) << found.name;
    EXPECT_EQ(found.time_ns, sums.time_ns) << found.name;
    EXPECT_EQ(found.longest_ns, sums.longest_ns) << found.name;
    EXPECT_EQ(found.bytes_sent, sums.bytes_sent) << found.name;
    EXPECT_EQ(found.bytes_received, sums.bytes_received) << found.name;
    EXPECT_EQ(Histogram::decode(found.histogram)->count(), sums.calls) << found.name;
  }
  EXPECT_EQ(trace.store->definitions().first_communication_ns, first_communication);
}

INSTANTIATE_TEST_SUITE_P(Shapes, StoreTest,
                         testing::Values("small", "several_blocks", "foreign", "foreign_blocks", "offsets",
                                         "fast_clock", "slow_clock", "one_node", "odd"),
                         [](const auto& info) { return std::string(info.param); });

TEST(StoreDefinitions, PlacesOfAForeignArchive) {
  const IndexedTrace trace(shape_named("foreign"));
  const trace::Definitions& model = trace.store->definitions();
  ASSERT_EQ(model.locations.size(), 12u);  // two threads a rank, the second without events
  EXPECT_EQ(model.nodes, (std::vector<std::string>{"node0", "node1", "node2"}));
  EXPECT_EQ(model.locations[0].name, "Master thread");
  EXPECT_EQ(model.locations[1].thread, 1u);
  EXPECT_EQ(model.locations[1].calls, 0u);
  EXPECT_EQ(model.locations[11].node, 2u);
  ASSERT_EQ(trace.store->groups().size(), 3u);
  EXPECT_EQ(trace.store->groups()[2].first_location, 8u);
  EXPECT_EQ(model.creator, "Another tool 8.1");
}

TEST(StoreDefinitions, ArchiveWithoutClockProperties) {
  TraceShape shape = shape_named("small");
  shape.clock_properties = false;
  const IndexedTrace trace(shape);
  const trace::Definitions& model = trace.store->definitions();
  EXPECT_EQ(model.calls, trace.truth.calls[0].size() * 4);
  EXPECT_GT(model.first_ns, 0u);
  const trace::PyramidRow& row = trace.store->location_row(0);
  // The row begins at the first call, however far from the origin that is.
  EXPECT_EQ(row.begin, model.locations[0].first_ns);
}

}  // namespace
}  // namespace tulkki::test
