// SPDX-License-Identifier: Apache-2.0
// Mann-Whitney's test, exact with ties by counting subsets of midranks, and Hodges-Lehmann's shift, its inversion.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "viewer/analysis/distributions.h"
#include "viewer/analysis/statistics.h"

namespace tulkki {
namespace {

// Twice the midrank of every value (first sample, then second), so that ties stay whole numbers; and the sum of
// t^3 - t over groups of t equal values.
struct Ranks {
  std::vector<std::int64_t> doubled;
  double ties = 0;
};

Ranks rank_together(std::span<const double> first, std::span<const double> second) {
  std::vector<double> values(first.begin(), first.end());
  values.insert(values.end(), second.begin(), second.end());
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](std::size_t left, std::size_t right) { return values[left] < values[right]; });
  Ranks ranks{std::vector<std::int64_t>(values.size())};
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]])
      ++end;
    for (std::size_t i = begin; i < end; ++i)
      ranks.doubled[order[i]] = static_cast<std::int64_t>(begin + 1 + end);
    const double size = static_cast<double>(end - begin);
    ranks.ties += size * size * size - size;
    begin = end;
  }
  return ranks;
}

std::int64_t doubled_rank_sum(const Ranks& ranks, std::size_t first_size) {
  return std::accumulate(ranks.doubled.begin() + static_cast<std::ptrdiff_t>(first_size), ranks.doubled.end(),
                         std::int64_t{0});
}

// Share of all choices of `chosen` ranks whose sum lies at least as far from its mean as `sum`. Counts stay below
// C(50, 25) < 2^53, so doubles hold them exactly.
double exact_p(const Ranks& ranks, std::size_t chosen, std::int64_t sum) {
  const std::int64_t total = std::accumulate(ranks.doubled.begin(), ranks.doubled.end(), std::int64_t{0});
  const auto sums = static_cast<std::size_t>(total) + 1;
  std::vector<double> ways((chosen + 1) * sums, 0.0);
  ways[0] = 1;
  std::int64_t reached = 0;
  for (const std::int64_t rank : ranks.doubled) {
    reached += rank;
    for (std::size_t size = chosen; size > 0; --size) {
      double* const to = ways.data() + size * sums;
      const double* const from = ways.data() + (size - 1) * sums;
      for (std::int64_t at = reached; at >= rank; --at)
        to[at] += from[at - rank];
    }
  }
  const auto mean = static_cast<std::int64_t>(chosen * (ranks.doubled.size() + 1));
  const std::int64_t distance = std::abs(sum - mean);
  double extreme = 0, all = 0;
  for (std::size_t at = 0; at < sums; ++at) {
    const double count = ways[chosen * sums + at];
    all += count;
    if (std::abs(static_cast<std::int64_t>(at) - mean) >= distance) extreme += count;
  }
  return extreme / all;
}

double approximate_p(double u, double first, double second, double ties) {
  const double all = first + second;
  const double variance = first * second / 12 * ((all + 1) - ties / (all * (all - 1)));
  const double distance = std::abs(u - first * second / 2) - 0.5;  // continuity correction
  return variance > 0 && distance > 0 ? normal_tails(distance / std::sqrt(variance)) : 1;
}

// Rank k of the interval's lower end among all m * n differences, and the level that it gives; 0: no such interval.
struct IntervalRank {
  std::size_t rank = 0;
  double level = 0;
};

IntervalRank interval_rank(std::size_t first, std::size_t second, double level) {
  const double tail = (1 - level) / 2;
  IntervalRank best;
  if (first + second <= kExactTestSize) {
    const std::vector<double> below = mann_whitney_cdf(first, second);
    for (std::size_t u = 0; u < below.size() && below[u] <= tail && 2 * (u + 1) <= first * second; ++u) {
      best = {u + 1, 1 - 2 * below[u]};
    }
    return best;
  }
  const double m = static_cast<double>(first), n = static_cast<double>(second);
  const double mean = m * n / 2, deviation = std::sqrt(m * n * (m + n + 1) / 12);
  const double rank = std::floor(mean - normal_quantile(1 - tail) * deviation + 0.5);
  if (rank >= 1) best = {static_cast<std::size_t>(rank), 1 - normal_tails((mean - rank + 0.5) / deviation)};
  return best;
}

}  // namespace

