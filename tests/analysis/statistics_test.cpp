// SPDX-License-Identifier: Apache-2.0
// Statistics against published answers: critical values of Mann and Whitney, worked examples of textbooks, and what
// follows by hand. Agreement with R on random samples: statistics_reference.R.
#include "viewer/analysis/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "viewer/analysis/distributions.h"

namespace tulkki {
namespace {

using Values = std::vector<double>;

// Greatest U with two-sided p <= 0.05; -1: none.
int critical_value(std::size_t first, std::size_t second) {
  const Values below = mann_whitney_cdf(first, second);
  int critical = -1;
  while (2 * below[static_cast<std::size_t>(critical + 1)] <= 0.05)
    ++critical;
  return critical;
}

TEST(Statistics, CriticalValuesOfMannWhitney) {
  // Table of critical values of U, two-sided 0.05 (Siegel 1956, table K; Zar, table B.11).
  struct Row {
    std::size_t first, second;
    int critical;
  };
  for (const Row row :
       {Row{3, 3, -1}, Row{4, 4, 0}, Row{5, 5, 2}, Row{6, 6, 5}, Row{7, 7, 8}, Row{8, 8, 13}, Row{10, 10, 23},
        Row{12, 12, 37}, Row{20, 20, 127}, Row{3, 5, 0}, Row{5, 8, 6}, Row{6, 9, 10}, Row{9, 20, 48}, Row{2, 8, 0}}) {
    EXPECT_EQ(critical_value(row.first, row.second), row.critical) << row.first << " and " << row.second;
  }
}

TEST(Statistics, RankTestOfWorkedExamples) {
  // Siegel 1956: experimental 78 64 75 45 82, control 110 70 53 51: U = 9 or 11, p = 0.9048 two-sided.
  const RankTest siegel = mann_whitney(Values{110, 70, 53, 51}, Values{78, 64, 75, 45, 82});
  EXPECT_DOUBLE_EQ(siegel.u, 11);
  EXPECT_NEAR(siegel.p, 0.904762, 1e-6);
  // Complete separation: 2 of C(8, 4), C(12, 6) choices.
  EXPECT_NEAR(mann_whitney(Values{1, 2, 3, 4}, Values{5, 6, 7, 8}).p, 2.0 / 70, 1e-15);
  EXPECT_NEAR(mann_whitney(Values{1, 2, 3, 4, 5, 6}, Values{7, 8, 9, 10, 11, 12}).p, 2.0 / 924, 1e-15);
  EXPECT_NEAR(least_p(4, 4), 2.0 / 70, 1e-12);
  EXPECT_NEAR(least_p(6, 6), 2.0 / 924, 1e-12);
}

TEST(Statistics, RankTestWithTiesIsExact) {
  // Midranks 1, 2.5 | 2.5, 4: of the 6 choices of two ranks 6.5 is reached by {2.5, 4} twice, 3.5 by {1, 2.5} twice.
  EXPECT_NEAR(mann_whitney(Values{1, 2}, Values{2, 3}).p, 4.0 / 6, 1e-15);
  EXPECT_DOUBLE_EQ(mann_whitney(Values{5, 5, 5}, Values{5, 5, 5, 5}).p, 1);
  // The same beyond the exact sizes: nothing varies, so nothing is shown, and no division by zero.
  const RankTest large = mann_whitney(Values(40, 5.0), Values(40, 5.0));
  EXPECT_FALSE(large.exact);
  EXPECT_DOUBLE_EQ(large.p, 1);
}

TEST(Statistics, ExactAndApproximateMeet) {
  Values first, second;
  for (int i = 0; i < 25; ++i) {
    first.push_back(i);
    second.push_back(i + 6.5);
  }
  const double exact = mann_whitney(first, second).p;
  first.push_back(12.25);
  second.push_back(18.75);
  const RankTest approximate = mann_whitney(first, second);
  EXPECT_FALSE(approximate.exact);
  EXPECT_NEAR(approximate.p / exact, 1, 0.2);
}

TEST(Statistics, HolmByHand) {
  const Values adjusted = holm(Values{0.01, 0.04, 0.03, 0.005});
  EXPECT_NEAR(adjusted[0], 0.03, 1e-15);
  EXPECT_NEAR(adjusted[1], 0.06, 1e-15);
  EXPECT_NEAR(adjusted[2], 0.06, 1e-15);
  EXPECT_NEAR(adjusted[3], 0.02, 1e-15);
  EXPECT_TRUE(holm({}).empty());
}

TEST(Statistics, MedianIntervalNeedsSixValues) {
  Values values(5);
  std::iota(values.begin(), values.end(), 1.0);
  EXPECT_FALSE(median_interval(values));
  EXPECT_FALSE(median_interval({}));
  values.push_back(6);
  const auto six = median_interval(values);
  ASSERT_TRUE(six);
  EXPECT_EQ(six->low, 1);
  EXPECT_EQ(six->high, 6);
  EXPECT_NEAR(six->level, 1 - 2.0 / 64, 1e-12);
  // Conover, table A3 / Hahn and Meeker: n = 20 takes the 6th and the 15th value, 95.9 %.
  values.resize(20);
  std::iota(values.begin(), values.end(), 1.0);
  const auto twenty = median_interval(values);
  ASSERT_TRUE(twenty);
  EXPECT_EQ(twenty->low, 6);
  EXPECT_EQ(twenty->high, 15);
  EXPECT_NEAR(twenty->level, 0.9586, 1e-4);
}

TEST(Statistics, MedianIntervalCoversAsItSays) {
  // 4 000 samples of 11 from a skewed distribution with known median: what is claimed is 98.8 %.
  std::uint64_t state = 20261121;
  const auto uniform = [&] {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<double>((state >> 11) + 1) / 9007199254740993.0;
  };
  int covered = 0;
  for (int sample = 0; sample < 4000; ++sample) {
    Values values;
    for (int i = 0; i < 11; ++i)
      values.push_back(-std::log(uniform()));
    const Summary summary = summarize(values);
    ASSERT_TRUE(summary.interval);
    covered += summary.interval->holds(std::log(2.0));
  }
  EXPECT_NEAR(covered / 4000.0, 1 - 2 * 12.0 / 2048, 0.006);
}

TEST(Statistics, ShiftAndQuotient) {
  const Values first{10, 11, 12, 13, 14, 15}, second{20, 22, 24, 26, 28, 30};
  EXPECT_DOUBLE_EQ(cliffs_delta(first, second), 1);
  EXPECT_DOUBLE_EQ(cliffs_delta(second, first), -1);
  EXPECT_DOUBLE_EQ(cliffs_delta(first, first), 0);
  const auto ratio = hodges_lehmann_ratio(first, second);
  ASSERT_TRUE(ratio && ratio->interval);
  EXPECT_NEAR(ratio->estimate, 2, 1e-12);
  EXPECT_GT(ratio->interval->low, 1);
  EXPECT_FALSE(hodges_lehmann_ratio(Values{0, 1}, Values{1, 2}));
  EXPECT_FALSE(hodges_lehmann(Values{1, 2, 3}, Values{4, 5, 6}).interval);
}

TEST(Statistics, LaunchesThatWouldDo) {
  EXPECT_EQ(launches_for_rows(1, 0.05), 6u);   // 2/924 is little enough
  EXPECT_EQ(launches_for_rows(23, 0.05), 6u);  // 23 * 2/924 = 0.0498
  EXPECT_EQ(launches_for_rows(24, 0.05), 7u);
  EXPECT_FALSE(launches_for_effect(0, 0.05));
  // Noether: N = 4 (1.960 + 0.8416)^2 / (3 delta^2) in all.
  EXPECT_EQ(launches_for_effect(0.5, 0.05), 21u);
  EXPECT_EQ(launches_for_effect(1, 0.05), 6u);
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-12);
}

}  // namespace
}  // namespace tulkki
