// SPDX-License-Identifier: Apache-2.0
// Alignment of call sequences, and pairs from real archives written through storage.
#include "viewer/analysis/pairing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "storage/trace_writer.h"
#include "tests/analysis/study_builder.h"
#include "tests/support/raw_log_builder.h"

namespace tulkki::test {
namespace {

std::vector<PairableCall> sequence(const std::string& keys) {
  std::vector<PairableCall> calls;
  for (const char key : keys)
    calls.push_back({static_cast<CallKey>(key), 0, 1, 0});
  return calls;
}

// Length of the longest common subsequence by the textbook's table.
std::size_t longest_common(const std::vector<PairableCall>& first, const std::vector<PairableCall>& second) {
  std::vector<std::vector<std::size_t>> length(first.size() + 1, std::vector<std::size_t>(second.size() + 1));
  for (std::size_t i = 0; i < first.size(); ++i) {
    for (std::size_t j = 0; j < second.size(); ++j) {
      length[i + 1][j + 1] =
          first[i].key == second[j].key ? length[i][j] + 1 : std::max(length[i][j + 1], length[i + 1][j]);
    }
  }
  return length.back().back();
}

void expect_alignment(const std::vector<PairableCall>& first, const std::vector<PairableCall>& second,
                      const std::vector<CallPair>& pairs) {
  for (std::size_t n = 0; n < pairs.size(); ++n) {
    ASSERT_LT(pairs[n].first, first.size());
    ASSERT_LT(pairs[n].second, second.size());
    EXPECT_EQ(first[pairs[n].first].key, second[pairs[n].second].key);
    if (n == 0) continue;
    EXPECT_LT(pairs[n - 1].first, pairs[n].first);
    EXPECT_LT(pairs[n - 1].second, pairs[n].second);
  }
}

TEST(Align, EqualEmptyAndUnrelated) {
  EXPECT_EQ(align_calls(sequence("abcabc"), sequence("abcabc")).size(), 6u);
  EXPECT_TRUE(align_calls(sequence(""), sequence("abc")).empty());
  EXPECT_TRUE(align_calls(sequence("abc"), sequence("")).empty());
  EXPECT_TRUE(align_calls(sequence("aaaa"), sequence("bbbbbb")).empty());
}

TEST(Align, FindsTheWayBackAfterADivergence) {
  const auto first = sequence("abcdefghijkl"), second = sequence("abXYZdefhijklM");
  const auto pairs = align_calls(first, second);
  expect_alignment(first, second, pairs);
  EXPECT_EQ(pairs.size(), 10u);  // all but c and g
  EXPECT_EQ(pairs.back().first, 11u);
  EXPECT_EQ(pairs.back().second, 12u);
}

TEST(Align, IsTheLongestCommonSubsequence) {
  Generator random(3);
  for (int trial = 0; trial < 400; ++trial) {
    std::vector<PairableCall> first, second;
    const std::int64_t letters = random.whole(1, 6);
    for (std::int64_t n = random.whole(0, 40); n > 0; --n)
      first.push_back({static_cast<CallKey>(random.whole(1, letters)), 0, 1, 0});
    for (std::int64_t n = random.whole(0, 40); n > 0; --n)
      second.push_back({static_cast<CallKey>(random.whole(1, letters)), 0, 1, 0});
    const auto pairs = align_calls(first, second);
    expect_alignment(first, second, pairs);
    EXPECT_EQ(pairs.size(), longest_common(first, second));
    // With few edits a stretch the result is still an alignment.
    expect_alignment(first, second, align_calls(first, second, 3));
  }
}

TEST(Align, LongSequencesWithLocalDifferences) {
  Generator random(5);
  std::vector<PairableCall> first, second;
  std::size_t common = 0;
  for (int step = 0; step < 20'000; ++step) {
    // A loop over 7 calls; now and then one side makes a few calls of its own.
    const CallKey key = static_cast<CallKey>(step % 7);
    first.push_back({key, 0, 1, 0});
    second.push_back({key, 0, 1, 0});
    ++common;
    if (step % 1000 == 500) {
      for (std::int64_t n = random.whole(1, 40); n > 0; --n)
        (step % 2000 == 500 ? first : second).push_back({static_cast<CallKey>(100 + n), 0, 1, 0});
    }
  }
  const auto pairs = align_calls(first, second);
  expect_alignment(first, second, pairs);
  EXPECT_EQ(pairs.size(), common);
}

TEST(Pairing, WhichCallsPoll) {
  for (const char* name :
       {"MPI_Test", "MPI_Testall", "MPI_Testsome", "MPI_Iprobe", "MPI_Improbe", "MPI_Request_get_status"})
    EXPECT_TRUE(is_polling(name)) << name;
  for (const char* name : {"MPI_Wait", "MPI_Probe", "MPI_Test_cancelled", "MPI_Recv"})
    EXPECT_FALSE(is_polling(name)) << name;
}

// Two ranks; rank 0 sends `messages` to rank 1 in turn, each call lasting `send_ns`; `polls` unsuccessful looks before
// each.
std::string write_archive(const std::string& folder, int messages, std::uint64_t send_ns, int polls,
                          int extra_barriers) {
  std::vector<ProcessLog> logs;
  for (int rank = 0; rank < 2; ++rank) {
    RawLogBuilder log(rank, 2);
    ThreadBuilder& thread = log.thread(0);
    std::uint64_t now = 10'000;
    const auto call = [&](CallSpec spec, std::uint64_t duration) {
      spec.start = now;
      spec.end = now + duration;
      now += duration + 50;
      thread.call(spec);
    };
    for (int message = 0; message < messages; ++message) {
      for (int poll = 0; poll < polls; ++poll)
        call({.procedure = Procedure::MPI_Iprobe, .context = raw::kContextWorld}, 10);
      const auto bytes = static_cast<std::uint64_t>(8 << (message % 5));
      if (rank == 0)
        call({.procedure = Procedure::MPI_Send,
              .peer = 1,
              .context = raw::kContextWorld,
              .tag = message % 3,
              .sent = bytes},
             send_ns);
      else
        call({.procedure = Procedure::MPI_Recv,
              .peer = 0,
              .context = raw::kContextWorld,
              .tag = message % 3,
              .received = bytes},
             2 * send_ns);
      if (message == messages / 2) {
        for (int extra = 0; extra < extra_barriers; ++extra)
          call({.procedure = Procedure::MPI_Barrier, .context = raw::kContextWorld}, 70);
      }
    }
    std::filesystem::create_directories(folder);
    const std::string path = folder + "/rank-" + std::to_string(rank) + ".tulkki-raw";
    log.write(path);
    Result<ProcessLog> read = ProcessLog::open(path);
    EXPECT_TRUE(read) << read.message();
    logs.push_back(std::move(*read));
  }
  const Result<TraceSummary> written = write_trace(folder + "/trace", logs);
  EXPECT_TRUE(written) << written.message();
  return written->anchor;
}

TEST(Pairing, OfTwoArchives) {
  const ScratchDirectory folder;
  const std::string first = write_archive(folder / "first", 40, 1000, 3, 0);
  const std::string second = write_archive(folder / "second", 40, 1300, 5, 2);
  const Result<PairingResult> pairs = pair_traces(first, second);
  ASSERT_TRUE(pairs) << pairs.message();
  EXPECT_EQ(pairs->pairs, 80u);
  EXPECT_EQ(pairs->first_calls, 80u);
  EXPECT_EQ(pairs->second_calls, 84u);  // two barriers on each rank have no partner
  EXPECT_GT(pairs->second_polling, 0u);
  EXPECT_EQ(pairs->ranks_unpaired, 0u);
  EXPECT_NEAR(pairs->matched_share(), 160.0 / 164, 1e-12);
  ASSERT_EQ(pairs->procedures.size(), 2u);
  EXPECT_EQ(pairs->procedures[0].procedure, "MPI_Recv");  // 40 x 600 ns
  EXPECT_NEAR(pairs->procedures[0].median_difference_ns, 600, 1);
  EXPECT_NEAR(pairs->procedures[1].median_difference_ns, 300, 1);
  EXPECT_NEAR(pairs->procedures[1].second_sum_ns - pairs->procedures[1].first_sum_ns, 40 * 300, 10);
  EXPECT_NEAR(std::exp(pairs->procedures[1].median_log_ratio), 1.3, 1e-3);
  EXPECT_TRUE(pairs->sites.empty());
}

TEST(Pairing, TellsHowFarItIs) {
  const ScratchDirectory folder;
  const std::string first = write_archive(folder / "first", 40, 1000, 3, 0);
  const std::string second = write_archive(folder / "second", 40, 1300, 5, 2);
  std::vector<double> fractions;
  std::vector<std::string> phases;
  Work work;
  work.progress = [&](double fraction, const std::string& phase) {
    fractions.push_back(fraction);
    phases.push_back(phase);
  };
  ASSERT_TRUE(pair_traces(first, second, work));
  ASSERT_EQ(fractions.size(), 4u);  // two ranks of two archives, each shorter than a batch
  EXPECT_TRUE(std::is_sorted(fractions.begin(), fractions.end()));
  EXPECT_GT(fractions.front(), 0.1);
  EXPECT_LT(fractions.front(), 0.5);
  EXPECT_DOUBLE_EQ(fractions.back(), 1);
  EXPECT_EQ(phases.front(), "reading events of rank 0");
  EXPECT_EQ(phases.back(), "reading events of rank 1");
}

TEST(Pairing, StopsWhereItIsCancelled) {
  const ScratchDirectory folder;
  const std::string first = write_archive(folder / "first", 40, 1000, 3, 0);
  std::atomic<bool> cancel = false;
  int told = 0;
  Work work;
  work.cancel = &cancel;
  work.progress = [&](double, const std::string&) {
    ++told;
    cancel = true;
  };
  const Result<PairingResult> pairs = pair_traces(first, first, work);
  ASSERT_FALSE(pairs);
  EXPECT_TRUE(pairs.message().ends_with(kWorkCancelled)) << pairs.message();
  EXPECT_EQ(told, 1);  // the other three locations were not read
}

TEST(Alignment, StopsWhereItIsCancelled) {
  std::vector<PairableCall> first, second;  // nothing in common: as many edits as calls
  for (CallKey key = 0; key < 3000; ++key) {
    first.push_back({2 * key, 0, 1, 0});
    second.push_back({2 * key + 1, 0, 1, 0});
  }
  int asked = 0;
  const std::vector<CallPair> pairs = align_calls(first, second, 4096, [&] { return ++asked < 3; });
  EXPECT_EQ(asked, 4);  // before the stretch, twice in it, and after it
  EXPECT_TRUE(pairs.empty());
}

TEST(Pairing, ArchivesThatCannotBeRead) {
  const ScratchDirectory folder;
  const std::string good = write_archive(folder / "good", 2, 1000, 0, 0);
  const Result<PairingResult> absent = pair_traces(good, folder / "absent.otf2");
  ASSERT_FALSE(absent);
  EXPECT_NE(absent.message().find("absent.otf2"), std::string::npos);
  write_file(folder / "text.otf2", "no archive");
  EXPECT_FALSE(pair_traces(folder / "text.otf2", good));
}

TEST(Pairing, CouplesAreTheUnitOfRepetition) {
  std::vector<PairingResult> couples;
  for (int couple = 0; couple < 7; ++couple) {
    PairingResult result;
    result.procedures.push_back({.procedure = "MPI_Send",
                                 .site = "",
                                 .pairs = 100,
                                 .first_sum_ns = 1000,
                                 .second_sum_ns = 1500.0 + couple,
                                 .median_difference_ns = 5.0 + couple,
                                 .median_log_ratio = std::log(1.5)});
    if (couple > 0) result.procedures.push_back({.procedure = "MPI_Recv", .site = "", .pairs = 1});
    couples.push_back(result);
  }
  const std::vector<PairedContrast> contrasts = summarize_couples(couples, false);
  ASSERT_EQ(contrasts.size(), 1u);  // MPI_Recv is not in all
  EXPECT_EQ(contrasts[0].difference_ns.median, 8);
  ASSERT_TRUE(contrasts[0].difference_ns.interval);
  EXPECT_EQ(contrasts[0].difference_ns.interval->low, 5);
  EXPECT_EQ(contrasts[0].total_difference_ns.median, 503);
  EXPECT_NEAR(contrasts[0].ratio, 1.5, 1e-12);
}

}  // namespace
}  // namespace tulkki::test
