// SPDX-License-Identifier: GPL-3.0-or-later
// Values are in the units that programs print, as in `tulkki compare`; on axes they get the prefix that suits them.
#include "viewer/model/measured_content.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <map>

#include "viewer/analysis/comparison.h"
#include "viewer/analysis/factors.h"
#include "viewer/model/compare_figures.h"
#include "viewer/model/compare_table.h"
#include "viewer/model/units.h"

namespace tulkki {
namespace {

constexpr std::string_view kPrefix = "measured:";

// What is printed under one name in two units is two metrics.
struct MeasuredMetric {
  std::string name, unit;
  bool ambiguous = false;  // the name alone does not tell
  std::string text() const { return std::string(kPrefix) + name + (ambiguous ? ":" + unit : ""); }
};

std::vector<MeasuredMetric> measured_metrics(const Loaded& loaded) {
  std::vector<MeasuredMetric> metrics;
  for (const Quantity& quantity : quantities(loaded.profiles)) {
    const auto same = [&](const MeasuredMetric& one) { return one.name == quantity.name && one.unit == quantity.unit; };
    if (std::none_of(metrics.begin(), metrics.end(), same)) metrics.push_back({quantity.name, quantity.unit});
  }
  for (MeasuredMetric& metric : metrics) {
    metric.ambiguous = std::count_if(metrics.begin(), metrics.end(), [&](const MeasuredMetric& one) { return one.name == metric.name; }) > 1;
  }
  return metrics;
}

std::vector<std::string> workloads_of(const Loaded& loaded, const MeasuredMetric& metric) {
  std::vector<std::string> workloads;
  for (const Quantity& quantity : quantities(loaded.profiles, {{metric.name}, {}, {}})) {
    if (quantity.unit == metric.unit && (workloads.empty() || workloads.back() != quantity.workload)) workloads.push_back(quantity.workload);
  }
  return workloads;
}

// The unit can be left out where one name has one unit; else the first is taken.
const MeasuredMetric* find(const std::vector<MeasuredMetric>& metrics, const std::string& wanted) {
  for (const MeasuredMetric& metric : metrics) {
    const std::string name = std::string(kPrefix) + metric.name;
    if (name == wanted || name + ":" + metric.unit == wanted) return &metric;
  }
  return nullptr;
}

std::string capital(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

struct MeasuredSubject {
  MeasuredMetric metric;
  std::string workload;  // empty: all, as rows beside each other
};

// Rows by workload and size.
Result<Comparison> compare_measured(const Loaded& loaded, const MeasuredSubject& subject) {
  ComparisonOptions options;
  options.metrics = {Metric::measurement};
  options.quantities.names = {subject.metric.name};
  if (!subject.workload.empty()) options.quantities.workloads = {subject.workload};
  Result<Comparison> comparison = compare(loaded.profiles, loaded.choice.under_test, options);
  if (comparison) std::erase_if(comparison->rows, [&](const ComparedRow& row) { return row.subject.quantity->unit != subject.metric.unit; });
  return comparison;
}

struct Input {
  const std::vector<SeriesProfile>& profiles;
  const Comparison& comparison;
  const MeasuredSubject& subject;
  const ViewState& state;
  SeriesLooks& looks;

  const std::vector<ComparedRow>& rows() const { return comparison.rows; }
  std::size_t series_count() const { return comparison.series.size(); }
  std::int64_t bytes(std::size_t row) const { return rows()[row].subject.quantity->bytes; }
  bool has_sizes() const { return rows().size() > 1 && bytes(rows().size() - 1) > 0 && !subject.workload.empty(); }
};

plot::FigureSpec started(const Input& input, plot::Form form) {
  plot::FigureSpec figure;
  figure.form = form;
  figure.metric = input.subject.metric.name;
  figure.title = input.subject.workload;
  figure.panels.emplace_back();
  return figure;
}

plot::Series named(const Input& input, std::size_t index) {
  plot::Series series;
  series.name = input.comparison.series[index].name;
  series.look = input.looks.look_of(series.name);
  series.baseline = index == 0;
  return series;
}

void name_y(plot::FigureSpec& figure, const Input& input, double greatest, double& factor) {
  const DisplayUnit unit = printed_unit(input.subject.metric.unit, greatest);
  factor = unit.factor;
  figure.unit = unit.unit;
  figure.y.label = axis_label(capital(input.subject.metric.name), unit);
}

// Row for the forms that show one size: the marked one, else the largest.
std::size_t chosen_row(const Input& input) {
  for (std::size_t i = 0; i < input.rows().size() && input.state.size_class; ++i) {
    const std::int64_t bytes = input.bytes(i);
    if (bytes > 0 && static_cast<std::int64_t>(std::floor(std::log2(static_cast<double>(bytes)))) + 1 == *input.state.size_class) return i;
  }
  return input.rows().size() - 1;
}

std::string row_name(const Input& input, std::size_t row) {
  const std::string size = input.bytes(row) > 0 ? cell_text(input.bytes(row), Written::bytes) : "";
  if (!input.subject.workload.empty()) return size;
  return input.rows()[row].subject.quantity->workload + (size.empty() ? "" : " " + size);
}

double greatest_of(const Input& input) {
  double greatest = 0;
  for (const ComparedRow& row : input.rows()) {
    for (const ComparedSeries& series : row.series) greatest = std::max(greatest, series.summary.count > 0 ? series.summary.maximum : 0);
  }
  return greatest;
}

plot::FigureSpec curve_form(const Input& input) {
  plot::FigureSpec figure = started(input, plot::Form::curve);
  double factor = 1;
  name_y(figure, input, greatest_of(input), factor);
  figure.x = size_axis();
  figure.y.scale = plot::Scale::log10;
  for (std::size_t i = 0; i < input.series_count(); ++i) {
    plot::Series series = named(input, i);
    for (std::size_t row = 0; row < input.rows().size(); ++row) {
      const Summary& summary = input.rows()[row].series[i].summary;
      const auto bytes = static_cast<double>(input.bytes(row));
      if (summary.count > 0 && bytes > 0) series.points.push_back(point_of(bytes, summary, factor));
    }
    figure.panels[0].series.push_back(std::move(series));
  }
  return figure;
}

plot::FigureSpec ratio_form(const Input& input) {
  plot::FigureSpec figure = started(input, plot::Form::ratio);
  figure.y.label = capital(input.subject.metric.name) + " relative to " + input.comparison.series.front().name;
  figure.references.push_back({1, ""});
  if (input.has_sizes()) figure.x = size_axis();
  else figure.x.scale = plot::Scale::category;
  for (std::size_t i = 1; i < input.series_count(); ++i) figure.panels[0].series.push_back(named(input, i));
  for (std::size_t row = 0; row < input.rows().size(); ++row) {
    const double place = input.has_sizes() ? static_cast<double>(input.bytes(row)) : static_cast<double>(figure.x.categories.size());
    for (std::size_t i = 1; i < input.series_count(); ++i) {
      const Contrast& contrast = input.rows()[row].contrasts[i];
      if (!contrast.ratio || (input.has_sizes() && place <= 0)) continue;
      plot::Point point{place, *contrast.ratio, {}, {}, static_cast<int>(input.rows()[row].series[i].summary.count), std::string(verdict_text(contrast.verdict))};
      if (contrast.ratio_interval) {
        point.low = contrast.ratio_interval->low;
        point.high = contrast.ratio_interval->high;
      }
      figure.panels[0].series[i - 1].points.push_back(std::move(point));
    }
    if (!input.has_sizes()) figure.x.categories.push_back(row_name(input, row));
  }
  scale_ratios(figure);
  return figure;
}

plot::FigureSpec box_form(const Input& input) {
  plot::FigureSpec figure = started(input, plot::Form::box);
  const std::size_t chosen = chosen_row(input);
  const ComparedRow& row = input.rows()[chosen];
  double greatest = 0, factor = 1;
  for (const ComparedSeries& series : row.series) greatest = std::max(greatest, series.summary.count > 0 ? series.summary.maximum : 0);
  name_y(figure, input, greatest, factor);
  if (input.bytes(chosen) > 0) figure.title += " " + cell_text(input.bytes(chosen), Written::bytes);
  figure.x.scale = plot::Scale::category;
  for (std::size_t i = 0; i < row.series.size(); ++i) {
    if (row.series[i].summary.count == 0) continue;
    plot::Series series = named(input, i);
    series.boxes.push_back(box_of(static_cast<double>(figure.x.categories.size()), row.series[i].summary, row.series[i].values, factor));
    figure.x.categories.push_back(series.name);
    figure.panels[0].series.push_back(std::move(series));
  }
  return figure;
}

plot::FigureSpec cdf_form(const Input& input) {
  plot::FigureSpec figure = started(input, plot::Form::cdf);
  const ComparedRow& row = input.rows()[chosen_row(input)];
  const DisplayUnit unit = printed_unit(input.subject.metric.unit, greatest_of(input));
  figure.metric = "share";
  figure.y.label = "Share of launches";
  figure.x.label = axis_label(capital(input.subject.metric.name), unit);
  figure.x.scale = plot::Scale::log10;
  for (std::size_t i = 0; i < row.series.size(); ++i) {
    plot::Series series = named(input, i);
    std::vector<double> values = row.series[i].values;
    for (double& value : values) value *= unit.factor;
    series.points = steps_of(std::move(values));
    figure.panels[0].series.push_back(std::move(series));
  }
  return figure;
}

plot::FigureSpec scaling_form(const Input& input) {
  plot::FigureSpec figure = started(input, plot::Form::scaling);
  const ComparedRow& row = input.rows()[chosen_row(input)];
  const std::string factor_name = input.state.x.empty() ? "ranks" : input.state.x;
  double factor = 1;
  name_y(figure, input, greatest_of(input), factor);
  figure.x.label = capital(factor_name);
  figure.x.scale = plot::Scale::log2;
  figure.y.scale = plot::Scale::log10;
  for (std::size_t i = 0; i < row.series.size(); ++i) {
    plot::Series series = named(input, i);
    std::map<double, std::vector<double>> places;
    for (const LaunchProfile& launch : input.profiles[i].launches) {
      const std::optional<double> value = metric_value(launch, Metric::measurement, row.subject);
      const double place = std::atof(factor_value(launch.run, factor_name).value_or("0").c_str());
      if (value && place > 0) places[place].push_back(*value);
    }
    for (const auto& [place, values] : places) series.points.push_back(point_of(place, summarize(values), factor));
    if (!series.points.empty()) figure.panels[0].series.push_back(std::move(series));
  }
  return figure;
}

plot::FigureSpec figure_of(const Input& input) {
  switch (input.state.form) {
    case CompareForm::ratio: return ratio_form(input);
    case CompareForm::cdf: return cdf_form(input);
    case CompareForm::scaling: return scaling_form(input);
    case CompareForm::curve: return input.has_sizes() ? curve_form(input) : box_form(input);
    case CompareForm::box:
    case CompareForm::stacked: break;
  }
  return box_form(input);
}

}  // namespace

bool is_measured(const std::string& metric) { return metric.starts_with(kPrefix); }

std::string measured_title(const std::string& metric) {
  const std::string text = metric.substr(kPrefix.size());
  const std::size_t colon = text.rfind(':');
  return capital(text.substr(0, colon)) + (colon == std::string::npos ? " (measured)" : " (" + text.substr(colon + 1) + ", measured)");
}

void offer_measured(const Loaded& loaded, PageContent& content) {
  for (const MeasuredMetric& metric : measured_metrics(loaded)) {
    const std::string name = metric.text();
    if (std::find(content.measured.begin(), content.measured.end(), name) == content.measured.end()) content.measured.push_back(name);
  }
}

Result<void> add_measured_panel(PageRequest& request, const ViewState& state, const Loaded& loaded, const std::string& title,
                                PageContent& content) {
  const std::vector<MeasuredMetric> metrics = measured_metrics(loaded);
  const MeasuredMetric* metric = find(metrics, state.metric);
  if (metric == nullptr) {
    std::string known;
    for (const MeasuredMetric& one : metrics) known += (known.empty() ? "" : ", ") + one.name;
    return Error{metrics.empty() ? "These runs have no measurements printed by programs: `tulkki bench` and `tulkki sweep` record them."
                                 : fmt::format("No program here measured {}; there are measurements of {}.", state.metric.substr(kPrefix.size()), known)};
  }
  const std::vector<std::string> workloads = workloads_of(loaded, *metric);
  MeasuredSubject subject{*metric, state.workload};
  const bool known = std::find(workloads.begin(), workloads.end(), state.workload) != workloads.end();
  if (!known) subject.workload = state.form == CompareForm::ratio && workloads.size() > 1 ? "" : workloads.front();
  const Result<Comparison> measured = compare_measured(loaded, subject);
  if (!measured) return measured.error();
  plot::FigureSpec figure = figure_of({loaded.profiles, *measured, subject, state, request.looks});
  figure.panels[0].title = title;
  if (content.figures.empty()) {
    content.workloads = workloads;
    content.workload = subject.workload;
    content.tables.push_back(comparison_table("workload", !title.empty()));
    content.warnings.insert(content.warnings.end(), measured->warnings.begin(), measured->warnings.end());
    if (title.empty() && measured->rows.size() == 1 && measured->series.size() > 1) {
      content.headline = headline_of(*measured, measured->rows[0], capital(metric->name) + " of " + subject.workload);
    }
    content.figures.push_back(std::move(figure));
  } else if (content.figures[0].unit == figure.unit) {
    content.figures[0].panels.push_back(std::move(figure.panels[0]));
  } else {
    content.warnings.push_back("Panel '" + title + "' has a different unit, so it is only in the table.");
  }
  for (const ComparedRow& row : measured->rows) {
    const Quantity& quantity = *row.subject.quantity;
    add_comparison_row(content.tables[0], *measured, row, {metric_name(row.metric, row.subject), quantity.unit, quantity.workload, quantity.bytes},
                       request.looks, title.empty() ? nullptr : &title);
  }
  return {};
}

}  // namespace tulkki
