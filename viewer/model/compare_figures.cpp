// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers come from viewer/analysis; here they get axes and units.
#include "viewer/model/compare_figures.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "viewer/analysis/factors.h"
#include "viewer/model/units.h"

namespace tulkki {
namespace {

using plot::FigureSpec;
using plot::Form;
using plot::Scale;

const MetricInfo& metric_of(const ViewState& state) {
  return metric_info(metric_named(state.metric).value_or(Metric::wall_time));
}

plot::Series named(const FigureInput& input, const std::string& name) {
  plot::Series series;
  series.name = name;
  series.look = input.looks.look_of(name);
  series.baseline = name == input.profiles.front().series.name;
  return series;
}

FigureSpec started(const FigureInput& input, Form form) {
  FigureSpec figure;
  figure.form = form;
  figure.metric = std::string(metric_of(input.state).name);
  if (!input.state.procedure.empty()) figure.title = input.state.procedure;
  figure.panels.emplace_back();
  return figure;
}

// What cannot be seen is not drawn, and needs no line in the legend.
constexpr double kLeastDoubt = 0.002;  // share of the value

void add_doubt(FigureSpec& figure, double x, double value, double band) {
  if (band > 0 && value > 0) figure.panels[0].doubts.push_back({x, value - band, value + band});
}

void drop_small_doubts(FigureSpec& figure) {
  std::vector<plot::Doubt>& doubts = figure.panels[0].doubts;
  const bool any = std::any_of(doubts.begin(), doubts.end(), [](const plot::Doubt& doubt) {
    return doubt.high - doubt.low > kLeastDoubt * (doubt.high + doubt.low);
  });
  if (!any) doubts.clear();
}

void name_y(FigureSpec& figure, const std::string& title, const DisplayUnit& unit) {
  figure.unit = unit.unit;
  figure.y.label = axis_label(title, unit);
}

}  // namespace

plot::Point point_of(double x, const Summary& summary, double factor) {
  plot::Point point;
  point.x = x;
  point.y = summary.median * factor;
  if (summary.interval) {
    point.low = summary.interval->low * factor;
    point.high = summary.interval->high * factor;
  }
  point.launches = static_cast<int>(summary.count);
  return point;
}

plot::Axis size_axis() {
  plot::Axis axis;
  axis.label = "Message size";
  axis.scale = Scale::log2;
  axis.quantity = plot::Quantity::bytes;
  return axis;
}

void scale_ratios(plot::FigureSpec& figure) {
  constexpr double kFar = 3;
  double least = 1, most = 1;
  for (const plot::Panel& panel : figure.panels) {
    for (const plot::Series& series : panel.series) {
      for (const plot::Point& point : series.points) {
        if (!(point.y > 0)) return;
        least = std::min(least, point.y);
        most = std::max(most, point.y);
      }
    }
  }
  if (most / least > kFar) figure.y.scale = plot::Scale::log10;
}

plot::Box box_of(double x, const Summary& summary, std::vector<double> values, double factor) {
  plot::Box box;
  box.x = x;
  box.minimum = summary.minimum * factor;
  box.lower_quartile = summary.q25 * factor;
  box.median = summary.median * factor;
  box.upper_quartile = summary.q75 * factor;
  box.maximum = summary.maximum * factor;
  box.values = std::move(values);
  for (double& value : box.values) value *= factor;
  return box;
}

std::vector<plot::Point> steps_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  std::vector<plot::Point> points;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double below = static_cast<double>(i), count = static_cast<double>(values.size());
    if (i == 0) points.push_back({values[i], 0, {}, {}, 0, {}});
    points.push_back({values[i], (below + 1) / count, {}, {}, 0, {}});
  }
  return points;
}

FigureSpec curve_figure(const FigureInput& input) {
  FigureSpec figure = started(input, Form::curve);
  const MetricInfo& metric = metric_of(input.state);
  std::vector<std::vector<CurvePoint>> curves;
  double greatest = 0;
  for (const SeriesProfile& profile : input.profiles) {
    curves.push_back(curve(profile, metric.metric, input.state.procedure));
    for (const CurvePoint& point : curves.back()) greatest = std::max(greatest, point.value.median);
  }
  const DisplayUnit unit = display_unit(std::string(metric.unit), greatest);
  figure.x = size_axis();
  figure.y.scale = Scale::log10;
  name_y(figure, metric_title(metric), unit);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    plot::Series series = named(input, input.profiles[i].series.name);
    for (const CurvePoint& point : curves[i]) {
      if (point.value.count == 0 || point.bytes <= 0) continue;
      series.points.push_back(point_of(point.bytes, point.value, unit.factor));
      if (i == 0) add_doubt(figure, point.bytes, point.value.median * unit.factor, point.band * unit.factor);
    }
    figure.panels[0].series.push_back(std::move(series));
  }
  drop_small_doubts(figure);
  return figure;
}

