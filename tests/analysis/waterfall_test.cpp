// SPDX-License-Identifier: Apache-2.0
// The waterfall sums to the nanosecond, whatever the database; and a change of one kind lands in its own part.
#include "viewer/analysis/waterfall.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/analysis/study_builder.h"
#include "viewer/analysis/statistics.h"

namespace tulkki::test {
namespace {

const WaterfallTerm* find(const Waterfall& waterfall, const std::string& name) {
  const auto found = std::find_if(waterfall.terms.begin(), waterfall.terms.end(),
                                  [&](const WaterfallTerm& term) { return term.name == name; });
  return found == waterfall.terms.end() ? nullptr : &*found;
}

void expect_sums(const Waterfall& waterfall) {
  std::int64_t sum = 0;
  for (const WaterfallTerm& term : waterfall.terms) {
    sum += term.change_ns;
    EXPECT_LE(std::abs(static_cast<double>(term.change_ns) - (term.after_ns - term.before_ns)), 2) << term.name;
    const std::int64_t parts = term.calls_ns + term.bytes_ns + term.speed_ns + term.waiting_ns;
    EXPECT_EQ(parts, term.kind == TermKind::procedure ? term.change_ns : 0) << term.name;
  }
  EXPECT_EQ(sum, waterfall.change_ns);
  EXPECT_EQ(waterfall.after_ns - waterfall.before_ns, waterfall.change_ns);
}

std::int64_t random_run(StudyBuilder& study, Generator& random) {
  const std::vector<std::string> names{"MPI_Send", "MPI_Recv", "MPI_Allreduce", "MPI_Waitall", "MPI_Barrier"};
  RunSpec spec;
  spec.ranks = random.whole(1, 5);
  spec.wall_ns = random.whole(1, 4'000'000'000'000);  // over an hour: beyond what a float could hold
  const std::int64_t run = study.run(spec);
  for (std::int64_t rank = 0; rank < spec.ranks; ++rank) {
    study.process(run, rank, random.whole(0, spec.wall_ns), random.whole(0, spec.wall_ns));
    for (const std::string& name : names) {
      for (std::int64_t rows = random.whole(0, 3); rows > 0; --rows) {
        std::vector<double> durations(static_cast<std::size_t>(random.whole(1, 30)));
        for (double& duration : durations)
          duration = std::exp(random.uniform(0, 20));
        study.call(run, rank, name, random.whole(0, 1) * (std::int64_t{1} << random.whole(0, 30)), durations);
      }
    }
  }
  return run;
}

TEST(Waterfall, SumsExactlyForRandomDatabases) {
  Generator random(20261121);
  for (int trial = 0; trial < 40; ++trial) {
    StudyBuilder study;
    std::vector<std::int64_t> first, second;
    for (std::int64_t launches = random.whole(1, 5); launches > 0; --launches)
      first.push_back(random_run(study, random));
    for (std::int64_t launches = random.whole(1, 5); launches > 0; --launches)
      second.push_back(random_run(study, random));
    const std::vector<SeriesProfile> series = study.series({first, second});
    for (const WaterfallBasis basis : {WaterfallBasis::middle, WaterfallBasis::mean}) {
      const Result<Waterfall> waterfall_ab = waterfall(series[0], series[1], basis);
      ASSERT_TRUE(waterfall_ab);
      expect_sums(*waterfall_ab);
      // The same way back, but for the rounding of each number.
      const Result<Waterfall> waterfall_ba = waterfall(series[1], series[0], basis);
      ASSERT_TRUE(waterfall_ba);
      EXPECT_EQ(waterfall_ab->change_ns, -waterfall_ba->change_ns);
      for (const WaterfallTerm& term : waterfall_ab->terms) {
        const WaterfallTerm* back = find(*waterfall_ba, term.name);
        ASSERT_NE(back, nullptr);
        EXPECT_LE(std::abs(term.speed_ns + back->speed_ns), 2) << term.name;
        EXPECT_LE(std::abs(term.waiting_ns + back->waiting_ns), 2) << term.name;
      }
    }
  }
}

TEST(Waterfall, MiddleLaunchesGiveTheChangeOfTheMedian) {
  StudyBuilder study;
  std::vector<std::int64_t> first, second;
  std::vector<double> first_walls, second_walls;
  Generator random(7);
  for (int launch = 0; launch < 13; ++launch) {
    RunSpec spec;
    spec.wall_ns = random.whole(1'000'000'000, 2'000'000'000);
    (launch % 2 == 0 ? first : second).push_back(study.simple_run(spec, "MPI_Barrier", 0, 10, 1000));
    (launch % 2 == 0 ? first_walls : second_walls).push_back(static_cast<double>(spec.wall_ns));
  }
  const std::vector<SeriesProfile> series = study.series({first, second});
  const Result<Waterfall> result = waterfall(series[0], series[1], WaterfallBasis::middle);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->before_runs.size(), 1u);  // of 7
  EXPECT_EQ(result->after_runs.size(), 2u);   // of 6
  EXPECT_EQ(result->before_ns, std::llround(median(first_walls)));
  EXPECT_EQ(result->after_ns, std::llround(median(second_walls)));
}

// One launch on each side with two ranks; `durations` of every rank's calls of MPI_Send.
struct Side {
  std::vector<std::pair<std::int64_t, std::vector<double>>> sends;  // bytes of each, durations
};

Waterfall between(const Side& first, const Side& second) {
  StudyBuilder study;
  std::vector<std::vector<std::int64_t>> ids;
  for (const Side& side : {first, second}) {
    RunSpec spec;
    double sum = 0;
    for (const auto& [bytes, durations] : side.sends) {
      for (const double duration : durations)
        sum += duration;
    }
    spec.wall_ns = 1'000'000 + static_cast<std::int64_t>(sum);
    const std::int64_t run = study.run(spec);
    for (std::int64_t rank = 0; rank < 2; ++rank) {
      study.process(run, rank, spec.wall_ns, static_cast<std::int64_t>(sum));
      for (const auto& [bytes, durations] : side.sends)
        study.call(run, rank, "MPI_Send", bytes, durations);
    }
    ids.push_back({run});
  }
  const std::vector<SeriesProfile> series = study.series(ids);
  const Result<Waterfall> result = waterfall(series[0], series[1], WaterfallBasis::middle);
  EXPECT_TRUE(result);
  expect_sums(*result);
  EXPECT_EQ(find(*result, "outside MPI")->change_ns, 0);
  return *result;
}

std::vector<double> calls(int count, double each_ns) {
  return std::vector<double>(static_cast<std::size_t>(count), each_ns);
}

TEST(Waterfall, MoreCallsOfTheSameKind) {
  const Waterfall result = between({{{8, calls(100, 1000)}}}, {{{8, calls(150, 1000)}}});
  const WaterfallTerm& send = *find(result, "MPI_Send");
  EXPECT_EQ(send.change_ns, 50'000);
  EXPECT_EQ(send.calls_ns, 50'000);
}

TEST(Waterfall, SlowerCallsOfTheSameSize) {
  const Waterfall result = between({{{8, calls(100, 1000)}}}, {{{8, calls(100, 1500)}}});
  const WaterfallTerm& send = *find(result, "MPI_Send");
  EXPECT_EQ(send.change_ns, 50'000);
  EXPECT_EQ(send.calls_ns, 0);
  EXPECT_EQ(send.bytes_ns, 0);
  EXPECT_EQ(send.speed_ns, 50'000);
}

TEST(Waterfall, LargerMessagesOfTheSameSpeed) {
  const Waterfall result = between({{{8, calls(90, 1000)}, {1 << 20, calls(10, 100'000)}}},
                                   {{{8, calls(50, 1000)}, {1 << 20, calls(50, 100'000)}}});
  const WaterfallTerm& send = *find(result, "MPI_Send");
  EXPECT_EQ(send.change_ns, 40 * 99'000);
  EXPECT_EQ(send.bytes_ns, 40 * 99'000);
}

TEST(Waterfall, CallsThatWaitLonger) {
  std::vector<double> some_wait = calls(80, 1000);
  for (const double duration : calls(20, 51'000))
    some_wait.push_back(duration);
  const Waterfall result = between({{{8, calls(100, 1000)}}}, {{{8, some_wait}}});
  const WaterfallTerm& send = *find(result, "MPI_Send");
  EXPECT_EQ(send.change_ns, 20 * 50'000);
  // A percentile of a histogram is right within 3 % of 1000 ns.
  EXPECT_NEAR(static_cast<double>(send.waiting_ns), 20 * 50'000, 100 * 30);
  EXPECT_EQ(send.calls_ns, 0);
}

TEST(Waterfall, AProcedureThatOneSideDoesNotCallIsAMatterOfCalls) {
  StudyBuilder study;
  const std::int64_t first = study.simple_run({.wall_ns = 1'000'000}, "MPI_Bcast", 64, 10, 2000);
  const std::int64_t second = study.simple_run({.wall_ns = 1'010'000}, "MPI_Ibcast", 64, 10, 3000);
  const std::vector<SeriesProfile> series = study.series({{first}, {second}});
  const Result<Waterfall> result = waterfall(series[0], series[1], WaterfallBasis::mean);
  ASSERT_TRUE(result);
  expect_sums(*result);
  EXPECT_EQ(find(*result, "MPI_Bcast")->calls_ns, -20'000);
  EXPECT_EQ(find(*result, "MPI_Ibcast")->calls_ns, 30'000);
}

TEST(Waterfall, NeedsLaunches) {
  StudyBuilder study;
  const std::vector<SeriesProfile> series = study.series({{}, {}});
  EXPECT_FALSE(waterfall(series[0], series[1], WaterfallBasis::mean));
}

}  // namespace
}  // namespace tulkki::test
