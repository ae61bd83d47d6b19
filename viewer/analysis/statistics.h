// SPDX-License-Identifier: Apache-2.0
// Statistics of repeated launches: order statistics, rank tests, effect sizes. Nothing here assumes a distribution;
// no function knows a unit or MPI. Every formula stands in docs/statistics.md with its source.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace tulkki {

inline constexpr double kConfidence = 0.95;
// Fewest launches for which a 95 % interval of the median exists (1 - 2 / 2^6 = 96.9 %; 5 launches reach 93.8 %).
inline constexpr std::size_t kLaunchesForInterval = 6;

struct Interval {
  double low = 0, high = 0;
  double level = 0;  // what it really covers, at least what was asked for
  bool holds(double value) const { return low <= value && value <= high; }
};

// `sorted` is ascending and not empty; `share` 0 .. 1. Linear between order statistics (type 7 of Hyndman and Fan,
// the default of R and NumPy).
double quantile(std::span<const double> sorted, double share);
double median(std::vector<double> values);  // NaN of nothing

// Interval of the median between two order statistics, exact from the binomial distribution. Nothing where the
// sample is too small for the level. `sorted` is ascending.
std::optional<Interval> median_interval(std::span<const double> sorted, double level = kConfidence);

// What a table or figure shows of one sample.
struct Summary {
  std::size_t count = 0;
  double median = 0, mean = 0, minimum = 0, maximum = 0;
  double q05 = 0, q25 = 0, q75 = 0, q95 = 0, q99 = 0;
  std::optional<Interval> interval;  // of the median
};
Summary summarize(std::vector<double> values, double level = kConfidence);

// Mann-Whitney U of `second` against `first`, two-sided.
struct RankTest {
  double u = 0;  // pairs in which the value of `second` is greater; ties count half
  double p = 1;
  bool exact = true;  // from all permutations of the (mid)ranks; else normal approximation, corrected for ties
};
RankTest mann_whitney(std::span<const double> first, std::span<const double> second);
// Largest first + second size up to which the test is exact.
inline constexpr std::size_t kExactTestSize = 50;
// Least p that samples of these sizes can give.
double least_p(std::size_t first, std::size_t second);

// Holm's step-down adjustment, in the order of the input. An empty span gives nothing.
std::vector<double> holm(std::span<const double> p_values);

// P(second > first) - P(second < first), -1 .. 1.
double cliffs_delta(std::span<const double> first, std::span<const double> second);

// Hodges-Lehmann: the median of all differences second - first, with the interval that belongs to the rank test.
struct Shift {
  double estimate = 0;
  std::optional<Interval> interval;  // nothing where the samples are too small for the level
};
Shift hodges_lehmann(std::span<const double> first, std::span<const double> second, double level = kConfidence);
// The same on logarithms: a quotient second / first. Nothing unless all values are positive.
std::optional<Shift> hodges_lehmann_ratio(std::span<const double> first, std::span<const double> second,
                                          double level = kConfidence);

// Launches of each series (equally many) that a rank test at `alpha` needs to find an effect of this Cliff's delta in
// 80 % of studies (Noether 1987). Nothing for delta = 0.
std::optional<std::size_t> launches_for_effect(double delta, double alpha);
// Launches of each series with which the least p of the test, times `rows`, is at most `alpha`.
std::size_t launches_for_rows(std::size_t rows, double alpha);

}  // namespace tulkki
