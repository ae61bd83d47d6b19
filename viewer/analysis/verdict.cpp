// SPDX-License-Identifier: Apache-2.0
// From samples to verdicts: a difference counts when it is shown (Mann-Whitney, Holm over all rows), when it is larger
// than what the user cares about, and larger than what the recorder may have caused.
#include "viewer/analysis/verdict.h"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>

namespace tulkki {
namespace {

// Beyond that, "more launches" is no advice.
constexpr std::size_t kMostLaunches = 200;

bool constant(const ComparedSeries& first, const ComparedSeries& second) {
  return first.summary.minimum == first.summary.maximum && second.summary.minimum == second.summary.maximum &&
         first.summary.minimum == second.summary.minimum;
}

// Everything but the verdict and what needs the other rows.
Contrast contrast_of(const ComparedSeries& baseline, const ComparedSeries& other) {
  Contrast contrast;
  contrast.band = std::max(baseline.band, other.band);
  if (baseline.summary.count == 0 || other.summary.count == 0) return contrast;
  contrast.difference = other.summary.median - baseline.summary.median;
  if (baseline.summary.median != 0) contrast.ratio = other.summary.median / baseline.summary.median;
  contrast.shift = hodges_lehmann(baseline.values, other.values);
  if (const auto ratio = hodges_lehmann_ratio(baseline.values, other.values)) contrast.ratio_interval = ratio->interval;
  contrast.cliffs_delta = cliffs_delta(baseline.values, other.values);
  const bool same = constant(baseline, other);
  contrast.verdict = same ? Verdict::same : Verdict::too_few;
  if (same || std::min(baseline.summary.count, other.summary.count) < kLaunchesForInterval) return contrast;
  const RankTest test = mann_whitney(baseline.values, other.values);
  contrast.p = test.p;
  contrast.exact = test.exact;
  contrast.verdict = Verdict::not_shown;
  return contrast;
}

Verdict direction(const ComparedRow& row, bool greater) {
  switch (metric_sense(row.metric, row.subject)) {
    case Sense::lower_is_better:
      return greater ? Verdict::slower : Verdict::faster;
    case Sense::higher_is_better:
      return greater ? Verdict::faster : Verdict::slower;
    case Sense::neutral:
      break;
  }
  return greater ? Verdict::more : Verdict::fewer;
}

class Decision {
 public:
  Decision(const Comparison& comparison, std::size_t prospective)
      : options_(comparison.options), tests_(comparison.tests), prospective_(std::max<std::size_t>(1, prospective)) {}

  void decide(const ComparedRow& row, std::size_t series, Contrast& contrast) const {
    const Summary& baseline = row.series[options_.baseline].summary;
    const Summary& other = row.series[series].summary;
    const std::size_t launches = std::min(baseline.count, other.count);
    if (contrast.verdict == Verdict::too_few) {
      contrast.more_launches = missing(launches_for_rows(prospective_, options_.alpha), launches);
      return;
    }
    if (contrast.verdict != Verdict::not_shown) return;
    const double needed = std::max(contrast.band, options_.threshold * std::abs(baseline.median));
    const bool matters = std::abs(contrast.difference) > needed;
    if (*contrast.p_holm <= options_.alpha) {
      const bool agree = (contrast.difference > 0) == (contrast.cliffs_delta > 0);
      if (matters && agree) contrast.verdict = direction(row, contrast.difference > 0);
      return;
    }
    if (least_p(baseline.count, other.count) * static_cast<double>(tests_) > options_.alpha) {
      contrast.verdict = Verdict::too_few;
      contrast.more_launches = missing(launches_for_rows(tests_, options_.alpha), launches);
      return;
    }
    if (!matters) return;
    const auto wanted = launches_for_effect(contrast.cliffs_delta, options_.alpha / static_cast<double>(tests_));
    if (!wanted || *wanted > kMostLaunches) return;
    contrast.more_launches = missing(std::max(*wanted, launches_for_rows(tests_, options_.alpha)), launches);
  }

 private:
  static std::size_t missing(std::size_t wanted, std::size_t present) {
    return wanted > present ? wanted - present : 1;
  }

