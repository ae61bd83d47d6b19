// SPDX-License-Identifier: Apache-2.0
// The decomposition of docs/statistics.md, "Where the time went": additive terms as means over ranks and launches,
// their split by Shapley's value, and rounding that keeps every sum.
#include "viewer/analysis/waterfall.h"

#include <fmt/core.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

namespace tulkki {
namespace {

// Below it lies one call in twenty: those that waited for nothing.
constexpr double kUndisturbedShare = 0.05;

// Calls of one size class, per rank and launch.
struct Cell {
  double calls = 0, time_ns = 0;
  double undisturbed_ns = 0;  // of one call
};

struct ProcedureCells {
  std::map<std::int64_t, Cell> cells;
  double calls = 0, time_ns = 0;
};

struct SideProfile {
  double wall_ns = 0;       // of the launch
  double rank_wall_ns = 0;  // mean over ranks
  double mpi_ns = 0;        // mean over ranks
  std::map<std::string, ProcedureCells> procedures;
};

std::vector<const LaunchProfile*> chosen(const SeriesProfile& series, WaterfallBasis basis) {
  std::vector<const LaunchProfile*> launches;
  for (const LaunchProfile& launch : series.launches)
    launches.push_back(&launch);
  if (basis == WaterfallBasis::mean || launches.size() < 2) return launches;
  std::stable_sort(launches.begin(), launches.end(), [](const LaunchProfile* left, const LaunchProfile* right) {
    return left->run.wall_ns < right->run.wall_ns;
  });
  const auto middle = launches.begin() + static_cast<std::ptrdiff_t>((launches.size() - 1) / 2);
  return {middle, middle + (launches.size() % 2 == 0 ? 2 : 1)};
}

SideProfile mean_of(const std::vector<const LaunchProfile*>& launches) {
  SideProfile side;
  std::map<std::pair<std::string, std::int64_t>, CallTotals> merged;
  const double weight = 1.0 / static_cast<double>(launches.size());
  for (const LaunchProfile* launch : launches) {
    side.wall_ns += weight * static_cast<double>(launch->run.wall_ns);
    if (launch->processes == 0) continue;
    const double per_rank = weight / static_cast<double>(launch->processes);
    side.rank_wall_ns += per_rank * launch->wall_sum_ns;
    side.mpi_ns += per_rank * launch->mpi_sum_ns;
    for (const auto& [name, procedure] : launch->procedures) {
      for (const auto& [size_class, totals] : procedure.by_size) {
        if (totals.calls == 0) continue;
        Cell& cell = side.procedures[name].cells[size_class];
        cell.calls += per_rank * static_cast<double>(totals.calls);
        cell.time_ns += per_rank * totals.time_ns;
        merged[{name, size_class}].add(totals);
      }
    }
  }
  for (auto& [name, procedure] : side.procedures) {
    for (auto& [size_class, cell] : procedure.cells) {
      const CallTotals& totals = merged[{name, size_class}];
      const double mean_ns = cell.time_ns / cell.calls;
      cell.undisturbed_ns =
          totals.durations.empty() ? mean_ns : std::min(mean_ns, totals.quantile_ns(kUndisturbedShare));
      procedure.calls += cell.calls;
      procedure.time_ns += cell.time_ns;
    }
  }
  return side;
}

// A procedure's time as number of calls x (mix of sizes x undisturbed duration + waiting of one call).
struct Factors {
  double calls = 0;
  std::vector<double> mix, undisturbed_ns;  // by size class
  double waiting_ns = 0;                    // mean over calls
};

Factors factors_of(const ProcedureCells& procedure, const ProcedureCells& other) {
  // What a side does not have it takes from the other: the change is then due to the calls or the mix alone.
  const ProcedureCells& known = procedure.calls > 0 ? procedure : other;
  std::set<std::int64_t> classes;
  for (const auto& [size_class, cell] : procedure.cells)
    classes.insert(size_class);
  for (const auto& [size_class, cell] : other.cells)
    classes.insert(size_class);
  Factors factors;
  factors.calls = procedure.calls;
  double undisturbed_sum_ns = 0;
  for (const std::int64_t size_class : classes) {
    const auto own = known.cells.find(size_class), others = other.cells.find(size_class);
    const double mix = own == known.cells.end() ? 0 : own->second.calls / known.calls;
    const double one_ns = own != known.cells.end() ? own->second.undisturbed_ns : others->second.undisturbed_ns;
    factors.mix.push_back(mix);
    factors.undisturbed_ns.push_back(one_ns);
    undisturbed_sum_ns += mix * one_ns;
  }
  factors.waiting_ns = known.time_ns / known.calls - undisturbed_sum_ns;
  return factors;
}

constexpr std::size_t kFactorCount = 4;  // calls, mix, undisturbed, waiting
using Parts = std::array<double, kFactorCount>;

// Time with the factors of `after` where `mask` has a bit, of `before` elsewhere.
double time_with(unsigned mask, const Factors& before, const Factors& after) {
  const auto pick = [&](unsigned bit) -> const Factors& { return (mask >> bit & 1) != 0 ? after : before; };
  const std::vector<double>&mix = pick(1).mix, &undisturbed_ns = pick(2).undisturbed_ns;
  const double one_ns = std::inner_product(mix.begin(), mix.end(), undisturbed_ns.begin(), 0.0);
  return pick(0).calls * (one_ns + pick(3).waiting_ns);
}

// Shapley's value: the effect of changing a factor, averaged over all orders in which the factors can change.
Parts shapley(const Factors& before, const Factors& after) {
  constexpr std::array<double, kFactorCount> kWeight{1.0 / 4, 1.0 / 12, 1.0 / 12, 1.0 / 4};  // k! (3 - k)! / 4!
  std::array<double, 1u << kFactorCount> times{};
  for (unsigned mask = 0; mask < times.size(); ++mask)
    times[mask] = time_with(mask, before, after);
  Parts parts{};
  for (unsigned factor = 0; factor < kFactorCount; ++factor) {
    for (unsigned mask = 0; mask < times.size(); ++mask) {
      if ((mask >> factor & 1) != 0) continue;
      parts[factor] +=
          kWeight[static_cast<std::size_t>(__builtin_popcount(mask))] * (times[mask | 1u << factor] - times[mask]);
    }
  }
  return parts;
}

// Whole numbers that sum to `total`, each less than one (two, should the sum of the values be off by more) from its
// value: the largest remainders are rounded up.
std::vector<std::int64_t> rounded_to_sum(const std::vector<double>& values, std::int64_t total) {
  std::vector<std::int64_t> result;
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::int64_t rest = total;
  for (const double value : values) {
    result.push_back(static_cast<std::int64_t>(std::floor(value)));
    rest -= result.back();
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
    return values[left] - std::floor(values[left]) > values[right] - std::floor(values[right]);
  });
  const auto count = static_cast<std::int64_t>(values.size());
  for (std::int64_t i = 0; i < count; ++i) {
    // Share of the rest that falls to each; what cannot be shared evenly goes to the first in order.
    const std::int64_t each = rest >= 0 ? rest / count : -((-rest + count - 1) / count);
    result[order[static_cast<std::size_t>(i)]] += each + (i < rest - each * count ? 1 : 0);
  }
  return result;
}

void add_procedures(const SideProfile& before, const SideProfile& after, std::vector<WaterfallTerm>& terms,
                    std::vector<double>& changes, std::vector<Parts>& parts) {
  std::set<std::string> names;
  for (const SideProfile* side : {&before, &after}) {
    for (const auto& [name, procedure] : side->procedures)
      names.insert(name);
  }
  static const ProcedureCells kNone;
  for (const std::string& name : names) {
    const auto first = before.procedures.find(name), second = after.procedures.find(name);
    const ProcedureCells& old_cells = first == before.procedures.end() ? kNone : first->second;
    const ProcedureCells& new_cells = second == after.procedures.end() ? kNone : second->second;
    terms.push_back(
        {.kind = TermKind::procedure, .name = name, .before_ns = old_cells.time_ns, .after_ns = new_cells.time_ns});
    changes.push_back(new_cells.time_ns - old_cells.time_ns);
    parts.push_back(shapley(factors_of(old_cells, new_cells), factors_of(new_cells, old_cells)));
  }
}

double time_in_procedures(const SideProfile& side) {
  double sum = 0;
  for (const auto& [name, procedure] : side.procedures)
    sum += procedure.time_ns;
  return sum;
}

}  // namespace

