// SPDX-License-Identifier: GPL-3.0-or-later
// Growth from each size class to the next, compared with that beside it.
#include "viewer/model/protocol_steps.h"

#include <algorithm>

namespace tulkki {

std::vector<std::int64_t> protocol_steps(const std::map<std::int64_t, double>& median_ns) {
  constexpr double kAboveNeighbours = 1.5, kLeastGrowth = 1.6;
  std::vector<std::pair<std::int64_t, double>> growth;
  for (auto now = median_ns.begin(); now != median_ns.end(); ++now) {
    if (now == median_ns.begin()) continue;
    const auto before = std::prev(now);
    if (now->first == before->first + 1 && before->second > 0) growth.emplace_back(now->first, now->second / before->second);
  }
  std::vector<std::int64_t> steps;
  for (std::size_t i = 0; i < growth.size(); ++i) {
    double neighbours = 1;
    if (i > 0) neighbours = std::max(neighbours, growth[i - 1].second);
    if (i + 1 < growth.size()) neighbours = std::max(neighbours, growth[i + 1].second);
    if (growth[i].second > kLeastGrowth && growth[i].second > kAboveNeighbours * neighbours) steps.push_back(growth[i].first);
  }
  return steps;
}

}  // namespace tulkki
