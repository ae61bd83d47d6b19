// SPDX-License-Identifier: Apache-2.0
#include "viewer/analysis/method_sentence.h"

#include <fmt/format.h>
#include <algorithm>

#include "viewer/analysis/comparison_table.h"

namespace tulkki {
namespace {

std::string one_line(std::string text) {
  for (char& letter : text) {
    if (static_cast<unsigned char>(letter) < 0x20) letter = ' ';
  }
  const std::size_t end = text.find_last_not_of(" .");
  return end == std::string::npos ? "" : text.substr(0, end + 1);
}

// "3", "3 to 6"
template <class Number>
std::string span(Number least, Number greatest) {
  return least == greatest ? fmt::format("{}", least) : fmt::format("{} to {}", least, greatest);
}

std::string transport_text(const Series& series) {
  const auto verified = [](const RunInfo& run) { return !run.transport_verified.empty(); };
  const std::string name = one_line(series_factor(series, "transport"));
  const bool all = std::all_of(series.runs.begin(), series.runs.end(), verified);
  return fmt::format("transport {} ({})", name, all ? "verified in the running job" : "as asked for, not verified");
}

std::string series_text(const Series& series) {
  const std::string translated = series_factor(series, "translated");
  const std::string path = translated == "no"    ? "native"
                           : translated == "yes" ? fmt::format("translated from {}", series_factor(series, "front"))
                                                 : "partly translated";
  return fmt::format("{}: {} ({}), {}, {}, {} launches", series.key, one_line(series_factor(series, "backend_version")),
                     series_factor(series, "backend"), path, transport_text(series), series.runs.size());
}

std::vector<RunInfo> all_runs(const Comparison& comparison) {
  std::vector<RunInfo> runs;
  for (const Series& series : comparison.series)
    runs.insert(runs.end(), series.runs.begin(), series.runs.end());
  return runs;
}

// Factors that the series' descriptions do not hold, once for all launches.
std::string conditions_text(const std::vector<RunInfo>& runs) {
  const Series all{"", "", runs};
  const std::string ranks = series_factor(all, "ranks"), nodes = series_factor(all, "nodes");
  return fmt::format(
      "{} was started with {} rank{} on {} node{} (CPU: {}; kernel: {}; thread level: {}); command line: {}",
      one_line(series_factor(all, "program")), ranks, ranks == "1" ? "" : "s", nodes, nodes == "1" ? "" : "s",
      one_line(series_factor(all, "cpu")), one_line(series_factor(all, "kernel")), series_factor(all, "thread_level"),
      one_line(series_factor(all, "arguments")));
}

// "time of sync, time of mix": what the rows hold that was not recorded but printed.
std::string measured_text(const Comparison& comparison) {
  std::vector<std::string> names;
  for (const ComparedRow& row : comparison.rows) {
    if (!row.subject.quantity) continue;
    std::string name = one_line(fmt::format("{} of {}", row.subject.quantity->name, row.subject.quantity->workload));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  if (names.empty()) return "";
  return fmt::format("Measured and printed by the programs themselves, one value per launch: {}. ",
                     fmt::join(names, ", "));
}

std::string recorder_text(const std::vector<RunInfo>& runs) {
  const auto [least, greatest] = std::minmax_element(
      runs.begin(), runs.end(),
      [](const RunInfo& left, const RunInfo& right) { return left.own_cost_ns < right.own_cost_ns; });
  double resolution_ns = 0;
  for (const RunInfo& run : runs)
    resolution_ns = std::max(resolution_ns, run.clock_resolution_ns);
  const Series all{"", "", runs};
  return fmt::format(
      "Calls were recorded by Tulkki {} ({} a trace), which added {} ns to a blocking call (measured at the start "
      "of each launch; not part of the recorded durations) and read a clock with a resolution of {:.1f} ns",
      series_factor(all, "tulkki_version"),
      series_factor(all, "trace") == "yes"  ? "with"
      : series_factor(all, "trace") == "no" ? "without"
                                            : "some with",
      span(fmt::format("{:.0f}", least->own_cost_ns), fmt::format("{:.0f}", greatest->own_cost_ns)), resolution_ns);
}

}  // namespace

std::string method_sentence(const Comparison& comparison) {
  const std::vector<RunInfo> runs = all_runs(comparison);
  if (runs.empty()) return "";
  const auto [first, last] =
      std::minmax_element(runs.begin(), runs.end(),
                          [](const RunInfo& left, const RunInfo& right) { return left.started_at < right.started_at; });
  std::string series;
  for (const Series& one : comparison.series)
    series += fmt::format("{}{}", series.empty() ? "" : "; ", series_text(one));
  bool exact = true;
  for (const ComparedRow& row : comparison.rows) {
    for (const Contrast& contrast : row.contrasts)
      exact = exact && contrast.exact;
  }
  std::string text = conditions_text(runs) + ". The following were compared: " + series + ". ";
  text += fmt::format("The launches were started between {} and {} (UTC). ", first->started_at.substr(0, 16),
                      last->started_at.substr(0, 16));
  text += recorder_text(runs) + ". ";
  text +=
      "The unit of repetition is a launch; run time is from the first rank's start of MPI_Init to the last rank's end "
      "of "
      "MPI_Finalize, times in procedures are means over the ranks, rates are total amount over total time. "
      "Medians over launches are given with 95 % intervals from order statistics. ";
  text += measured_text(comparison);
  const std::vector<std::string>& within = comparison.options.within;
  text += fmt::format(
      "Series were compared with {} ({}){} by two-sided Mann-Whitney tests ({}), with Holm's correction over all {} "
      "tests (significance level {}); ratios of medians have Hodges-Lehmann intervals on logarithms. "
      "Differences below {:.3g} % or below what recording may have caused are not counted.",
      comparison.series[comparison.options.baseline].key, one_line(comparison.series[comparison.options.baseline].name),
      within.empty() ? "" : fmt::format(" within each {}", fmt::join(within, " and ")),
      exact ? "exact" : "normal approximation with correction for ties for more than 50 launches", comparison.tests,
      comparison.options.alpha, comparison.options.threshold * 100);
  return text;
}

}  // namespace tulkki
