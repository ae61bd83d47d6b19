// SPDX-License-Identifier: GPL-3.0-or-later
// Rows and verdicts are those of `tulkki compare --within`; here they get places and units.
#include "viewer/model/points_content.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "viewer/analysis/comparison.h"
#include "viewer/model/units.h"

namespace tulkki {
namespace {

// Series of a row stand beside each other within this share of the distance between rows.
constexpr double kSpread = 0.44;

std::string title_of(const ComparedRow& row) {
  if (!row.subject.quantity) return metric_title(metric_info(row.metric));
  std::string title = row.subject.quantity->name;
  if (!title.empty()) title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
  return title;
}

std::string panel_of(const ComparedRow& row) {
  if (row.subject.quantity) return row.subject.quantity->workload;
  return row.subject.procedure;
}

class Drawer {
 public:
  Drawer(const Comparison& comparison, SeriesLooks& looks) : comparison_(comparison), looks_(looks) {}

  plot::FigureSpec figure(const std::vector<std::string>& panels) {
    double greatest = 0;
    for (const ComparedRow& row : comparison_.rows) {
      for (const ComparedSeries& series : row.series)
        if (series.summary.count > 0) greatest = std::max(greatest, series.summary.median);
    }
    const ComparedRow& first = comparison_.rows.front();
    unit_ = printed_unit(metric_unit(first.metric, first.subject), greatest);
    figure_.form = plot::Form::points;
    figure_.metric = metric_name(first.metric, first.subject);
    figure_.unit = unit_.unit;
    figure_.y.label = axis_label(title_of(first), unit_);
    figure_.own_values = panels.size() > 1;
    figure_.x.scale = plot::Scale::category;
    for (const std::string& name : panels) add_panel(name, panels.size() > 1);
    return std::move(figure_);
  }

 private:
  double place_of(const std::string& within) {
    const auto [entry, is_new] = places_.try_emplace(within, static_cast<double>(places_.size()));
    if (is_new) figure_.x.categories.push_back(within);
    return entry->second;
  }

  void add_panel(const std::string& name, bool with_title) {
    plot::Panel panel;
    if (with_title) panel.title = name;
    const std::size_t count = comparison_.series.size();
    for (std::size_t i = 0; i < count; ++i) {
      plot::Series series;
      series.name = comparison_.series[i].name;
      series.look = looks_.look_of(comparison_.series[i].name);
      series.baseline = i == comparison_.options.baseline;
      const double shift = count > 1 ? kSpread * (static_cast<double>(i) / static_cast<double>(count - 1) - 0.5) : 0;
      for (const ComparedRow& row : comparison_.rows) {
        const Summary& summary = row.series[i].summary;
        if (panel_of(row) != name || summary.count == 0) continue;
        plot::Point point{place_of(row.within) + shift, summary.median * unit_.factor, {}, {}, static_cast<int>(summary.count), ""};
        if (summary.interval) {
          point.low = summary.interval->low * unit_.factor;
          point.high = summary.interval->high * unit_.factor;
        }
        if (!series.baseline) point.note = verdict_text(row.contrasts[i].verdict);
        series.points.push_back(std::move(point));
      }
      panel.series.push_back(std::move(series));
    }
    figure_.panels.push_back(std::move(panel));
  }

  const Comparison& comparison_;
  SeriesLooks& looks_;
  plot::FigureSpec figure_;
  DisplayUnit unit_;
  std::map<std::string, double> places_;
};

}  // namespace

Result<PageContent> points_content(PageRequest& request, const PointsQuery& query) {
  PageContent content;
  Result<Loaded> loaded = load_series(request, content);
  if (!loaded) return loaded.error();
  const MetricChoice choice = metric_choice(request.state.metric);
  ComparisonOptions options{.metrics = {choice.metric}, .within = query.rows};
  if (choice.metric == Metric::measurement) {
    options.quantities.workloads = query.workloads;
    if (!choice.quantity.empty()) options.quantities.names = {choice.quantity};
  } else if (!metric_info(choice.metric).of_run || !request.state.procedure.empty()) {
    options.procedures = {request.state.procedure};
  }
  const Result<Comparison> comparison = compare(loaded->profiles, loaded->choice.under_test, options);
  if (!comparison) return comparison.error();
  if (comparison->rows.empty()) {
    content.message = "these runs have no values of " + request.state.metric;
    return content;
  }
  std::vector<std::string> panels = query.workloads;
  for (const ComparedRow& row : comparison->rows) {
    if (std::find(panels.begin(), panels.end(), panel_of(row)) == panels.end()) panels.push_back(panel_of(row));
  }
  content.warnings.insert(content.warnings.end(), comparison->warnings.begin(), comparison->warnings.end());
  content.figures.push_back(Drawer(*comparison, request.looks).figure(panels));
  return content;
}

}  // namespace tulkki
