// SPDX-License-Identifier: GPL-3.0-or-later
// A column has one unit in files; on screen its numbers are written with units.
#include "viewer/model/compare_table.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace tulkki {
namespace {

TableCell real(const std::optional<double>& value) { return value ? TableCell(*value) : TableCell(); }

}  // namespace

TableData comparison_table(const std::string& subject, bool with_panel) {
  TableData table{"compare", "Comparison", {}, {}};
  if (with_panel) table.columns.push_back({"panel", "panel", Written::text, ""});
  const bool measured = subject == "workload";
  for (const TableColumn& column : std::initializer_list<TableColumn>{
           {"metric", "metric", Written::text, ""},
           {subject, subject, Written::text, measured ? "that the program ran" : "empty: the whole run"},
           {measured ? "bytes" : "size_class", "size", measured ? Written::bytes : Written::text,
            measured ? "of a message, block or record" : "size class of the messages"},
           {"series", "series", Written::text, ""},
           {"launches", "launches", Written::count, "one launch is one measurement"},
           {"unit", "unit", Written::text, "of the values in files"},
           {"median", "median", Written::number, "over launches"},
           {"ci_low", "95 % from", Written::number, "interval of the median; needs 6 launches"},
           {"ci_high", "95 % to", Written::number, "interval of the median; needs 6 launches"},
           {"ratio", "ratio", Written::ratio, "of the medians, to the baseline"},
           {"verdict", "verdict", Written::verdict, "~: no difference was shown"},
           {"ratio_low", "ratio from", Written::ratio, "95 % interval of the ratio"},
           {"ratio_high", "ratio to", Written::ratio, "95 % interval of the ratio"},
           {"p95", "p95", Written::number, "95th percentile over launches"},
           {"p99", "p99", Written::number, "99th percentile over launches"},
           {"recorder_band", "recorder", Written::number,
            "differences up to this size may come from recording and from the clock's resolution"},
           {"calls", "calls", Written::count, "that the value is made of, median over launches"},
           {"p_holm", "p (Holm)", Written::number, "Mann-Whitney, corrected over all rows"}}) {
    if (measured && (column.name == "calls" || column.name == "recorder_band")) continue;
    table.columns.push_back(column);
  }
  return table;
}

void add_comparison_row(TableData& table, const Comparison& comparison, const ComparedRow& row, const RowNames& names,
                        SeriesLooks& looks, const std::string* panel) {
  const bool measured = std::any_of(table.columns.begin(), table.columns.end(),
                                    [](const TableColumn& column) { return column.name == "workload"; });
  for (std::size_t i = 0; i < row.series.size(); ++i) {
    const Summary& summary = row.series[i].summary;
    const Contrast& contrast = row.contrasts[i];
    const bool there = summary.count > 0, baseline = i == comparison.options.baseline;
    const auto value = [&](double number) { return there ? TableCell(number) : TableCell(); };
    const auto against = [&](const std::optional<double>& number) { return baseline ? TableCell() : real(number); };
    TableRow out;
    if (panel != nullptr) out.cells.emplace_back(*panel);
    out.cells.insert(out.cells.end(),
                     {names.metric, names.subject, names.size, comparison.series[i].name,
                      static_cast<std::int64_t>(summary.count), names.unit, value(summary.median),
                      summary.interval ? TableCell(summary.interval->low) : TableCell(),
                      summary.interval ? TableCell(summary.interval->high) : TableCell(), against(contrast.ratio),
                      baseline ? std::string("baseline") : std::string(verdict_text(contrast.verdict)),
                      !baseline && contrast.ratio_interval ? TableCell(contrast.ratio_interval->low) : TableCell(),
                      !baseline && contrast.ratio_interval ? TableCell(contrast.ratio_interval->high) : TableCell(), value(summary.q95),
                      value(summary.q99)});
    if (!measured) out.cells.push_back(value(row.series[i].band));
    if (!measured) out.cells.emplace_back(row.series[i].calls);
    out.cells.push_back(against(contrast.p_holm));
    out.look = looks.look_of(comparison.series[i].name);
    out.key = names.subject;
    table.rows.push_back(std::move(out));
  }
}

void set_written(TableData& table, Written written) {
  for (TableColumn& column : table.columns) {
    for (const std::string_view name : {"median", "ci_low", "ci_high", "p95", "p99", "recorder_band"}) {
      if (column.name == name) column.written = written;
    }
  }
}

std::string headline_of(const Comparison& comparison, const ComparedRow& row, const std::string& what) {
  const std::size_t base = comparison.options.baseline;
  std::size_t best = comparison.series.size();
  for (std::size_t i = 0; i < row.contrasts.size(); ++i) {
    if (i == base || !row.contrasts[i].ratio || !(*row.contrasts[i].ratio > 0)) continue;
    if (best == comparison.series.size() ||
        std::abs(std::log(*row.contrasts[i].ratio)) > std::abs(std::log(*row.contrasts[best].ratio))) {
      best = i;
    }
  }
  if (best == comparison.series.size() || row.subject.size_class) return "";
  const Contrast& contrast = row.contrasts[best];
  std::string verdict(verdict_text(contrast.verdict));
  if (contrast.verdict == Verdict::not_shown) verdict = "no difference shown";
  if (contrast.verdict == Verdict::too_few) verdict = "too few launches for a verdict";
  std::string text = fmt::format("{}: {} {} of {}, {}", comparison.series[best].name, what, cell_text(*contrast.ratio, Written::ratio),
                                 comparison.series[base].name, verdict);
  if (contrast.p_holm) text += fmt::format(" (p = {:.2g})", *contrast.p_holm);
  if (contrast.more_launches) text += fmt::format("; {} more launch{} of each should be enough to tell", *contrast.more_launches, *contrast.more_launches == 1 ? "" : "es");
  return text;
}

}  // namespace tulkki
