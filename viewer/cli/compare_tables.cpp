// SPDX-License-Identifier: Apache-2.0
// Rows of a comparison as text, for the terminal and for papers alike.
#include <fmt/format.h>

#include "viewer/analysis/profile_queries.h"
#include "viewer/cli/compare.h"
#include "viewer/cli/quantity.h"

namespace tulkki {
namespace {

using Kind = TextTable::Kind;

std::string metric_words(Metric metric) {
  switch (metric) {
    case Metric::time:
      return "time, mean over the ranks";
    case Metric::calls:
      return "calls of all ranks";
    case Metric::bytes:
      return "bytes of all ranks";
    case Metric::throughput:
      return "throughput, bytes over the time in the calls";
    case Metric::call_time:
      return "mean duration of a call";
    case Metric::latency:
      return "median duration of a call";
    case Metric::tail_latency:
      return "99th percentile of the duration of a call";
    case Metric::iops:
      return "operations per second, calls over the time in them";
    default:
      return std::string(metric_info(metric).title);
  }
}

std::string bytes_name(std::int64_t bytes) { return quantity_text(static_cast<double>(bytes), "bytes", Style{}); }

// What a row is about, within whatever it may be.
std::string row_subject(const ComparedRow& row) {
  const Subject& subject = row.subject;
  if (subject.quantity) return subject.quantity->bytes > 0 ? bytes_name(subject.quantity->bytes) : subject.quantity->name;
  if (subject.procedure.empty()) return std::string(metric_info(row.metric).title);
  const std::string size = subject.size_class ? size_class_name(*subject.size_class) : "";
  if (row.within.empty()) return subject.size_class ? size : subject.procedure;
  return subject.procedure + (size.empty() ? "" : " " + size);
}

// "latency of allreduce": what was measured, where a row's name is its size or what it is within.
std::string measured_words(const Quantity& quantity) {
  return quantity.name == quantity.workload ? quantity.name : fmt::format("{} of {}", quantity.name, quantity.workload);
}

std::string section_title(const ComparedRow& row) {
  const Subject& subject = row.subject;
  if (const auto& quantity = subject.quantity) {
    if (row.within.empty() && quantity->bytes == 0) return fmt::format("Measured by the program: {}", quantity->workload);
    return fmt::format("Measured by the program: {}{}", measured_words(*quantity),
                       !row.within.empty() && quantity->bytes > 0 ? ", " + bytes_name(quantity->bytes) : "");
  }
  const std::string inside = row.within.empty() ? "" : row_subject(row) + ": ";
  if (subject.procedure.empty()) return row.within.empty() ? "Whole run" : "Whole run: " + row_subject(row);
  if (subject.size_class && row.within.empty())
    return fmt::format("{} by size: {}", subject.procedure, metric_words(row.metric));
  return fmt::format("{}{}", row.within.empty() ? "Procedures: " : inside, metric_words(row.metric));
}

std::string row_name(const ComparedRow& row) { return row.within.empty() ? row_subject(row) : row.within; }

void add_side_by_side(const Comparison& comparison, const ComparedRow& row, const Style& style,
                      VerdictSection& section) {
  const std::size_t baseline = comparison.options.baseline, other = 1 - baseline;
  const std::string unit = metric_unit(row.metric, row.subject);
  const Contrast& contrast = row.contrasts[other];
  section.rows.push_back({row_name(row), summary_text(row.series[baseline].summary, unit, style),
                          summary_text(row.series[other].summary, unit, style), ratio_text(contrast), p_text(contrast),
                          verdict_cell(contrast)});
}

void add_below_each_other(const Comparison& comparison, const ComparedRow& row, const Style& style,
                          VerdictSection& section) {
  const std::string unit = metric_unit(row.metric, row.subject);
  for (std::size_t i = 0; i < row.series.size(); ++i) {
    const bool baseline = i == comparison.options.baseline;
    const Contrast& contrast = row.contrasts[i];
    section.rows.push_back({i == 0 ? row_name(row) : "",
                            fmt::format("{} {}", comparison.series[i].key, comparison.series[i].name),
                            summary_text(row.series[i].summary, unit, style), baseline ? "1" : ratio_text(contrast),
                            baseline ? "" : p_text(contrast), baseline ? "baseline" : verdict_cell(contrast)});
  }
}

}  // namespace

VerdictTable verdict_table(const Comparison& comparison, const Style& style) {
  VerdictTable table;
  const std::size_t baseline = comparison.options.baseline;
  const std::string& base = comparison.series[baseline].key;
  const bool two = comparison.series.size() == 2;
  if (two) {
    const std::string& other = comparison.series[1 - baseline].key;
    table.headings = {"",
                      base + ": median [95 %]",
                      other + ": median [95 %]",
                      fmt::format("{}/{} [95 %]", other, base),
                      "p",
                      other + " is"};
    table.kinds = {Kind::flexible, Kind::number, Kind::number, Kind::number, Kind::number, Kind::text};
  } else {
    table.headings = {"", "series", "median [95 %]", fmt::format("to {} [95 %]", base), "p", "verdict"};
    table.kinds = {Kind::flexible, Kind::flexible, Kind::number, Kind::number, Kind::number, Kind::text};
  }
  for (const ComparedRow& row : comparison.rows) {
    const std::string title = section_title(row);
    auto section = table.sections.begin();
    while (section != table.sections.end() && section->title != title)
      ++section;
    if (section == table.sections.end()) section = table.sections.insert(section, {title, {}});
    if (two)
      add_side_by_side(comparison, row, style, *section);
    else
      add_below_each_other(comparison, row, style, *section);
  }
  return table;
}

void write_verdict_table(const Comparison& comparison, RowSink& sink) {
  const VerdictTable table = verdict_table(comparison, Style{});
  std::vector<std::string> headings = table.headings;
  headings.front() = "of";
  headings.insert(headings.begin(), "what");
  sink.header(headings);
  for (const VerdictSection& section : table.sections) {
    for (const std::vector<std::string>& row : section.rows) {
      std::vector<Cell> cells{section.title};
      cells.insert(cells.end(), row.begin(), row.end());
      sink.row(cells);
    }
  }
}

}  // namespace tulkki
