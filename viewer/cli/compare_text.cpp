// SPDX-License-Identifier: Apache-2.0
// `tulkki compare` for the terminal: who is compared, what to beware of, the verdicts, where the time went.
#include <fmt/format.h>
#include <algorithm>
#include <filesystem>

#include "viewer/analysis/comparison_table.h"
#include "viewer/analysis/selection.h"
#include "viewer/cli/compare.h"
#include "viewer/cli/quantity.h"

namespace tulkki {
namespace {

using Kind = TextTable::Kind;

// What is the same in all series: the program and its size.
std::string subject_text(const Comparison& comparison) {
  Series all;
  for (const Series& series : comparison.series)
    all.runs.insert(all.runs.end(), series.runs.begin(), series.runs.end());
  const std::string program = series_factor(all, "arguments").find(" | ") == std::string::npos
                                  ? series_factor(all, "arguments")
                                  : series_factor(all, "program");
  const std::string ranks = series_factor(all, "ranks");
  return fmt::format("{}, {} rank{}", program, ranks, ranks == "1" ? "" : "s");
}

std::string series_text(const Comparison& comparison, const Style& style) {
  TextTable table;
  for (const char* heading : {"", "series"})
    table.column(heading, Kind::flexible);
  table.column("launches");
  table.column("runs", Kind::flexible);
  table.column("backend", Kind::flexible);
  table.column("transport", Kind::flexible);
  table.column("ABI", Kind::text);
  table.column("", Kind::text);
  for (std::size_t i = 0; i < comparison.series.size(); ++i) {
    const Series& series = comparison.series[i];
    const std::string translated = series_factor(series, "translated");
    table.row({series.key, series.name, std::to_string(series.runs.size()), run_numbers(series.runs),
               series_factor(series, "backend"), series_factor(series, "transport"),
               translated == "no"    ? "native"
               : translated == "yes" ? "translated"
                                     : "both",
               i == comparison.options.baseline ? "baseline" : ""});
  }
  return table.text(style, "  ");
}

std::string warnings_text(const CompareReport& report, const Style& style) {
  std::string text;
  for (const std::string& warning : report.comparison.warnings)
    text += wrapped(printable(warning), "  ! ", "    ", style);
  if (!report.left_out.empty()) {
    const bool one = report.left_out.size() == 1;
    text += wrapped(fmt::format("left out because {} did not finish: run{} {}", one ? "it" : "they", one ? "" : "s",
                                run_numbers(report.left_out)),
                    "  ! ", "    ", style);
  }
  return text.empty() ? "" : fmt::format("\n{}", text);
}

std::string verdicts_text(const Comparison& comparison, const Style& style) {
  const VerdictTable verdicts = verdict_table(comparison, style);
  std::string text;
  for (const VerdictSection& section : verdicts.sections) {
    TextTable table;
    for (std::size_t i = 0; i < verdicts.headings.size(); ++i)
      table.column(verdicts.headings[i], verdicts.kinds[i]);
    // The ratio goes before the medians do: the verdict repeats its direction.
    for (const std::string& heading : verdicts.headings) {
      if (heading.find("/") != std::string::npos || heading.starts_with("to ")) table.may_leave_out({"p", heading});
    }
    for (const std::vector<std::string>& row : section.rows)
      table.row(row);
    text += fmt::format("\n{}\n{}", style.bold(section.title), table.text(style));
  }
  return text;
}

std::string tests_text(std::size_t tests) {
  if (tests == 0) return "";
  return fmt::format(" p: two-sided Mann-Whitney test over launches{}.",
                     tests == 1 ? "" : fmt::format(", with Holm's correction for {} tests", tests));
}

bool wants_more_launches(const Comparison& comparison) {
  const auto wants = [](const Contrast& contrast) { return contrast.more_launches.has_value(); };
  return std::any_of(comparison.rows.begin(), comparison.rows.end(), [&](const ComparedRow& row) {
    return std::any_of(row.contrasts.begin(), row.contrasts.end(), wants);
  });
}

std::string legend_text(const CompareReport& report, const Style& style) {
  const Comparison& comparison = report.comparison;
  const ComparisonOptions& options = comparison.options;
  std::string text = "\n";
  if (comparison.procedures_left_out > 0) {
    const bool one = comparison.procedures_left_out == 1;
    text += fmt::format("{} procedure{} with less time {} not shown; --all shows {}.\n", comparison.procedures_left_out,
                        one ? "" : "s", one ? "is" : "are", one ? "it" : "them");
  }
  const std::vector<Metric>& metrics = options.metrics;
  if (report.measured > 0 && std::find(metrics.begin(), metrics.end(), Metric::measurement) == metrics.end()) {
    text += "These programs also printed measurements of their own: --metric measurement compares them.\n";
  }
  text += wrapped("Medians over launches with 95 % intervals from order statistics." + tests_text(comparison.tests), "",
                  "", style);
  if (comparison.tests > 0) {
    text +=
        wrapped(fmt::format("~: no difference was shown (p > {:g}, less than {:.3g} %, or within what recording may "
                            "cause).",
                            options.alpha, options.threshold * 100),
                "", "   ", style);
  }
  if (wants_more_launches(comparison)) {
    text += "(+n): about n more launches of each series should be enough for a verdict.\n";
  }
  return text;
}

}  // namespace

std::string compare_text(const CompareReport& report, std::size_t top, const Style& style) {
  const Comparison& comparison = report.comparison;
  std::string text = style.bold(fmt::format("Comparison of {} series", comparison.series.size())) + "  " +
                     fitted(printable(subject_text(comparison)), style.width - 24) + "\n\n";
  text += series_text(comparison, style) + warnings_text(report, style) + verdicts_text(comparison, style);
  for (const SeriesWaterfall& part : report.waterfalls)
    text += waterfall_text(report, part, top, style);
  for (const PairedSeries& part : report.pairs)
    text += pairs_text(report, part, top, style);
  return text + legend_text(report, style);
}

}  // namespace tulkki