  const ComparisonOptions& options_;
  std::size_t tests_, prospective_;
};

// "A and C", "A, B and D".
std::string names(const std::vector<std::string>& keys) {
  if (keys.size() < 2) return keys.empty() ? "" : keys.front();
  const std::vector<std::string> head(keys.begin(), keys.end() - 1);
  return fmt::format("{} and {}", fmt::join(head, ", "), keys.back());
}

std::string values_text(const Comparison& comparison, const FactorDifference& difference) {
  std::string text;
  for (std::size_t i = 0; i < difference.values.size(); ++i) {
    const std::string& value = difference.values[i];
    text += fmt::format("{}{}: {}", i > 0 ? "; " : "", comparison.series[i].key, value.empty() ? "(none)" : value);
  }
  return text;
}

void warn_of_factors(Comparison& comparison, const std::vector<std::string>& under_test) {
  std::vector<const FactorDifference*> others;
  for (const FactorDifference& difference : comparison.differences) {
    if (difference.mixed && !difference.implied) {
      comparison.warnings.push_back(
          fmt::format("the launches of a series differ in {} ({}), so they are not repetitions of one another",
                      difference.name, values_text(comparison, difference)));
    } else if (!difference.under_test && !difference.implied) {
      others.push_back(&difference);
    }
  }
  // Nobody said what is under test: one factor that differs is it.
  if (under_test.empty()) {
    if (others.size() < 2) return;
    std::string text;
    for (const FactorDifference* difference : others) {
      text +=
          fmt::format("{}{} ({})", text.empty() ? "" : ", ", difference->name, values_text(comparison, *difference));
    }
    comparison.warnings.push_back(fmt::format(
        "the series differ in more than one factor: {}; which of them causes a difference cannot be told", text));
    return;
  }
  for (const FactorDifference* difference : others) {
    comparison.warnings.push_back(fmt::format("{} differs too ({}) and may be the cause of a difference",
                                              difference->name, values_text(comparison, *difference)));
  }
}

void warn_of_launches(Comparison& comparison) {
  std::vector<std::string> few;
  for (const Series& series : comparison.series) {
    if (series.runs.size() < kLaunchesForInterval)
      few.push_back(fmt::format("{} (n={})", series.key, series.runs.size()));
  }
  if (!few.empty()) {
    comparison.warnings.push_back(
        fmt::format("too few launches of {}: the 95 % interval of a median and a verdict need at least {}", names(few),
                    kLaunchesForInterval));
  }
  const auto bounds = [](const Series& series) {
    const auto [first, last] = std::minmax_element(
        series.runs.begin(), series.runs.end(),
        [](const RunInfo& left, const RunInfo& right) { return left.started_at < right.started_at; });
    return std::pair(first->started_at, last->started_at);
  };
  const Series& baseline = comparison.series[comparison.options.baseline];
  std::vector<std::string> apart;
  for (const Series& series : comparison.series) {
    if (&series == &baseline || std::min(series.runs.size(), baseline.runs.size()) < 2) continue;
    const auto [first, last] = bounds(series);
    const auto [baseline_first, baseline_last] = bounds(baseline);
    if (last < baseline_first || first > baseline_last) apart.push_back(series.key);
  }
  if (!apart.empty()) {
    comparison.warnings.push_back(
        fmt::format("the launches of {} did not alternate with those of {}: a machine that changed in between looks "
                    "like a difference",
                    names(apart), baseline.key));
  }
}

void warn_of_transports(Comparison& comparison) {
  const auto differs = std::any_of(comparison.differences.begin(), comparison.differences.end(),
                                   [](const FactorDifference& difference) { return difference.name == "transport"; });
  std::vector<std::string> unverified;
  for (const Series& series : comparison.series) {
    const auto unknown = [](const RunInfo& run) {
      return run.transport != "default" && run.transport_verified.empty();
    };
    if (std::any_of(series.runs.begin(), series.runs.end(), unknown)) unverified.push_back(series.key);
  }
  if (differs && !unverified.empty()) {
    comparison.warnings.push_back(
        fmt::format("the transport of {} was asked for, but nothing verified that the job used it", names(unverified)));
  }
}

}  // namespace

std::string_view verdict_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::faster:
      return "faster";
    case Verdict::slower:
      return "slower";
    case Verdict::more:
      return "more";
    case Verdict::fewer:
      return "fewer";
    case Verdict::same:
      return "same";
    case Verdict::not_shown:
      return "~";
    case Verdict::too_few:
      return "too few";
    case Verdict::absent:
      return "-";
  }
  return "";
}

void decide(Comparison& comparison) {
  const std::size_t baseline = comparison.options.baseline;
  std::vector<double> p_values;
  std::size_t prospective = 0;
  for (ComparedRow& row : comparison.rows) {
    for (std::size_t i = 0; i < row.series.size(); ++i) {
      row.contrasts.push_back(i == baseline ? Contrast{} : contrast_of(row.series[baseline], row.series[i]));
      const Contrast& contrast = row.contrasts.back();
      if (contrast.p) p_values.push_back(*contrast.p);
      if (contrast.p || contrast.verdict == Verdict::too_few) ++prospective;
    }
  }
  comparison.tests = p_values.size();
  const std::vector<double> adjusted = holm(p_values);
  const Decision decision(comparison, prospective);
  std::size_t next = 0;
  for (ComparedRow& row : comparison.rows) {
    for (std::size_t i = 0; i < row.series.size(); ++i) {
      if (row.contrasts[i].p) row.contrasts[i].p_holm = adjusted[next++];
      if (i != baseline) decision.decide(row, i, row.contrasts[i]);
    }
  }
}

void add_warnings(Comparison& comparison, const std::vector<std::string>& under_test) {
  warn_of_factors(comparison, under_test);
  warn_of_launches(comparison);
  warn_of_transports(comparison);
}

}  // namespace tulkki
