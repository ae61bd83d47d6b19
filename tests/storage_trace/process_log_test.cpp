// SPDX-License-Identifier: Apache-2.0
// Raw logs that are whole, and raw logs that are not: a message or a warning for each defect, never a crash.
#include "storage/process_log.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <random>

#include "storage/communicators.h"
#include "storage/event_decoder.h"
#include "tests/storage_trace/scenarios.h"
#include "tests/storage_trace/temporary_directory.h"

namespace tulkki {
namespace {

using test::RawLogBuilder;
using test::TemporaryDirectory;
using testing::Test;
using Bytes = std::vector<std::uint8_t>;

class ProcessLogTest : public Test {
 protected:
  Result<ProcessLog> open(const Bytes& bytes) {
    const std::string path = directory_.file("x.tulkki-raw");
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    file.close();
    return ProcessLog::open(path);
  }
  std::string failure(const Bytes& bytes) {
    const Result<ProcessLog> log = open(bytes);
    return log ? "" : log.message();
  }
  TemporaryDirectory directory_;
};

RawLogBuilder small_log() {
  RawLogBuilder log(1, 2, 4096);
  log.property("program", "/usr/bin/lmp");
  log.property("label", "first");
  log.property("label", "second");
  log.module(1, "/usr/bin/lmp", {0xab, 0xcd});
  log.site(4, {{1, 0x123}, {0, 0x456}});
  log.context(3, raw::ContextKind::file, 17, raw::kContextWorld, 1, 2, "/tmp/data");
  log.context_name(raw::kContextWorld, "renamed");
  log.context_freed(3, 777);
  log.topology(raw::kContextWorld, {{2, true}});
  log.clock(500, -20, 1.5);
  log.clock(400, -10, 1.5);
  for (std::uint64_t n = 0; n < 1000; ++n) {
    log.thread(2).call({.procedure = Procedure::MPI_Send,
                        .start = 2000 + n * 100,
                        .end = 2010 + n * 100,
                        .peer = static_cast<int>(n % 40),
                        .context = raw::kContextWorld,
                        .tag = 5,
                        .sent = n});
  }
  return log;
}

TEST_F(ProcessLogTest, ReadsWhatWasWritten) {
  const Result<ProcessLog> log = open(small_log().bytes());
  ASSERT_TRUE(log) << log.message();
  EXPECT_TRUE(log->warnings.empty()) << log->warnings.front();
  EXPECT_EQ(log->header.world_rank, 1);
  EXPECT_EQ(log->properties.at("program"), "/usr/bin/lmp");
  EXPECT_EQ(log->properties.at("label"), "second");
  EXPECT_EQ(log->modules.at(1).path, "/usr/bin/lmp");
  EXPECT_EQ(log->modules.at(1).build_id, (Bytes{0xab, 0xcd}));
  ASSERT_EQ(log->sites.at(4).size(), 2u);
  EXPECT_EQ(log->sites.at(4)[0].address, 0x123u);
  EXPECT_EQ(log->contexts.at(1).name, "renamed");
  EXPECT_EQ(log->contexts.at(1).dimensions.size(), 1u);
  EXPECT_EQ(log->contexts.at(3).freed_ticks, 777u);
  ASSERT_EQ(log->clocks.size(), 2u);
  EXPECT_EQ(log->clocks[0].ticks, 400u);
  ASSERT_EQ(log->threads.size(), 1u);
  const ThreadLog& thread = log->threads[0];
  EXPECT_EQ(thread.index, 2u);
  EXPECT_EQ(thread.system_id, 9002u);
  EXPECT_GT(thread.events.size(), 1u);
  std::uint64_t calls = 0;
  std::uint64_t counted = 0;
  for (const raw::KeyRecord& key : thread.keys) {
    calls += key.calls;
    for (const std::uint32_t block : key.octave_block) {
      if (block == 0) continue;
      for (const std::uint32_t count : thread.histograms.at(block - 1).count)
        counted += count;
    }
  }
  EXPECT_EQ(calls, 1000u);
  EXPECT_EQ(counted, 1000u);
}

TEST_F(ProcessLogTest, RefusesWhatIsNoRawLog) {
  const Result<ProcessLog> missing = ProcessLog::open(directory_.file("missing"));
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.message().find("No such file"), std::string::npos) << missing.message();
  EXPECT_FALSE(ProcessLog::open(directory_.path()));
  EXPECT_NE(failure({}).find("too short"), std::string::npos);
  EXPECT_NE(failure(Bytes(100, 7)).find("too short"), std::string::npos);
  EXPECT_NE(failure(Bytes(5000, 7)).find("not a raw log"), std::string::npos);
  RawLogBuilder log(0, 1);
  log.header.format_version = 99;
  EXPECT_NE(failure(log.bytes()).find("format 99"), std::string::npos);
  log.header.format_version = raw::kFormatVersion;
  log.header.table_hash ^= 1;
  EXPECT_NE(failure(log.bytes()).find("procedure table"), std::string::npos);
}

TEST_F(ProcessLogTest, RefusesImpossibleChunkSizes) {
  Bytes bytes = small_log().bytes();
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{8}, std::uint64_t{64}, std::uint64_t{4095},
                                   ~std::uint64_t{0}, std::uint64_t{1} << 60}) {
    std::memcpy(&bytes[offsetof(raw::FileHeader, chunk_bytes)], &size, sizeof(size));
    EXPECT_NE(failure(bytes).find("damaged header"), std::string::npos) << size;
  }
}