Result<Waterfall> waterfall(const SeriesProfile& before, const SeriesProfile& after, WaterfallBasis basis) {
  Waterfall result;
  std::array<SideProfile, 2> sides;
  std::array<std::vector<std::int64_t>*, 2> run_ids{&result.before_runs, &result.after_runs};
  for (std::size_t i = 0; i < 2; ++i) {
    const SeriesProfile& series = i == 0 ? before : after;
    const std::vector<const LaunchProfile*> launches = chosen(series, basis);
    if (launches.empty()) return Error{fmt::format("'{}' has no launch", series.series.name)};
    for (const LaunchProfile* launch : launches)
      run_ids[i]->push_back(launch->run.run_id);
    sides[i] = mean_of(launches);
  }
  result.before_ns = std::llround(sides[0].wall_ns);
  result.after_ns = std::llround(sides[1].wall_ns);
  result.change_ns = result.after_ns - result.before_ns;

  std::vector<double> changes;
  std::vector<Parts> parts;
  add_procedures(sides[0], sides[1], result.terms, changes, parts);
  const std::size_t procedures = result.terms.size();
  const auto add = [&](TermKind kind, const char* name, auto&& value) {
    result.terms.push_back({.kind = kind, .name = name, .before_ns = value(sides[0]), .after_ns = value(sides[1])});
    changes.push_back(result.terms.back().after_ns - result.terms.back().before_ns);
  };
  add(TermKind::compute, "outside MPI", [](const SideProfile& side) { return side.rank_wall_ns - side.mpi_ns; });
  add(TermKind::overlap, "overlapping calls",
      [](const SideProfile& side) { return side.mpi_ns - time_in_procedures(side); });
  add(TermKind::skew, "start and end of ranks",
      [](const SideProfile& side) { return side.wall_ns - side.rank_wall_ns; });

  const std::vector<std::int64_t> whole = rounded_to_sum(changes, result.change_ns);
  for (std::size_t i = 0; i < result.terms.size(); ++i) {
    WaterfallTerm& term = result.terms[i];
    term.change_ns = whole[i];
    if (i >= procedures) continue;
    const std::vector<std::int64_t> split = rounded_to_sum({parts[i].begin(), parts[i].end()}, term.change_ns);
    term.calls_ns = split[0];
    term.bytes_ns = split[1];
    term.speed_ns = split[2];
    term.waiting_ns = split[3];
  }
  std::stable_sort(result.terms.begin(), result.terms.end(), [](const WaterfallTerm& left, const WaterfallTerm& right) {
    return std::abs(left.change_ns) > std::abs(right.change_ns);
  });
  return result;
}

}  // namespace tulkki
