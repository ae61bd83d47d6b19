// SPDX-License-Identifier: GPL-3.0-or-later
// The Sizes page: message size against time of call as a density for each series, with the sizes at which the time
// of a call jumps: where the implementation changes its protocol.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>

#include "viewer/analysis/comparison.h"
#include "viewer/model/page_content.h"
#include "viewer/model/protocol_steps.h"
#include "viewer/model/units.h"

namespace tulkki {
namespace {

constexpr int kStepsOfADecade = 8;
constexpr std::size_t kMostPanels = 6;

struct Range {
  std::int64_t low = 64, high = 0;      // size classes
  int first = 1'000'000, last = -1'000'000;  // steps of time
};

int step_of(double ns) { return static_cast<int>(std::floor(std::log10(std::max(ns, 1e-3)) * kStepsOfADecade)); }

// Calls of a procedure (empty: all that move bytes) by size class, all launches of a series together.
std::map<std::int64_t, Histogram> by_size(const SeriesProfile& profile, const std::string& procedure) {
  std::map<std::int64_t, Histogram> result;
  for (const LaunchProfile& launch : profile.launches) {
    for (const auto& [name, totals] : launch.procedures) {
      if (!procedure.empty() && name != procedure) continue;
      for (const auto& [size_class, calls] : totals.by_size) {
        if (size_class > 0 && !calls.durations.empty()) result[size_class].merge(calls.durations);
      }
    }
  }
  return result;
}

void include(Range& range, const std::map<std::int64_t, Histogram>& sizes) {
  for (const auto& [size_class, durations] : sizes) {
    range.low = std::min(range.low, size_class);
    range.high = std::max(range.high, size_class);
    for (const Histogram::Bucket& bucket : durations.buckets()) {
      const int step = step_of((bucket.lower_ns + bucket.upper_ns) / 2);
      range.first = std::min(range.first, step);
      range.last = std::max(range.last, step);
    }
  }
}

plot::Matrix density(const std::map<std::int64_t, Histogram>& sizes, const Range& range) {
  plot::Matrix matrix;
  matrix.columns = static_cast<int>(range.high - range.low + 1);
  matrix.rows = range.last - range.first + 1;
  matrix.values.assign(static_cast<std::size_t>(matrix.columns) * matrix.rows, std::nan(""));
  for (std::int64_t size = range.low; size <= range.high + 1; ++size) matrix.column_edges.push_back(std::exp2(static_cast<double>(size) - 1));
  for (int step = range.first; step <= range.last + 1; ++step) {
    matrix.row_edges.push_back(std::pow(10.0, static_cast<double>(step) / kStepsOfADecade));
  }
  for (const auto& [size_class, durations] : sizes) {
    for (const Histogram::Bucket& bucket : durations.buckets()) {
      const int row = step_of((bucket.lower_ns + bucket.upper_ns) / 2) - range.first;
      double& cell = matrix.values[static_cast<std::size_t>(row) * matrix.columns + static_cast<std::size_t>(size_class - range.low)];
      cell = (std::isnan(cell) ? 0 : cell) + static_cast<double>(bucket.count);
    }
  }
  return matrix;
}

// Of one procedure only: several procedures have several sizes at which something happens. Medians of few calls jump
// by chance.
std::vector<std::int64_t> steps_of(const std::map<std::int64_t, Histogram>& sizes, const std::string& procedure) {
  constexpr std::uint64_t kLeastCalls = 100;
  std::map<std::int64_t, double> medians;
  for (const auto& [size_class, durations] : sizes) {
    if (durations.count() >= kLeastCalls) medians[size_class] = durations.quantile_ns(0.5);
  }
  return procedure.empty() ? std::vector<std::int64_t>{} : protocol_steps(medians);
}

TableData size_table(const Loaded& loaded, const std::string& procedure, SeriesLooks& looks) {
  TableData table{"sizes",
                  "Sizes",
                  {{"series", "series", Written::text, ""},
                   {"size_class", "size", Written::text, "class of message sizes"},
                   {"calls", "calls", Written::count, "of all launches"},
                   {"median_ns", "median", Written::duration, "over all calls"},
                   {"p95_ns", "p95", Written::duration, "over all calls"},
                   {"p99_ns", "p99", Written::duration, "over all calls"},
                   {"step", "protocol", Written::text, "sizes at which the time of a call jumps more than the size"}},
                  {}};
  for (const SeriesProfile& profile : loaded.profiles) {
    const std::map<std::int64_t, Histogram> sizes = by_size(profile, procedure);
    const std::vector<std::int64_t> steps = steps_of(sizes, procedure);
    for (const auto& [size_class, durations] : sizes) {
      const bool step = std::find(steps.begin(), steps.end(), size_class) != steps.end();
      table.rows.push_back({{profile.series.name, size_class_name(size_class), static_cast<std::int64_t>(durations.count()),
                             durations.quantile_ns(0.5), durations.quantile_ns(0.95), durations.quantile_ns(0.99),
                             step ? std::string("switch") : std::string()},
                            looks.look_of(profile.series.name),
                            std::to_string(size_class)});
    }
  }
  return table;
}

}  // namespace

Result<PageContent> sizes_content(PageRequest& request) {
  PageContent content;
  Result<Loaded> loaded = load_series(request, content);
  if (!loaded) return loaded.error();
  std::string procedure = request.state.procedure;
  if (std::find(content.procedures.begin(), content.procedures.end(), procedure) == content.procedures.end()) procedure.clear();
  plot::FigureSpec figure;
  figure.form = plot::Form::density;
  figure.metric = "calls";
  figure.title = procedure.empty() ? "All calls that move data" : procedure;
  figure.x.label = "Message size";
  figure.x.scale = plot::Scale::log2;
  figure.x.quantity = plot::Quantity::bytes;
  figure.y.label = "Time of a call";
  figure.y.scale = plot::Scale::log10;
  figure.y.quantity = plot::Quantity::duration;
  figure.colours.label = "Calls";
  figure.colours.logarithmic = true;
  Range range;
  std::vector<std::map<std::int64_t, Histogram>> all;
  for (const SeriesProfile& profile : loaded->profiles) {
    all.push_back(by_size(profile, procedure));
    include(range, all.back());
  }
  if (range.high == 0) {
    content.message = "No call here has a message size: choose another procedure.";
    return content;
  }
  for (std::size_t i = 0; i < all.size() && i < kMostPanels; ++i) {
    plot::Panel panel;
    panel.title = loaded->profiles[i].series.name;
    panel.matrix = density(all[i], range);
    std::map<std::int64_t, double> medians;
    for (const auto& [size_class, durations] : all[i]) medians[size_class] = durations.quantile_ns(0.5);
    // The median as a line over the density, switches as notes on it.
    plot::Series line;
    line.name = panel.title;
    line.look = 6;
    const std::vector<std::int64_t> steps = steps_of(all[i], procedure);
    for (const auto& [size_class, ns] : medians) {
      const auto [low, high] = size_class_range(size_class);
      const bool step = std::find(steps.begin(), steps.end(), size_class) != steps.end();
      if (step) panel.marks.push_back(low);
      line.points.push_back({std::sqrt(low * high), ns, {}, {}, 0, step ? "protocol switch" : "median"});
    }
    panel.series.push_back(std::move(line));
    figure.panels.push_back(std::move(panel));
  }
  if (all.size() > kMostPanels) content.warnings.push_back(fmt::format("Only the first {} of {} series are drawn; the table has all of them.", kMostPanels, all.size()));
  content.figures.push_back(std::move(figure));
  content.tables.push_back(size_table(*loaded, procedure, request.looks));
  return content;
}

}  // namespace tulkki
