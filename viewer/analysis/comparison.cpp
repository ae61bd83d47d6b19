// SPDX-License-Identifier: Apache-2.0
// Builds the rows of a comparison; what is said of each is decided in verdict.cpp.
#include "viewer/analysis/comparison.h"

#include <fmt/format.h>
#include <algorithm>
#include <map>
#include <set>

#include "viewer/analysis/verdict.h"

namespace tulkki {
namespace {

constexpr Metric kDefaultMetrics[] = {Metric::wall_time, Metric::mpi_time, Metric::compute_time, Metric::time};

// Every procedure that was called, with the greatest median of its time over the series, most first.
std::vector<std::string> procedures_by_time(const std::vector<SeriesProfile>& series) {
  std::map<std::string, double> greatest;
  for (const SeriesProfile& one : series) {
    std::set<std::string> names;
    for (const LaunchProfile& launch : one.launches) {
      for (const auto& [name, totals] : launch.procedures)
        names.insert(name);
    }
    for (const std::string& name : names) {
      const std::vector<double> times = observations(one, Metric::time, {name, std::nullopt});
      double& most = greatest[name];
      if (!times.empty()) most = std::max(most, median(times));
    }
  }
  std::vector<std::string> names;
  for (const auto& [name, time_ns] : greatest)
    names.push_back(name);
  std::stable_sort(names.begin(), names.end(),
                   [&](const std::string& left, const std::string& right) { return greatest[left] > greatest[right]; });
  return names;
}

Result<std::vector<std::string>> chosen_procedures(const std::vector<SeriesProfile>& series,
                                                   const std::vector<std::string>& wanted) {
  std::vector<std::string> names = procedures_by_time(series);
  if (wanted.empty()) return names;
  std::set<std::string> kept;
  for (const std::string& name : wanted) {
    const std::string full = name.starts_with("MPI_") ? name : "MPI_" + name;
    if (std::find(names.begin(), names.end(), full) == names.end()) {
      return Error{fmt::format("no launch called {}; called were {}", full, fmt::join(names, ", "))};
    }
    kept.insert(full);
  }
  std::erase_if(names, [&](const std::string& name) { return !kept.contains(name); });
  return names;
}

double calls_behind(const SeriesProfile& series, const Subject& subject) {
  const std::vector<double> calls = observations(series, Metric::calls, subject);
  return calls.empty() ? 0 : median(calls);
}

std::string family_of(const std::vector<SeriesProfile>& series, const std::string& procedure) {
  for (const SeriesProfile& one : series) {
    for (const LaunchProfile& launch : one.launches) {
      const auto found = launch.procedures.find(procedure);
      if (found != launch.procedures.end()) return found->second.family;
    }
  }
  return "";
}

// Nothing where no launch of any series has a value.
std::optional<ComparedRow> row_of(const std::vector<SeriesProfile>& series, Metric metric, const Subject& subject) {
  ComparedRow row{.metric = metric,
                  .subject = subject,
                  .family = family_of(series, subject.procedure),
                  .series = {},
                  .contrasts = {}};
  bool any = false;
  for (const SeriesProfile& one : series) {
    ComparedSeries compared;
    compared.values = observations(one, metric, subject);
    compared.summary = summarize(compared.values);
    compared.calls = calls_behind(one, subject);
    for (const LaunchProfile& launch : one.launches) {
      compared.band = std::max(compared.band, recorder_band(launch, metric, subject));
    }
    any |= compared.summary.count > 0;
    row.series.push_back(std::move(compared));
  }
  return any ? std::optional(row) : std::nullopt;
}

std::set<std::int64_t> size_classes(const std::vector<SeriesProfile>& series, const std::string& procedure) {
  std::set<std::int64_t> classes;
  for (const SeriesProfile& one : series) {
    for (const LaunchProfile& launch : one.launches) {
      const auto found = launch.procedures.find(procedure);
      if (found == launch.procedures.end()) continue;
      for (const auto& [size_class, totals] : found->second.by_size)
        classes.insert(size_class);
    }
  }
  return classes;
}

std::vector<Subject> subjects_of(const std::vector<SeriesProfile>& series, const std::string& procedure, bool by_size) {
  if (!by_size) return {{procedure, std::nullopt}};
  std::vector<Subject> subjects;
  for (const std::int64_t size_class : size_classes(series, procedure))
    subjects.push_back({procedure, size_class});
  return subjects;
}

}  // namespace

std::vector<double> observations(const SeriesProfile& series, Metric metric, const Subject& subject) {
  std::vector<double> values;
  for (const LaunchProfile& launch : series.launches) {
    if (const auto value = metric_value(launch, metric, subject)) values.push_back(*value);
  }
  return values;
}

std::vector<CurvePoint> curve(const SeriesProfile& series, Metric metric, const std::string& procedure) {
  std::vector<CurvePoint> points;
  for (const std::int64_t size_class : size_classes({series}, procedure)) {
    const Subject subject{procedure, size_class};
    CurvePoint point{
        .size_class = size_class, .bytes = 0, .value = summarize(observations(series, metric, subject)), .band = 0};
    double calls = 0, bytes = 0;
    for (const LaunchProfile& launch : series.launches) {
      point.band = std::max(point.band, recorder_band(launch, metric, subject));
      const auto found = launch.procedures.find(procedure);
      if (found == launch.procedures.end() || !found->second.by_size.contains(size_class)) continue;
      const CallTotals& totals = found->second.by_size.at(size_class);
      calls += static_cast<double>(std::max(totals.calls, totals.messages_sent + totals.messages_received));
      bytes += static_cast<double>(std::max(totals.bytes_sent, totals.bytes_received));
    }
    if (calls > 0) point.bytes = bytes / calls;
    if (point.value.count > 0) points.push_back(point);
  }
  return points;
}

Result<Comparison> compare(const std::vector<SeriesProfile>& series, const std::vector<std::string>& under_test,
                           const ComparisonOptions& options) {
  if (options.baseline >= series.size()) return Error{"the baseline is none of the series"};
  Comparison comparison;
  comparison.options = options;
  if (comparison.options.metrics.empty()) {
    comparison.options.metrics.assign(std::begin(kDefaultMetrics), std::end(kDefaultMetrics));
  }
  for (const SeriesProfile& one : series)
    comparison.series.push_back(one.series);
  const auto add = [&](Metric metric, const Subject& subject) {
    if (auto row = row_of(series, metric, subject)) comparison.rows.push_back(std::move(*row));
  };
  if (options.procedures.empty()) {
    for (const Metric metric : comparison.options.metrics) {
      if (metric_info(metric).of_run) add(metric, {});
    }
  }
  Result<std::vector<std::string>> procedures = chosen_procedures(series, options.procedures);
  if (!procedures) return procedures.error();
  if (options.top > 0 && procedures->size() > options.top) {
    comparison.procedures_left_out = procedures->size() - options.top;
    procedures->resize(options.top);
  }
  for (const std::string& procedure : *procedures) {
    for (const Metric metric : comparison.options.metrics) {
      if (!metric_info(metric).of_procedure) continue;
      for (const Subject& subject : subjects_of(series, procedure, options.by_size))
        add(metric, subject);
    }
  }
  comparison.differences = factor_differences(comparison.series, under_test);
  decide(comparison);
  add_warnings(comparison, under_test);
  return comparison;
}

}  // namespace tulkki
