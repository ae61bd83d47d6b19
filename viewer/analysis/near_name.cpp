// SPDX-License-Identifier: Apache-2.0
// Edit distance with swapped neighbours, without regard to case.
#include "viewer/analysis/near_name.h"

#include <algorithm>
#include <cctype>
#include <fmt/core.h>
#include <fmt/ranges.h>

namespace tulkki {
namespace {

// Letters inserted, left out, replaced, or swapped with their neighbour.
std::size_t edit_distance(const std::string& left, const std::string& right) {
  std::vector<std::vector<std::size_t>> table(left.size() + 1, std::vector<std::size_t>(right.size() + 1));
  for (std::size_t i = 0; i <= left.size(); ++i) {
    for (std::size_t j = 0; j <= right.size(); ++j) {
      if (i == 0 || j == 0) {
        table[i][j] = i + j;
        continue;
      }
      const std::size_t replaced = table[i - 1][j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      table[i][j] = std::min({replaced, table[i - 1][j] + 1, table[i][j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
      if (swapped) table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
    }
  }
  return table[left.size()][right.size()];
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& letter : result) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return result;
}

std::string near_name(std::string_view name, const std::vector<std::string>& known) {
  constexpr std::size_t kLongest = 100;  // no name of ours is as long
  const std::string typed = lower_case(name);
  if (typed.empty() || typed.size() > kLongest) return "";
  std::string best;
  std::size_t best_distance = 4;
  for (const std::string& each : known) {
    const std::string other = lower_case(each);
    if (other.empty() || other.size() > kLongest) continue;
    // One letter in three may be wrong; the begin of a longer name counts too.
    const std::size_t allowed = std::min<std::size_t>(3, (std::max(typed.size(), other.size()) + 1) / 3);
    std::size_t distance = edit_distance(typed, other);
    if (distance > allowed) distance = typed.size() >= 3 && other.starts_with(typed) ? 3 : 4;
    if (distance >= best_distance) continue;
    best_distance = distance;
    best = each;
  }
  return best;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& known) {
  const std::string near = near_name(name, known);
  return near.empty() ? "" : fmt::format("; did you mean '{}'?", near);
}

std::string no_such(std::string_view kind, std::string_view name, const std::vector<std::string>& known) {
  const std::string near = did_you_mean(name, known);
  if (!near.empty()) return fmt::format("there is no {} '{}'{}", kind, name, near);
  if (known.empty()) return fmt::format("there is no {} '{}'", kind, name);
  return fmt::format("there is no {} '{}'; choose from {}", kind, name, fmt::join(known, ", "));
}

}  // namespace tulkki
