// SPDX-License-Identifier: Apache-2.0
// Alignment of two sequences of calls: E. W. Myers, "An O(ND) difference algorithm and its variations", Algorithmica 1
// (1986), with a bound on the edits of one stretch.
#include "viewer/analysis/pairing.h"

#include <algorithm>
#include <cmath>

namespace tulkki {
namespace {

using Calls = std::span<const PairableCall>;

// Where each of the paths with d edits stands: the x on diagonal k = x - y, for k = -d, -d + 2 .. d.
class Frontier {
 public:
  explicit Frontier(std::size_t edits) : edits_(static_cast<std::ptrdiff_t>(edits)), x_(edits + 1, -1) {}
  void set(std::ptrdiff_t diagonal, std::ptrdiff_t x) { x_[place(diagonal)] = static_cast<std::int32_t>(x); }
  // -1: no path ends there.
  std::ptrdiff_t get(std::ptrdiff_t diagonal) const { return std::abs(diagonal) > edits_ ? -1 : x_[place(diagonal)]; }

 private:
  std::size_t place(std::ptrdiff_t diagonal) const { return static_cast<std::size_t>(diagonal + edits_) / 2; }
  std::ptrdiff_t edits_;
  std::vector<std::int32_t> x_;
};

// One stretch: from its start until both sequences end or the edits are used up.
class Stretch {
 public:
  Stretch(Calls first, Calls second, const std::function<bool()>& go_on) : first_(first), second_(second), go_on_(go_on) {}

  // Appends the matches, shifted by where the stretch begins, and returns how far they reach.
  std::pair<std::size_t, std::size_t> align(std::size_t max_edits, std::size_t first_begin, std::size_t second_begin,
                                            std::vector<CallPair>& pairs) {
    std::ptrdiff_t end_diagonal = 0;
    for (std::size_t edits = 0;; ++edits) {
      frontiers_.emplace_back(edits);
      if (step(static_cast<std::ptrdiff_t>(edits), end_diagonal)) break;
      if (edits == max_edits || (edits % kEditsBetweenQuestions == 1 && go_on_ && !go_on_())) {
        end_diagonal = farthest(static_cast<std::ptrdiff_t>(edits));
        break;
      }
    }
    const std::ptrdiff_t x = frontiers_.back().get(end_diagonal);
    backtrack(end_diagonal, first_begin, second_begin, pairs);
    return {static_cast<std::size_t>(x), static_cast<std::size_t>(x - end_diagonal)};
  }

 private:
  static constexpr std::size_t kEditsBetweenQuestions = 64;  // some 100,000 steps at most
  std::ptrdiff_t first_size() const { return static_cast<std::ptrdiff_t>(first_.size()); }
  std::ptrdiff_t second_size() const { return static_cast<std::ptrdiff_t>(second_.size()); }

  // Where a path with so many edits begins its matches on a diagonal, and the diagonal that it came from.
  struct Origin {
    std::ptrdiff_t x = -1;  // -1: there is none
    std::ptrdiff_t diagonal = 0;
  };
  Origin origin(std::ptrdiff_t edits, std::ptrdiff_t diagonal) const {
    if (edits == 0) return {0, 0};
    const Frontier& before = frontiers_[static_cast<std::size_t>(edits - 1)];
    Origin best;
    // One call of `first` has no partner ...
    const std::ptrdiff_t left = before.get(diagonal - 1);
    if (left >= 0 && left < first_size()) best = {left + 1, diagonal - 1};
    // ... or one of `second`.
    const std::ptrdiff_t above = before.get(diagonal + 1);
    if (above > best.x && above - diagonal <= second_size()) best = {above, diagonal + 1};
    return best;
  }

  // True when a path has reached both ends.
  bool step(std::ptrdiff_t edits, std::ptrdiff_t& end_diagonal) {
    Frontier& now = frontiers_.back();
    for (std::ptrdiff_t diagonal = -edits; diagonal <= edits; diagonal += 2) {
      if (diagonal < -second_size() || diagonal > first_size()) continue;
      std::ptrdiff_t x = origin(edits, diagonal).x;
      if (x < 0) continue;
      while (x < first_size() && x - diagonal < second_size() &&
             first_[static_cast<std::size_t>(x)].key == second_[static_cast<std::size_t>(x - diagonal)].key) {
        ++x;
      }
      now.set(diagonal, x);
      if (x == first_size() && x - diagonal == second_size()) {
        end_diagonal = diagonal;
        return true;
      }
    }
    return false;
  }

