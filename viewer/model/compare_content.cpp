// SPDX-License-Identifier: GPL-3.0-or-later
// The Compare page: one figure in the chosen form, one panel for each value of the panel factor, and the exact table.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "viewer/analysis/factors.h"
#include "viewer/model/compare_figures.h"
#include "viewer/model/units.h"

namespace tulkki {
namespace {

plot::FigureSpec figure_of(const FigureInput& input) {
  switch (input.state.form) {
    case CompareForm::curve: return curve_figure(input);
    case CompareForm::ratio: return ratio_figure(input);
    case CompareForm::cdf: return cdf_figure(input);
    case CompareForm::box: return box_figure(input);
    case CompareForm::stacked: return stacked_figure(input);
    case CompareForm::scaling: return scaling_figure(input);
  }
  return {};
}

// Forms over sizes and metrics of calls need a procedure: the one with most time, unless the user chose one.
ViewState completed(ViewState state, const std::vector<SeriesProfile>& profiles) {
  const MetricInfo& metric = metric_info(metric_named(state.metric).value_or(Metric::wall_time));
  const bool needs = state.form == CompareForm::curve || !metric.of_run;
  const std::vector<std::string> procedures = procedures_by_time(profiles);
  const bool known = std::find(procedures.begin(), procedures.end(), state.procedure) != procedures.end();
  if (!known) state.procedure.clear();
  if (needs && state.procedure.empty()) {
    for (const std::string& name : procedures) {
      const bool has_value = std::any_of(profiles.begin(), profiles.end(), [&](const SeriesProfile& profile) {
        return !observations(profile, metric.metric, {name, std::nullopt}).empty();
      });
      if (has_value && (state.procedure.empty() || name == "MPI_Send" || name == "MPI_Allreduce")) {
        state.procedure = name;
        break;
      }
    }
  }
  if (!metric.of_procedure) state.procedure.clear();
  if (!metric.of_procedure && (state.form == CompareForm::curve)) state.form = CompareForm::box;
  return state;
}

ComparisonOptions options_of(const ViewState& state) {
  ComparisonOptions options;
  options.metrics = {metric_named(state.metric).value_or(Metric::wall_time)};
  if (!state.procedure.empty()) {
    options.procedures = {state.procedure};
    options.by_size = state.form == CompareForm::curve || state.form == CompareForm::ratio;
  } else if (state.form == CompareForm::ratio || state.form == CompareForm::stacked) {
    options.metrics.clear();
    options.top = 12;
  }
  return options;
}

TableData empty_table(bool with_panel) {
  TableData table{"compare", "Comparison", {}, {}};
  if (with_panel) table.columns.push_back({"panel", "panel", Written::text, ""});
  for (const TableColumn& column : std::initializer_list<TableColumn>{
           {"metric", "metric", Written::text, ""},
           {"procedure", "procedure", Written::text, "empty: the whole run"},
           {"size_class", "size", Written::text, "size class of the messages"},
           {"series", "series", Written::text, ""},
           {"launches", "launches", Written::count, "one launch is one measurement"},
           {"median", "median", Written::number, "over launches"},
           {"ci_low", "95 % from", Written::number, "interval of the median; needs 6 launches"},
           {"ci_high", "95 % to", Written::number, "interval of the median; needs 6 launches"},
           {"ratio", "ratio", Written::ratio, "of the medians, to the baseline"},
           {"ratio_low", "ratio from", Written::ratio, "95 % interval of the ratio"},
           {"ratio_high", "ratio to", Written::ratio, "95 % interval of the ratio"},
           {"verdict", "verdict", Written::verdict, "~ means: not shown to differ"},
           {"p95", "p95", Written::number, "95th percentile over launches"},
           {"p99", "p99", Written::number, "99th percentile over launches"},
           {"unit", "unit", Written::text, "of the values in files"},
           {"calls", "calls", Written::count, "behind the value, median over launches"},
           {"p_holm", "p (Holm)", Written::number, "Mann-Whitney, corrected over all rows"}}) {
    table.columns.push_back(column);
  }
  return table;
}

TableCell real(const std::optional<double>& value) { return value ? TableCell(*value) : TableCell(); }

// A column has one unit in files, but rows of different metrics on screen: values are texts with units there.
void add_rows(TableData& table, const Comparison& comparison, SeriesLooks& looks, const std::string* panel) {
  for (const ComparedRow& row : comparison.rows) {
    for (std::size_t i = 0; i < row.series.size(); ++i) {
      const Summary& summary = row.series[i].summary;
      const Contrast& contrast = row.contrasts[i];
      const bool there = summary.count > 0, baseline = i == comparison.options.baseline;
      TableRow out;
      if (panel != nullptr) out.cells.emplace_back(*panel);
      const auto value = [&](double number) { return there ? TableCell(number) : TableCell(); };
      out.cells.insert(
          out.cells.end(),
          {metric_name(row.metric, row.subject), row.subject.procedure,
           row.subject.size_class ? TableCell(size_class_name(*row.subject.size_class)) : TableCell(std::string()),
           comparison.series[i].name, static_cast<std::int64_t>(summary.count), value(summary.median),
           summary.interval ? TableCell(summary.interval->low) : TableCell(),
           summary.interval ? TableCell(summary.interval->high) : TableCell(), baseline ? TableCell() : real(contrast.ratio),
           !baseline && contrast.ratio_interval ? TableCell(contrast.ratio_interval->low) : TableCell(),
           !baseline && contrast.ratio_interval ? TableCell(contrast.ratio_interval->high) : TableCell(),
           baseline ? std::string("baseline") : std::string(verdict_text(contrast.verdict)), value(summary.q95),
           value(summary.q99), metric_unit(row.metric, row.subject), row.series[i].calls,
           baseline ? TableCell() : real(contrast.p_holm)});
      out.look = looks.look_of(comparison.series[i].name);
      out.key = row.subject.procedure;
      table.rows.push_back(std::move(out));
    }
  }
}

// One metric in the table: its columns can have its unit.
void set_units(TableData& table, const Comparison& comparison) {
  Written written = Written::number;
  if (!comparison.rows.empty()) {
    written = written_of(metric_info(comparison.rows.front().metric));
    for (const ComparedRow& row : comparison.rows) {
      if (written_of(metric_info(row.metric)) != written) written = Written::number;
    }
  }
  for (TableColumn& column : table.columns) {
    for (const std::string_view name : {"median", "ci_low", "ci_high", "p95", "p99"}) {
      if (column.name == name) column.written = written;
    }
  }
}

// "openmpi tcp: run time ×1.312 of openmpi shm, slower"; of many series the one that differs most.
std::string headline_of(const Comparison& comparison) {
  if (comparison.rows.empty() || comparison.series.size() < 2) return "";
  const ComparedRow& row = comparison.rows.front();
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
  if (contrast.verdict == Verdict::not_shown) verdict = "not shown to differ";
  if (contrast.verdict == Verdict::too_few) verdict = "too few launches for a verdict";
  std::string text = fmt::format("{}: {}{} {} of {}, {}", comparison.series[best].name, metric_title(metric_info(row.metric)),
                                 row.subject.procedure.empty() ? "" : " of " + row.subject.procedure,
                                 cell_text(*contrast.ratio, Written::ratio), comparison.series[base].name, verdict);
  if (contrast.p_holm) text += fmt::format(" (p = {:.2g})", *contrast.p_holm);
  if (contrast.more_launches) text += fmt::format("; {} more launches of each would settle it", *contrast.more_launches);
  return text;
}

std::vector<std::string> panel_values(const PageRequest& request) {
  std::vector<std::string> values;
  if (request.state.panel_by.empty()) return {""};
  for (const RunInfo& run : chosen_runs(request.study, request.state)) {
    const std::string value = factor_value(run, request.state.panel_by).value_or("");
    if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
  }
  constexpr std::size_t kMostPanels = 12;
  if (values.size() > kMostPanels) values.resize(kMostPanels);
  return values;
}

std::string panel_title(const std::string& factor, const std::string& value) {
  return factor == "ranks" || factor == "nodes" ? value + " " + factor : value.empty() ? "(none)" : value;
}

Result<void> add_panel(PageRequest& request, const ViewState& state, const std::string& title, PageContent& content) {
  PageRequest part{request.study, state, request.looks, request.cache};
  Result<Loaded> loaded = load_series(part, content);
  if (!loaded) return loaded.error();
  request.looks = part.looks;
  const ViewState full = completed(state, loaded->profiles);
  Result<Comparison> comparison = compare(loaded->profiles, loaded->choice.under_test, options_of(full));
  if (!comparison) return comparison.error();
  plot::FigureSpec figure = figure_of({loaded->profiles, full, request.looks, *comparison});
  figure.panels[0].title = title;
  if (content.figures.empty()) {
    content.tables.push_back(empty_table(!title.empty()));
    content.warnings.insert(content.warnings.end(), comparison->warnings.begin(), comparison->warnings.end());
    content.headline = title.empty() ? headline_of(*comparison) : "";
    set_units(content.tables[0], *comparison);
    content.figures.push_back(std::move(figure));
  } else if (content.figures[0].unit == figure.unit) {
    content.figures[0].panels.push_back(std::move(figure.panels[0]));
  } else {
    content.warnings.push_back("Panel '" + title + "' has another unit and is only in the table.");
  }
  add_rows(content.tables[0], *comparison, request.looks, title.empty() ? nullptr : &title);
  return {};
}

}  // namespace

Result<PageContent> compare_content(PageRequest& request) {
  PageContent content;
  for (const std::string& value : panel_values(request)) {
    ViewState state = request.state;
    std::string title;
    if (!state.panel_by.empty()) {
      state.filters.push_back({state.panel_by, {value}});
      title = panel_title(state.panel_by, value);
    }
    const Result<void> added = add_panel(request, state, title, content);
    if (added) continue;
    if (title.empty()) return added.error();
    content.warnings.push_back(title + ": " + added.message());
  }
  std::vector<std::string> names;  // of all panels, each once, the baseline first
  for (const std::string& name : content.series) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  content.series = std::move(names);
  if (content.figures.empty() || plot::is_empty(content.figures[0])) {
    content.message = "These runs have no value of this metric here: choose another metric or procedure.";
  }
  return content;
}

}  // namespace tulkki
