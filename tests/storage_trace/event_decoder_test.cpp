// SPDX-License-Identifier: Apache-2.0
// Round trips through the format, losses, and damaged bytes.
#include "storage/event_decoder.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/storage_trace/scenarios.h"
#include "tests/storage_trace/temporary_directory.h"

namespace tulkki {
namespace {

using raw::NoteKind;
using Step = EventDecoder::Step;
using test::RawLogBuilder;

class EventDecoderTest : public testing::Test {
 protected:
  ProcessLog reopen(const RawLogBuilder& builder) {
    const std::string path = directory_.file("x.tulkki-raw");
    builder.write(path);
    Result<ProcessLog> log = ProcessLog::open(path);
    if (!log) throw std::runtime_error(log.message());
    return std::move(*log);
  }
  test::TemporaryDirectory directory_;
};

TEST_F(EventDecoderTest, GivesBackRandomCalls) {
  std::mt19937_64 random(7);
  RawLogBuilder builder(0, 4, 4096);
  std::vector<test::CallSpec> specs;
  std::vector<std::uint64_t> numbers;
  std::uint64_t time = 1000;
  for (int n = 0; n < 20'000; ++n) {
    test::CallSpec spec;
    const Procedure kinds[] = {Procedure::MPI_Send, Procedure::MPI_Isend, Procedure::MPI_Allreduce,
                               Procedure::MPI_Wait};
    spec.procedure = kinds[random() % 4];
    spec.start = time + random() % 1000;
    spec.end = spec.start + (random() % 10 == 0 ? random() % (std::uint64_t{1} << 40) : random() % 300);
    spec.peer = static_cast<int>(random() % 5) - 3;
    spec.context = 1 + random() % 2;
    spec.site = random() % 3;
    if (random() % 2) spec.sent = std::uint64_t{1} << random() % 60;
    if (random() % 3 == 0) spec.received = random();
    if (random() % 2) spec.tag = static_cast<int>(random() % 1000);
    if (spec.procedure == Procedure::MPI_Wait) spec.items = {test::completed_with(1 + random() % 5000, 2, 9, random())};
    time = spec.end;
    numbers.push_back(builder.thread(0).call(spec));
    specs.push_back(spec);
  }
  const ProcessLog log = reopen(builder);
  ASSERT_GT(log.threads[0].events.size(), 10u);
  EventDecoder decoder(log.threads[0]);
  DecodedCall call;
  for (std::size_t n = 0; n < specs.size(); ++n) {
    ASSERT_EQ(decoder.next(call), Step::call) << n;
    const test::CallSpec& spec = specs[n];
    ASSERT_EQ(call.procedure, spec.procedure);
    ASSERT_EQ(call.start, spec.start);
    ASSERT_EQ(call.end, spec.end);
    ASSERT_EQ(call.peer, spec.peer);
    ASSERT_EQ(call.context, spec.context);
    ASSERT_EQ(call.site, spec.site);
    ASSERT_EQ(call.sent, spec.sent);
    ASSERT_EQ(call.received, spec.received);
    ASSERT_EQ(call.tag, spec.tag);
    ASSERT_EQ(call.request, numbers[n]);
    ASSERT_EQ(call.list.size(), spec.items.size());
    if (!spec.items.empty()) {
      ASSERT_EQ(call.list[0].request, spec.items[0].payload);
      ASSERT_EQ(call.list[0].received, spec.items[0].bytes);
      ASSERT_EQ(call.list[0].peer, 2);
    }
  }
  EXPECT_EQ(decoder.next(call), Step::end);
  EXPECT_EQ(decoder.next(call), Step::end);
  EXPECT_TRUE(decoder.warnings().empty());
}

TEST_F(EventDecoderTest, OnlySuccessfulStartsTakeANumber) {
  RawLogBuilder builder(0, 2);
  auto& thread = builder.thread(0);
  const auto isend = [&](std::uint64_t start, std::vector<test::Item> items) {
    return thread.call({.procedure = Procedure::MPI_Isend,
                        .start = start,
                        .end = start + 5,
                        .peer = 1,
                        .context = 1,
                        .tag = 0,
                        .sent = 1,
                        .items = std::move(items)});
  };
  EXPECT_EQ(isend(100, {}), 1u);
  EXPECT_EQ(isend(200, {test::note(NoteKind::error, 3)}), 0u);
  EXPECT_EQ(isend(300, {test::note(NoteKind::completed_at_once)}), 2u);
  EXPECT_EQ(isend(400, {test::note(NoteKind::persistent, 1)}), 0u);
  thread.call({.procedure = Procedure::MPI_Startall,
               .start = 500,
               .end = 510,
               .items = {test::started(raw::RequestKind::send, 1, 1, 4, 8, 0),
                         test::started(raw::RequestKind::receive, 1, -2, -1, 0, 8)}});
  EXPECT_EQ(isend(600, {}), 5u);
  const ProcessLog log = reopen(builder);
  EventDecoder decoder(log.threads[0]);
  DecodedCall call;
  const std::uint64_t expected[] = {1, 0, 2, 0, 0, 5};
  for (const std::uint64_t number : expected) {
    ASSERT_EQ(decoder.next(call), Step::call);
    EXPECT_EQ(call.request, number);
    if (call.procedure == Procedure::MPI_Startall) {
      ASSERT_EQ(call.list.size(), 2u);
      EXPECT_EQ(call.list[0].request, 3u);
      EXPECT_EQ(call.list[1].request, 4u);
      EXPECT_EQ(call.list[1].request_kind, raw::RequestKind::receive);
      EXPECT_EQ(call.list[1].peer, -2);
    }
    EXPECT_EQ(call.failed, call.start == 200);
    EXPECT_EQ(call.completed_at_once, call.start == 300);
  }
}

TEST_F(EventDecoderTest, ForeignRequestsLeaveTheThreadsOwnCountAlone) {
  RawLogBuilder builder(0, 2);
  builder.thread(1).call({.procedure = Procedure::MPI_Waitall,
                          .start = 10,
                          .end = 20,
                          .items = {test::completed(3), test::foreign(7), test::completed(400), test::cancelled(4)}});
  const ProcessLog log = reopen(builder);
  EventDecoder decoder(log.threads[0]);
  DecodedCall call;
  ASSERT_EQ(decoder.next(call), Step::call);
  ASSERT_EQ(call.list.size(), 3u);
  EXPECT_EQ(call.list[0].request, 3u);
  EXPECT_EQ(call.list[0].thread, 1u);
  EXPECT_EQ(call.list[1].request, 400u);
  EXPECT_EQ(call.list[1].thread, 7u);
  EXPECT_EQ(call.list[2].request, 4u);
  EXPECT_EQ(call.list[2].thread, 1u);
}

TEST_F(EventDecoderTest, ResolvesNesting) {
  RawLogBuilder builder(0, 1);
  auto& thread = builder.thread(0);
  const auto call_of = [](Procedure procedure, std::uint64_t start, std::uint64_t end) {
    return test::CallSpec{.procedure = procedure, .start = start, .end = end};
  };
  thread.open(Procedure::MPI_Reduce, 100);
  thread.open(Procedure::MPI_Comm_free, 110);
  thread.call(call_of(Procedure::MPI_Comm_rank, 120, 130));
  thread.call(call_of(Procedure::MPI_Comm_free, 110, 140));
  thread.open(Procedure::MPI_Barrier, 150);  // left by an exception, say
  thread.call(call_of(Procedure::MPI_Reduce, 100, 200));
  thread.open(Procedure::MPI_Abort, 300);
  const ProcessLog log = reopen(builder);
  EventDecoder decoder(log.threads[0]);
  DecodedCall call;
  EXPECT_EQ(decoder.next(call), Step::open);
  EXPECT_EQ(call.procedure, Procedure::MPI_Reduce);
  EXPECT_EQ(decoder.next(call), Step::open);
  EXPECT_EQ(decoder.next(call), Step::call);
  EXPECT_FALSE(call.closes_open);
  EXPECT_EQ(decoder.next(call), Step::call);
  EXPECT_TRUE(call.closes_open);
  EXPECT_EQ(decoder.open_calls(), 1u);
  EXPECT_EQ(decoder.next(call), Step::open);
  EXPECT_EQ(decoder.next(call), Step::call);
  EXPECT_TRUE(call.closes_open);
  EXPECT_EQ(call.abandoned, 1u);
  EXPECT_EQ(decoder.next(call), Step::open);
  EXPECT_EQ(decoder.next(call), Step::end);
  EXPECT_EQ(decoder.open_calls(), 1u);
}

TEST_F(EventDecoderTest, TellsOverwrittenChunks) {
  RawLogBuilder builder(0, 1, 4096);
  for (std::uint64_t n = 0; n < 5000; ++n) {
    builder.thread(0).call({.procedure = Procedure::MPI_Send,
                            .start = 100 + n * 10,
                            .end = 105 + n * 10,
                            .peer = 1,
                            .context = 1,
                            .tag = 1,
                            .sent = n % 3});
  }
  builder.thread(0).drop_chunk(1);
  builder.thread(0).drop_chunk(3);
  const ProcessLog log = reopen(builder);
  EventDecoder decoder(log.threads[0]);
  DecodedCall call;
  ASSERT_EQ(decoder.next(call), Step::gap);
  ASSERT_EQ(decoder.next(call), Step::call);
  EXPECT_EQ(call.sent, (call.start - 100) / 10 % 3);  // the first record of a chunk stands on its own
  int gaps = 0;
  for (Step step = Step::call; step != Step::end; step = decoder.next(call))
    gaps += step == Step::gap;
  EXPECT_EQ(gaps, 1);
  EXPECT_EQ(decoder.lost_chunks(), 2u);
  EXPECT_EQ(call.end, 105u + 4999 * 10);
}

TEST_F(EventDecoderTest, StopsInADamagedChunkAndGoesOnWithTheNext) {
  RawLogBuilder builder(0, 1);
  auto& thread = builder.thread(0);
  const test::CallSpec send = {
      .procedure = Procedure::MPI_Send, .start = 100, .end = 110, .peer = 1, .context = 1, .tag = 3, .sent = 9};
  thread.call(send);
  thread.next_chunk();
  thread.call({.procedure = Procedure::MPI_Recv, .start = 200, .end = 210, .peer = 1, .context = 1, .tag = 3});
  ProcessLog log = reopen(builder);
  // A key that does not exist, an end beyond the next chunk's begin, a number without end, a start before time 0.
  const std::vector<std::vector<std::uint8_t>> damages = {
      {0xff, 0x7f, 1, 1}, {4, 0xff, 0xff, 0x7f, 1}, {4, 0xff, 0xff}, {4, 1, 100}, {3}, {0x80}};
  for (const auto& damage : damages) {
    log.threads[0].events[0].bytes = damage;
    EventDecoder decoder(log.threads[0]);
    DecodedCall call;
    EXPECT_EQ(decoder.next(call), Step::gap);
    EXPECT_EQ(decoder.next(call), Step::call);
    EXPECT_EQ(call.procedure, Procedure::MPI_Recv);
    EXPECT_EQ(decoder.next(call), Step::end);
    ASSERT_EQ(decoder.warnings().size(), 1u);
    EXPECT_NE(decoder.warnings()[0].find("chunk 1 is damaged"), std::string::npos);
  }
}

TEST_F(EventDecoderTest, SurvivesRandomBytes) {
  std::mt19937_64 random(11);
  const std::vector<ProcessLog> logs = test::open_launch(test::requests(), directory_.path());
  ThreadLog thread = logs[0].threads[0];
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::uint8_t> bytes(random() % 200);
    for (std::uint8_t& byte : bytes)
      byte = static_cast<std::uint8_t>(random() % (round % 2 ? 256 : 40));
    thread.events[0].bytes = bytes;
    EventDecoder decoder(thread);
    DecodedCall call;
    std::uint64_t last = 0;
    int steps = 0;
    for (Step step = decoder.next(call); step != Step::end; step = decoder.next(call)) {
      ASSERT_LT(++steps, 1000);
      if (step == Step::gap) continue;
      ASSERT_GE(call.end, last);
      last = call.end;
    }
  }
}

}  // namespace
}  // namespace tulkki