  std::ptrdiff_t farthest(std::ptrdiff_t edits) const {
    std::ptrdiff_t best = 0, reached = -1;
    for (std::ptrdiff_t diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const std::ptrdiff_t x = frontiers_.back().get(diagonal);
      if (x >= 0 && 2 * x - diagonal > reached) {
        reached = 2 * x - diagonal;
        best = diagonal;
      }
    }
    return best;
  }

  void backtrack(std::ptrdiff_t diagonal, std::size_t first_begin, std::size_t second_begin,
                 std::vector<CallPair>& pairs) {
    const std::size_t old_size = pairs.size();
    for (auto edits = static_cast<std::ptrdiff_t>(frontiers_.size()) - 1; edits >= 0; --edits) {
      const Origin from = origin(edits, diagonal);
      for (std::ptrdiff_t x = frontiers_[static_cast<std::size_t>(edits)].get(diagonal); x > from.x; --x) {
        pairs.push_back({static_cast<std::uint32_t>(first_begin + static_cast<std::size_t>(x - 1)),
                         static_cast<std::uint32_t>(second_begin + static_cast<std::size_t>(x - 1 - diagonal))});
      }
      diagonal = from.diagonal;
    }
    std::reverse(pairs.begin() + static_cast<std::ptrdiff_t>(old_size), pairs.end());
  }

  Calls first_, second_;
  const std::function<bool()>& go_on_;
  std::vector<Frontier> frontiers_;
};

}  // namespace

std::vector<CallPair> align_calls(Calls first, Calls second, std::size_t max_edits, const std::function<bool()>& go_on) {
  constexpr std::size_t kPairsBetweenQuestions = 1 << 16;
  std::vector<CallPair> pairs;
  std::size_t i = 0, j = 0, edits = max_edits;
  while (i < first.size() && j < second.size()) {
    if (first[i].key == second[j].key) {
      pairs.push_back({static_cast<std::uint32_t>(i++), static_cast<std::uint32_t>(j++)});
      if (pairs.size() % kPairsBetweenQuestions == 0 && go_on && !go_on()) return pairs;
      continue;
    }
    if (go_on && !go_on()) return pairs;
    // A stretch need not see more than it can reach: bounded memory for sequences that differ throughout.
    const std::size_t before = pairs.size();
    const auto [first_used, second_used] = Stretch(first.subspan(i), second.subspan(j), go_on).align(edits, i, j, pairs);
    i += first_used;
    j += second_used;
    // Where little is in common look no further than necessary, until the sequences meet again.
    const bool poor = pairs.size() - before < (first_used + second_used) / 20;
    edits =
        poor ? std::max<std::size_t>(std::min<std::size_t>(64, max_edits), edits / 2) : std::min(max_edits, edits * 2);
  }
  return pairs;
}

bool is_polling(std::string_view procedure) {
  for (const std::string_view name : {"MPI_Test", "MPI_Iprobe", "MPI_Improbe", "MPI_Request_get_status"}) {
    // MPI_Test_cancelled asks about a status, whatever the speed.
    if (procedure.starts_with(name)) return !procedure.starts_with("MPI_Test_cancelled");
  }
  return false;
}

std::vector<PairedContrast> summarize_couples(std::span<const PairingResult> couples, bool by_site) {
  struct Values {
    std::vector<double> pairs, differences, totals, log_ratios;
  };
  std::map<std::pair<std::string, std::string>, Values> groups;
  for (const PairingResult& couple : couples) {
    for (const PairedGroup& group : by_site ? couple.sites : couple.procedures) {
      Values& values = groups[{group.procedure, group.site}];
      values.pairs.push_back(static_cast<double>(group.pairs));
      values.differences.push_back(group.median_difference_ns);
      values.totals.push_back(group.second_sum_ns - group.first_sum_ns);
      values.log_ratios.push_back(group.median_log_ratio);
    }
  }
  std::vector<PairedContrast> contrasts;
  for (auto& [name, values] : groups) {
    if (values.pairs.size() < couples.size()) continue;
    contrasts.push_back({name.first, name.second, median(values.pairs), summarize(values.differences),
                         summarize(values.totals), std::exp(median(values.log_ratios))});
  }
  std::stable_sort(contrasts.begin(), contrasts.end(), [](const PairedContrast& left, const PairedContrast& right) {
    return std::abs(left.total_difference_ns.median) > std::abs(right.total_difference_ns.median);
  });
  return contrasts;
}

}  // namespace tulkki
