// SPDX-License-Identifier: GPL-3.0-or-later
// The Compare page: one figure in the chosen form, one panel for each value of the panel factor, and the exact table.
#include <algorithm>
#include <fmt/format.h>

#include "viewer/analysis/factors.h"
#include "viewer/model/compare_figures.h"
#include "viewer/model/compare_table.h"
#include "viewer/model/measured_content.h"
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

// Whether there is a curve to draw: two sizes of messages or more. Calls without a message have no place on the axis.
bool has_sizes(const std::vector<SeriesProfile>& profiles, Metric metric, const std::string& procedure) {
  return std::any_of(profiles.begin(), profiles.end(), [&](const SeriesProfile& profile) {
    const std::vector<CurvePoint> points = curve(profile, metric, procedure);
    return std::count_if(points.begin(), points.end(), [](const CurvePoint& point) { return point.bytes > 0; }) > 1;
  });
}

// Forms over sizes and metrics of calls need a procedure: the one with most time, unless the user chose one.
ViewState completed(ViewState state, const std::vector<SeriesProfile>& profiles) {
  const MetricInfo& metric = metric_info(metric_named(state.metric).value_or(Metric::wall_time));
  const bool needs = state.form == CompareForm::curve || !metric.of_run;
  const std::vector<std::string> procedures = procedures_by_time(profiles);
  const bool known = std::find(procedures.begin(), procedures.end(), state.procedure) != procedures.end();
  if (!known) state.procedure.clear();
  if (needs && state.procedure.empty()) {
    const auto has_value = [&](const std::string& name) {
      return std::any_of(profiles.begin(), profiles.end(), [&](const SeriesProfile& profile) {
        return !observations(profile, metric.metric, {name, std::nullopt}).empty();
      });
    };
    auto chosen = procedures.end();
    if (state.form == CompareForm::curve) {
      chosen = std::find_if(procedures.begin(), procedures.end(),
                            [&](const std::string& name) { return has_sizes(profiles, metric.metric, name); });
    }
    if (chosen == procedures.end()) chosen = std::find_if(procedures.begin(), procedures.end(), has_value);
    if (chosen != procedures.end()) state.procedure = *chosen;
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

// A column has one unit in files, but rows of different metrics on screen: then values are written without.
void fill_table(TableData& table, const Comparison& comparison, SeriesLooks& looks, const std::string* panel) {
  for (const ComparedRow& row : comparison.rows) {
    const MetricInfo& metric = metric_info(row.metric);
    const TableCell size = row.subject.size_class ? TableCell(size_class_name(*row.subject.size_class)) : TableCell(std::string());
    add_comparison_row(table, comparison, row, {std::string(metric.name), std::string(metric.unit), row.subject.procedure, size}, looks,
                       panel);
  }
}

Written written_of_all(const Comparison& comparison) {
  if (comparison.rows.empty()) return Written::number;
  const Written written = written_of(metric_info(comparison.rows.front().metric));
  const bool same = std::all_of(comparison.rows.begin(), comparison.rows.end(), [&](const ComparedRow& row) {
    return written_of(metric_info(row.metric)) == written;
  });
  return same ? written : Written::number;
}

std::string headline_of_first(const Comparison& comparison) {
  if (comparison.rows.empty() || comparison.series.size() < 2) return "";
  const ComparedRow& row = comparison.rows.front();
  const std::string of = row.subject.procedure.empty() ? "" : " of " + row.subject.procedure;
  return headline_of(comparison, row, metric_title(metric_info(row.metric)) + of);
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
  offer_measured(*loaded, content);
  if (is_measured(state.metric)) return add_measured_panel(request, state, *loaded, title, content);
  const ViewState full = completed(state, loaded->profiles);
  Result<Comparison> comparison = compare(loaded->profiles, loaded->choice.under_test, options_of(full));
  if (!comparison) return comparison.error();
  plot::FigureSpec figure = figure_of({loaded->profiles, full, request.looks, *comparison});
  figure.panels[0].title = title;
  if (content.figures.empty()) {
    content.tables.push_back(comparison_table("procedure", !title.empty()));
    content.warnings.insert(content.warnings.end(), comparison->warnings.begin(), comparison->warnings.end());
    content.headline = title.empty() ? headline_of_first(*comparison) : "";
    set_written(content.tables[0], written_of_all(*comparison));
    content.figures.push_back(std::move(figure));
  } else if (content.figures[0].unit == figure.unit) {
    content.figures[0].panels.push_back(std::move(figure.panels[0]));
  } else {
    content.warnings.push_back("Panel '" + title + "' has a different unit, so it is only in the table.");
  }
  fill_table(content.tables[0], *comparison, request.looks, title.empty() ? nullptr : &title);
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
    content.message = "These runs have no values for this: choose another metric or procedure.";
  }
  return content;
}

}  // namespace tulkki