FigureSpec ratio_figure(const FigureInput& input) {
  FigureSpec figure = started(input, Form::ratio);
  const bool by_size = !input.state.procedure.empty();
  figure.y.label = metric_title(metric_of(input.state)) + " relative to " + input.profiles.front().series.name;
  figure.references.push_back({1, ""});
  if (by_size) figure.x = size_axis();
  else figure.x.scale = Scale::category;
  for (std::size_t i = 1; i < input.profiles.size(); ++i) figure.panels[0].series.push_back(named(input, input.profiles[i].series.name));
  std::map<std::pair<std::size_t, std::int64_t>, double> places;
  for (std::size_t i = 0; i < input.profiles.size() && by_size; ++i) {
    for (const CurvePoint& point : curve(input.profiles[i], metric_of(input.state).metric, input.state.procedure)) {
      places[{i, point.size_class}] = point.bytes;
    }
  }
  for (const ComparedRow& row : input.comparison.rows) {
    bool used = false;
    double doubt = 0, place = 0;
    for (std::size_t i = 1; i < row.contrasts.size(); ++i) {
      const Contrast& contrast = row.contrasts[i];
      if (!contrast.ratio) continue;
      plot::Point point;
      point.x = by_size ? places[{i, row.subject.size_class.value_or(0)}] : static_cast<double>(figure.x.categories.size());
      point.y = *contrast.ratio;
      if (contrast.ratio_interval) {
        point.low = contrast.ratio_interval->low;
        point.high = contrast.ratio_interval->high;
      }
      point.launches = static_cast<int>(row.series[i].summary.count);
      point.note = verdict_text(contrast.verdict);
      if (by_size && point.x <= 0) continue;
      place = point.x;
      figure.panels[0].series[i - 1].points.push_back(std::move(point));
      used = true;
      doubt = row.series[0].band / row.series[0].summary.median;  // what is as long has the same band
    }
    if (used) add_doubt(figure, place, 1, doubt);
    if (!by_size && used) {
      figure.x.categories.push_back(row.subject.procedure.empty() ? metric_title(metric_info(row.metric)) : row.subject.procedure);
    }
  }
  drop_small_doubts(figure);
  scale_ratios(figure);
  return figure;
}

FigureSpec cdf_figure(const FigureInput& input) {
  FigureSpec figure = started(input, Form::cdf);
  const MetricInfo& metric = metric_of(input.state);
  const bool of_calls = !input.state.procedure.empty();
  figure.metric = "share";
  figure.y.label = of_calls ? "Share of calls" : "Share of launches";
  figure.x.label = of_calls ? "Time of a call" : metric_title(metric);
  figure.x.scale = Scale::log10;
  figure.x.quantity = of_calls || metric.unit == "ns" ? plot::Quantity::duration : plot::Quantity::number;
  for (const SeriesProfile& profile : input.profiles) {
    plot::Series series = named(input, profile.series.name);
    if (of_calls) {
      Histogram all;
      for (const LaunchProfile& launch : profile.launches) {
        const auto found = launch.procedures.find(input.state.procedure);
        if (found != launch.procedures.end()) all.merge(found->second.all.durations);
      }
      const double calls = static_cast<double>(all.count());
      double seen = 0;
      for (const Histogram::Bucket& bucket : all.buckets()) {
        if (series.points.empty()) series.points.push_back({std::max(bucket.lower_ns, 1e-3), 0, {}, {}, 0, {}});
        seen += static_cast<double>(bucket.count);
        series.points.push_back({bucket.upper_ns, seen / calls, {}, {}, 0, {}});
      }
    } else {
      series.points = steps_of(observations(profile, metric.metric, {}));
    }
    figure.panels[0].series.push_back(std::move(series));
  }
  return figure;
}

