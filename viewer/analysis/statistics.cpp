// SPDX-License-Identifier: Apache-2.0
// Order statistics, effect sizes and sample sizes; the rank test and what inverts it are in rank_test.cpp.
#include "viewer/analysis/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "viewer/analysis/distributions.h"

namespace tulkki {

double quantile(std::span<const double> sorted, double share) {
  if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= sorted.size()) return sorted.back();
  return std::lerp(sorted[below], sorted[below + 1], place - static_cast<double>(below));
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return quantile(values, 0.5);
}

std::optional<Interval> median_interval(std::span<const double> sorted, double level) {
  const std::size_t count = sorted.size();
  // Log of the probability that exactly k of the values lie below the true median.
  const auto log_probability = [&](std::size_t k) {
    const double n = static_cast<double>(count), below = static_cast<double>(k);
    return std::lgamma(n + 1) - std::lgamma(below + 1) - std::lgamma(n - below + 1) - n * std::log(2.0);
  };
  double outside = 0;  // P(at most rank - 1 values below the median)
  std::size_t rank = 0;
  for (; 2 * rank < count; ++rank) {
    const double next = outside + std::exp(log_probability(rank));
    if (2 * next > 1 - level) break;
    outside = next;
  }
  if (rank == 0 || 2 * rank > count) return std::nullopt;
  return Interval{sorted[rank - 1], sorted[count - rank], 1 - 2 * outside};
}

Summary summarize(std::vector<double> values, double level) {
  Summary summary;
  summary.count = values.size();
  if (values.empty()) return summary;
  std::sort(values.begin(), values.end());
  summary.median = quantile(values, 0.5);
  summary.mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  summary.minimum = values.front();
  summary.maximum = values.back();
  summary.q05 = quantile(values, 0.05);
  summary.q25 = quantile(values, 0.25);
  summary.q75 = quantile(values, 0.75);
  summary.q95 = quantile(values, 0.95);
  summary.q99 = quantile(values, 0.99);
  summary.interval = median_interval(values, level);
  return summary;
}

std::vector<double> holm(std::span<const double> p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t left, std::size_t right) { return p_values[left] < p_values[right]; });
  std::vector<double> adjusted(p_values.size());
  double greatest = 0;
  for (std::size_t place = 0; place < order.size(); ++place) {
    greatest = std::max(greatest, p_values[order[place]] * static_cast<double>(order.size() - place));
    adjusted[order[place]] = std::min(1.0, greatest);
  }
  return adjusted;
}

double cliffs_delta(std::span<const double> first, std::span<const double> second) {
  if (first.empty() || second.empty()) return 0;
  const double pairs = static_cast<double>(first.size()) * static_cast<double>(second.size());
  return 2 * mann_whitney_u(first, second) / pairs - 1;
}

std::optional<std::size_t> launches_for_effect(double delta, double alpha) {
  constexpr double kPower = 0.8;
  if (delta == 0 || !(alpha > 0) || !(alpha < 1)) return std::nullopt;
  const double z = normal_quantile(1 - alpha / 2) + normal_quantile(kPower);
  const double both = 4 * z * z / (3 * delta * delta);
  if (both > 1e6) return std::nullopt;  // nobody will start so many
  return static_cast<std::size_t>(std::ceil(both / 2));
}

std::size_t launches_for_rows(std::size_t rows, double alpha) {
  std::size_t launches = kLaunchesForInterval;
  while (least_p(launches, launches) * static_cast<double>(rows) > alpha && launches < 1000)
    ++launches;
  return launches;
}

}  // namespace tulkki
