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

// Long lines are broken between words; the following lines are indented.
std::string wrapped(const std::string& text, const std::string& first, const std::string& next) {
  std::string result = first;
  std::size_t width = text_width(first);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (begin > 0 && width + 1 + text_width(word) > kLineWidth) {
      result += "\n" + next;
      width = text_width(next);
    } else if (begin > 0) {
      result += ' ';
      ++width;
    }
    result += word;
    width += text_width(word);
    begin = end + 1;
  }
  return result + "\n";
}

std::string warnings_text(const CompareReport& report) {
  std::string text;
  for (const std::string& warning : report.comparison.warnings)
    text += wrapped(printable(warning), "  ! ", "    ");
  if (!report.left_out.empty()) {
    text +=
        wrapped(fmt::format("left out, as they did not finish: runs {}", run_numbers(report.left_out)), "  ! ", "    ");
  }
  return text.empty() ? "" : fmt::format("\n{}", text);
}

std::string verdicts_text(const Comparison& comparison, const Style& style) {
  const VerdictTable verdicts = verdict_table(comparison);
  std::string text;
  for (const VerdictSection& section : verdicts.sections) {
    TextTable table;
    for (std::size_t i = 0; i < verdicts.headings.size(); ++i)
      table.column(verdicts.headings[i], verdicts.kinds[i]);
    for (const std::vector<std::string>& row : section.rows)
      table.row(row);
    text += fmt::format("\n{}\n{}", style.bold(section.title), table.text(style));
  }
  return text;
}

std::string legend_text(const CompareReport& report) {
  const Comparison& comparison = report.comparison;
  const ComparisonOptions& options = comparison.options;
  std::string text = "\n";
  if (comparison.procedures_left_out > 0) {
    text +=
        fmt::format("{} procedures with less time are not shown; --all shows them.\n", comparison.procedures_left_out);
  }
  const std::vector<Metric>& metrics = options.metrics;
  if (report.measured > 0 && std::find(metrics.begin(), metrics.end(), Metric::measurement) == metrics.end()) {
    text += "What these programs measured themselves: --metric measurement.\n";
  }
  text += wrapped(
      fmt::format("Medians over launches with 95 % intervals from order statistics. p: Mann-Whitney over launches, "
                  "corrected after Holm for {} tests.",
                  comparison.tests),
      "", "");
  text += wrapped(
      fmt::format("~ : no difference was shown (p > {:g}, below {:.3g} %, or within what the recorder may cause). "
                  "(+n): about n more launches of each series would do.",
                  options.alpha, options.threshold * 100),
      "", "    ");
  return text;
}

}  // namespace

std::string compare_text(const CompareReport& report, std::size_t top, const Style& style) {
  const Comparison& comparison = report.comparison;
  std::string text = style.bold(fmt::format("Comparison of {} series", comparison.series.size())) + "  " +
                     fitted(printable(subject_text(comparison)), kLineWidth - 24) + "\n\n";
  text += series_text(comparison, style) + warnings_text(report) + verdicts_text(comparison, style);
  for (const SeriesWaterfall& part : report.waterfalls)
    text += waterfall_text(report, part, top, style);
  for (const PairedSeries& part : report.pairs)
    text += pairs_text(report, part, top, style);
  return text + legend_text(report);
}

}  // namespace tulkki
