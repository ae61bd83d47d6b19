// SPDX-License-Identifier: Apache-2.0
#include "viewer/analysis/comparison_table.h"

#include <algorithm>

namespace tulkki {
namespace {

Cell cell(const std::optional<double>& value) { return value ? Cell(*value) : Cell(); }

void add_interval(std::vector<Cell>& cells, const std::optional<Interval>& interval) {
  cells.push_back(interval ? Cell(interval->low) : Cell());
  cells.push_back(interval ? Cell(interval->high) : Cell());
}

std::vector<Cell> factor_cells(const Comparison& comparison, std::size_t index) {
  const Series& series = comparison.series[index];
  const auto number = [&](std::string_view factor) -> Cell {
    const std::string text = series_factor(series, factor);
    const bool whole = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    return whole ? Cell(static_cast<std::int64_t>(std::stoll(text))) : Cell(text);
  };
  std::string path = series_factor(series, "translated");
  if (path == "yes") path = "translated";
  if (path == "no") path = "native";
  return {series.key,
          series.name,
          std::int64_t{index == comparison.options.baseline},
          series_factor(series, "program"),
          series_factor(series, "backend"),
          series_factor(series, "backend_version"),
          series_factor(series, "transport"),
          path,
          number("nodes"),
          number("ranks")};
}

void add_contrast(std::vector<Cell>& cells, const Contrast& contrast, bool baseline) {
  if (baseline || contrast.verdict == Verdict::absent) {
    cells.insert(cells.end(), 6, Cell());
    cells.push_back(baseline ? Cell() : Cell(std::string(verdict_text(Verdict::absent))));
    cells.push_back(Cell());
    return;
  }
  cells.push_back(cell(contrast.ratio));
  add_interval(cells, contrast.ratio_interval);
  cells.push_back(contrast.cliffs_delta);
  cells.push_back(cell(contrast.p));
  cells.push_back(cell(contrast.p_holm));
  cells.push_back(std::string(verdict_text(contrast.verdict)));
  cells.push_back(contrast.more_launches ? Cell(static_cast<std::int64_t>(*contrast.more_launches)) : Cell());
}

void write_row(const Comparison& comparison, const ComparedRow& row, std::size_t index, RowSink& sink) {
  const ComparedSeries& series = row.series[index];
  const Summary& summary = series.summary;
  if (summary.count == 0) return;
  std::vector<Cell> cells = factor_cells(comparison, index);
  const auto size = row.subject.size_class;
  cells.push_back(row.subject.procedure);
  cells.push_back(size ? Cell(*size <= 0 ? std::int64_t{0} : std::int64_t{1} << std::min<std::int64_t>(62, *size - 1))
                       : Cell());
  const auto& quantity = row.subject.quantity;
  cells.push_back(row.within.empty() ? Cell() : Cell(row.within));
  cells.push_back(quantity ? Cell(quantity->workload) : Cell());
  cells.push_back(quantity ? Cell(quantity->bytes) : Cell());
  cells.push_back(metric_name(row.metric, row.subject));
  cells.push_back(metric_unit(row.metric, row.subject));
  cells.push_back(static_cast<std::int64_t>(summary.count));
  cells.push_back(quantity ? Cell() : Cell(series.calls));
  cells.push_back(summary.median);
  add_interval(cells, summary.interval);
  cells.push_back(summary.interval ? Cell(summary.interval->level) : Cell());
  for (const double value : {summary.q05, summary.q25, summary.q75, summary.q95, summary.q99, summary.minimum,
                             summary.maximum, summary.mean, series.band}) {
    cells.push_back(value);
  }
  add_contrast(cells, row.contrasts[index], index == comparison.options.baseline);
  sink.row(cells);
}

}  // namespace

std::string series_factor(const Series& series, std::string_view factor) {
  std::vector<std::string> values;
  for (const RunInfo& run : series.runs) {
    const std::string value = factor_value(run, factor).value_or("");
    if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
  }
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i)
    text += (i > 0 ? " | " : "") + values[i];
  return text;
}

void write_comparison(const Comparison& comparison, RowSink& sink) {
  sink.header({"series",
               "series_name",
               "baseline",
               "program",
               "implementation",
               "version",
               "transport",
               "path",
               "nodes",
               "ranks",
               "procedure",
               "size_from_bytes",
               "within",
               "workload",
               "bytes",
               "metric",
               "unit",
               "launches",
               "calls",
               "median",
               "ci_low",
               "ci_high",
               "ci_level",
               "q05",
               "q25",
               "q75",
               "q95",
               "q99",
               "min",
               "max",
               "mean",
               "recorder_band",
               "ratio",
               "ratio_low",
               "ratio_high",
               "cliffs_delta",
               "p_value",
               "p_holm",
               "verdict",
               "more_launches"});
  for (const ComparedRow& row : comparison.rows) {
    for (std::size_t i = 0; i < row.series.size(); ++i)
      write_row(comparison, row, i, sink);
  }
}

}  // namespace tulkki