TEST_F(ProcessLogTest, KeepsWhatLiesBeforeTheCut) {
  const Bytes whole = small_log().bytes();
  const Result<ProcessLog> cut = open(Bytes(whole.begin(), whole.end() - 3000));
  ASSERT_TRUE(cut) << cut.message();
  ASSERT_FALSE(cut->warnings.empty());
  EXPECT_NE(cut->warnings[0].find("ends inside a chunk"), std::string::npos) << cut->warnings[0];
  EXPECT_EQ(cut->properties.at("program"), "/usr/bin/lmp");
  const Result<ProcessLog> header_only = open(Bytes(whole.begin(), whole.begin() + raw::kFileHeaderBytes));
  ASSERT_TRUE(header_only);
  EXPECT_TRUE(header_only->threads.empty());
}

TEST_F(ProcessLogTest, SaysWhichChunksAreDamaged) {
  Bytes bytes = small_log().bytes();
  bytes[raw::kFileHeaderBytes + 4096] ^= 0xff;  // magic of the second chunk
  const Result<ProcessLog> log = open(bytes);
  ASSERT_TRUE(log);
  ASSERT_FALSE(log->warnings.empty());
  EXPECT_NE(log->warnings[0].find("1 damaged chunk"), std::string::npos) << log->warnings[0];
}

TEST_F(ProcessLogTest, KeyNumbersSurviveALostChunkOfKeys) {
  RawLogBuilder builder(0, 1, 64 + 2 * sizeof(raw::KeyRecord));  // two keys a chunk
  for (int peer = 0; peer < 6; ++peer) {
    builder.thread(0).key_number(Procedure::MPI_Send, peer, 1, 0, 0);
  }
  Bytes bytes = builder.bytes();
  for (std::size_t at = raw::kFileHeaderBytes; at < bytes.size(); at += builder.header.chunk_bytes) {
    raw::ChunkHeader header;
    std::memcpy(&header, &bytes[at], sizeof(header));
    if (header.kind == raw::ChunkKind::keys && header.sequence == 2) bytes[at] ^= 0xff;
  }
  const Result<ProcessLog> log = open(bytes);
  ASSERT_TRUE(log);
  ASSERT_EQ(log->threads[0].keys.size(), 6u);
  EXPECT_EQ(log->threads[0].keys[1].peer, 1);
  EXPECT_EQ(log->threads[0].keys[2].procedure, 0);
  EXPECT_EQ(log->threads[0].keys[4].peer, 4);
  EXPECT_FALSE(log->warnings.empty());
}

// Whatever the bytes, reading ends, and what is read can be decoded and unified.
TEST_F(ProcessLogTest, SurvivesRandomDamage) {
  std::mt19937_64 random(20261121);
  for (const test::Scenario& scenario : test::kScenarios) {
    const Bytes whole = scenario.make()[0].bytes();
    for (int round = 0; round < 300; ++round) {
      Bytes bytes = whole;
      // The first defects hit heads of chunks, where sizes and numbers are.
      for (std::uint64_t n = random() % 8; n < 8; ++n) {
        const std::size_t chunk = random() % ((bytes.size() - raw::kFileHeaderBytes) / 16384);
        const std::size_t within = round % 2 == 0 ? random() % 64 : random() % 2048;
        bytes[raw::kFileHeaderBytes + chunk * 16384 + within] = static_cast<std::uint8_t>(random());
      }
      if (round % 3 == 0) bytes.resize(raw::kFileHeaderBytes + random() % (bytes.size() - raw::kFileHeaderBytes));
      const Result<ProcessLog> log = open(bytes);
      if (!log) continue;
      const UnifiedContexts contexts({&*log, 1});
      for (const ThreadLog& thread : log->threads) {
        EventDecoder decoder(thread);
        DecodedCall call;
        std::uint64_t calls = 0;
        while (decoder.next(call) != EventDecoder::Step::end) {
          ASSERT_LE(call.start, call.end);
          ASSERT_LT(++calls, 1'000'000u);
        }
      }
    }
  }
}

}  // namespace
}  // namespace tulkki