double normal_tails(double z) { return std::erfc(std::abs(z) / std::sqrt(2.0)); }

double normal_quantile(double probability) {
  // Bisection: called a few times a table, so plainness beats speed.
  double low = -40, high = 40;
  for (int step = 0; step < 200 && high - low > 1e-14; ++step) {
    const double middle = (low + high) / 2;
    (0.5 * std::erfc(-middle / std::sqrt(2.0)) < probability ? low : high) = middle;
  }
  return (low + high) / 2;
}

double mann_whitney_u(std::span<const double> first, std::span<const double> second) {
  const double n = static_cast<double>(second.size());
  return static_cast<double>(doubled_rank_sum(rank_together(first, second), first.size())) / 2 - n * (n + 1) / 2;
}

std::vector<double> mann_whitney_cdf(std::size_t first, std::size_t second) {
  // The number of ways to each u are the coefficients of a Gaussian binomial: product of (1 - q^(n+i)) / (1 - q^i).
  const std::size_t greatest = first * second;
  std::vector<double> ways(greatest + 1, 0.0);
  ways[0] = 1;
  for (std::size_t i = 1; i <= first; ++i) {
    for (std::size_t u = greatest; u >= second + i; --u)
      ways[u] -= ways[u - second - i];
    for (std::size_t u = i; u <= greatest; ++u)
      ways[u] += ways[u - i];
  }
  std::partial_sum(ways.begin(), ways.end(), ways.begin());
  const double all = ways.back();
  for (double& count : ways)
    count /= all;
  return ways;
}

RankTest mann_whitney(std::span<const double> first, std::span<const double> second) {
  RankTest test;
  if (first.empty() || second.empty()) return test;
  const Ranks ranks = rank_together(first, second);
  const std::int64_t sum = doubled_rank_sum(ranks, first.size());
  const double n = static_cast<double>(second.size());
  test.u = static_cast<double>(sum) / 2 - n * (n + 1) / 2;
  test.exact = first.size() + second.size() <= kExactTestSize;
  test.p = test.exact ? exact_p(ranks, second.size(), sum)
                      : approximate_p(test.u, static_cast<double>(first.size()), n, ranks.ties);
  return test;
}

double least_p(std::size_t first, std::size_t second) {
  const double m = static_cast<double>(first), n = static_cast<double>(second);
  return std::min(1.0, 2 * std::exp(std::lgamma(m + 1) + std::lgamma(n + 1) - std::lgamma(m + n + 1)));
}

Shift hodges_lehmann(std::span<const double> first, std::span<const double> second, double level) {
  std::vector<double> differences;
  differences.reserve(first.size() * second.size());
  for (const double before : first) {
    for (const double after : second)
      differences.push_back(after - before);
  }
  Shift shift;
  if (differences.empty()) return shift;
  std::sort(differences.begin(), differences.end());
  shift.estimate = quantile(differences, 0.5);
  const IntervalRank found = interval_rank(first.size(), second.size(), level);
  if (found.rank > 0) {
    shift.interval = {differences[found.rank - 1], differences[differences.size() - found.rank], found.level};
  }
  return shift;
}

std::optional<Shift> hodges_lehmann_ratio(std::span<const double> first, std::span<const double> second, double level) {
  const auto logarithms = [](std::span<const double> values) {
    std::vector<double> result;
    for (const double value : values)
      result.push_back(std::log(value));
    return result;
  };
  const auto positive = [](double value) { return value > 0; };
  if (!std::all_of(first.begin(), first.end(), positive) || !std::all_of(second.begin(), second.end(), positive)) {
    return std::nullopt;
  }
  Shift shift = hodges_lehmann(logarithms(first), logarithms(second), level);
  shift.estimate = std::exp(shift.estimate);
  if (shift.interval)
    shift.interval = {std::exp(shift.interval->low), std::exp(shift.interval->high), shift.interval->level};
  return shift;
}

}  // namespace tulkki
