// SPDX-License-Identifier: Apache-2.0
// Distributions behind the rank test, for viewer/analysis/statistics.cpp and its tests; nobody else needs them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tulkki {

double normal_quantile(double probability);  // inverse of the standard normal distribution, 0 < probability < 1
double normal_tails(double z);               // P(|Z| >= |z|)

// Pairs with second > first, ties count half; in O((m + n) log (m + n)).
double mann_whitney_u(std::span<const double> first, std::span<const double> second);

// Cumulative distribution of U without ties, P(U <= u) for u = 0 .. first * second. Sizes up to kExactTestSize.
std::vector<double> mann_whitney_cdf(std::size_t first, std::size_t second);

}  // namespace tulkki