FigureSpec box_figure(const FigureInput& input) {
  FigureSpec figure = started(input, Form::box);
  const MetricInfo& metric = metric_of(input.state);
  const Subject subject{input.state.procedure, input.state.procedure.empty() ? std::nullopt : input.state.size_class};
  std::vector<Summary> summaries;
  double greatest = 0, band = 0;
  for (const SeriesProfile& profile : input.profiles) {
    summaries.push_back(summarize(observations(profile, metric.metric, subject)));
    greatest = std::max(greatest, summaries.back().count > 0 ? summaries.back().maximum : 0);
  }
  for (const LaunchProfile& launch : input.profiles.front().launches) band = std::max(band, recorder_band(launch, metric.metric, subject));
  const DisplayUnit unit = display_unit(std::string(metric.unit), greatest);
  name_y(figure, metric_title(metric), unit);
  figure.x.scale = Scale::category;
  for (std::size_t i = 0; i < input.profiles.size(); ++i) {
    const Summary& summary = summaries[i];
    if (summary.count == 0) continue;
    plot::Series series = named(input, input.profiles[i].series.name);
    plot::Box box = box_of(static_cast<double>(figure.x.categories.size()), summary, observations(input.profiles[i], metric.metric, subject), unit.factor);
    add_doubt(figure, box.x, summaries[0].count > 0 ? summaries[0].median * unit.factor : 0, band * unit.factor);
    figure.x.categories.push_back(series.name);
    series.boxes.push_back(std::move(box));
    figure.panels[0].series.push_back(std::move(series));
  }
  drop_small_doubts(figure);
  return figure;
}

FigureSpec stacked_figure(const FigureInput& input) {
  constexpr std::size_t kParts = 7;
  FigureSpec figure = started(input, Form::stacked);
  figure.title.clear();
  figure.metric = "share of wall time";
  figure.unit = "%";
  figure.y.label = "Share of wall time in MPI (%)";
  figure.x.scale = Scale::category;
  const std::vector<std::string> procedures = procedures_by_time(input.profiles);
  const std::size_t shown = std::min(procedures.size(), procedures.size() <= kParts + 1 ? procedures.size() : kParts);
  for (std::size_t i = 0; i < shown; ++i) {
    plot::Series part;
    part.name = procedures[i];
    part.look = static_cast<int>(i);
    figure.panels[0].series.push_back(std::move(part));
  }
  if (shown < procedures.size()) {
    plot::Series other;
    other.name = "other";
    figure.panels[0].series.push_back(std::move(other));
  }
  for (const SeriesProfile& profile : input.profiles) {
    const auto place = static_cast<double>(figure.x.categories.size());
    figure.x.categories.push_back(profile.series.name);
    // Totals over totals, all launches together.
    double wall_ns = 0;
    std::map<std::string, double> times;
    for (const LaunchProfile& launch : profile.launches) {
      wall_ns += launch.wall_sum_ns;
      for (const auto& [name, totals] : launch.procedures) times[name] += totals.all.time_ns;
    }
    double rest = 0;
    for (const auto& [name, time] : times) rest += time;
    for (std::size_t i = 0; i < shown; ++i) {
      rest -= times[procedures[i]];
      figure.panels[0].series[i].points.push_back({place, wall_ns > 0 ? 100 * times[procedures[i]] / wall_ns : 0, {}, {}, 0, {}});
    }
    if (shown < procedures.size()) {
      figure.panels[0].series.back().points.push_back({place, wall_ns > 0 ? 100 * std::max(0.0, rest) / wall_ns : 0, {}, {}, 0, {}});
    }
  }
  return figure;
}

FigureSpec scaling_figure(const FigureInput& input) {
  FigureSpec figure = started(input, Form::scaling);
  const MetricInfo& metric = metric_of(input.state);
  const std::string factor = input.state.x.empty() ? "ranks" : input.state.x;
  const Subject subject{input.state.procedure, std::nullopt};
  figure.x.label = factor == "nodes" ? "Nodes" : factor == "ranks" ? "Ranks" : factor;
  figure.x.scale = Scale::log2;
  figure.y.scale = Scale::log10;
  std::map<std::string, std::map<double, std::vector<double>>> values;
  double greatest = 0;
  for (const SeriesProfile& profile : input.profiles) {
    for (const LaunchProfile& launch : profile.launches) {
      const std::optional<double> value = metric_value(launch, metric.metric, subject);
      const double place = std::atof(factor_value(launch.run, factor).value_or("0").c_str());
      if (!value || place <= 0) continue;
      values[profile.series.name][place].push_back(*value);
      greatest = std::max(greatest, *value);
    }
  }
  const DisplayUnit unit = display_unit(std::string(metric.unit), greatest);
  name_y(figure, metric_title(metric), unit);
  for (const SeriesProfile& profile : input.profiles) {
    plot::Series series = named(input, profile.series.name);
    for (const auto& [place, launches] : values[series.name]) series.points.push_back(point_of(place, summarize(launches), unit.factor));
    if (!series.points.empty()) figure.panels[0].series.push_back(std::move(series));
  }
  return figure;
}

}  // namespace tulkki
