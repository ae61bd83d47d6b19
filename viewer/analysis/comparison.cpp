// SPDX-License-Identifier: Apache-2.0
// Builds the rows of a comparison; what is said of each is decided in verdict.cpp.
#include "viewer/analysis/comparison.h"

#include <fmt/format.h>
#include <algorithm>
#include <map>
#include <set>

#include "viewer/analysis/load_findings.h"
#include "viewer/analysis/near_name.h"
#include "viewer/analysis/selection.h"
#include "viewer/analysis/verdict.h"

namespace tulkki {
namespace {

constexpr Metric kDefaultMetrics[] = {Metric::wall_time, Metric::mpi_time, Metric::compute_time, Metric::time};

Result<std::vector<std::string>> chosen_procedures(const std::vector<SeriesProfile>& series,
                                                   const std::vector<std::string>& wanted) {
  std::vector<std::string> names = procedures_by_time(series);
  if (wanted.empty()) return names;
  std::set<std::string> kept;
  for (const std::string& name : wanted) {
    const std::string full = name.starts_with("MPI_") ? name : "MPI_" + name;
    if (std::find(names.begin(), names.end(), full) == names.end()) {
      const std::string near = did_you_mean(full, names);
      return Error{fmt::format("no launch called {}{}", full,
                               near.empty() ? fmt::format("; procedures that were called: {}", fmt::join(names, ", ")) : near)};
    }
    kept.insert(full);
  }
  std::erase_if(names, [&](const std::string& name) { return !kept.contains(name); });
  return names;
}

double calls_behind(const SeriesProfile& series, const Subject& subject) {
  if (subject.quantity) return 0;
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
                  .within = {},
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

// A combination of the values of ComparisonOptions::within, with its launches.
struct Part {
  std::string name;
  std::vector<SeriesProfile> series;
};

std::vector<Part> parts_of(const std::vector<SeriesProfile>& series, const std::vector<std::string>& within) {
  std::vector<RunInfo> runs;
  for (const SeriesProfile& one : series)
    runs.insert(runs.end(), one.series.runs.begin(), one.series.runs.end());
  std::vector<Part> parts;
  for (const Series& group : group_by(runs, within)) {
    std::set<std::int64_t> members;
    for (const RunInfo& run : group.runs)
      members.insert(run.run_id);
    const auto is_member = [&](const LaunchProfile& launch) { return members.contains(launch.run.run_id); };
    parts.push_back({group.name, launches_where(series, is_member)});
  }
  return parts;
}

class Rows {
 public:
  Rows(Comparison& comparison, const std::vector<SeriesProfile>& all, const std::vector<Part>& parts)
      : comparison_(comparison), all_(all), parts_(parts) {}

  void add(Metric metric, const Subject& subject) {
    if (parts_.empty()) add(metric, subject, "", all_);
    for (const Part& part : parts_)
      add(metric, subject, part.name, part.series);
  }

 private:
  void add(Metric metric, const Subject& subject, const std::string& within, const std::vector<SeriesProfile>& series) {
    auto row = row_of(series, metric, subject);
    if (!row) return;
    row->within = within;
    comparison_.rows.push_back(std::move(*row));
  }

  Comparison& comparison_;
  const std::vector<SeriesProfile>& all_;
  const std::vector<Part>& parts_;  // none: nothing is cut
};

Result<std::vector<Quantity>> chosen_quantities(const std::vector<SeriesProfile>& series, const QuantityFilter& filter) {
  std::vector<Quantity> found = quantities(series, filter);
  if (!found.empty()) return found;
  std::set<std::string> names;
  for (const Quantity& quantity : quantities(series))
    names.insert(fmt::format("{} of {}", quantity.name, quantity.workload));
  if (names.empty()) {
    return Error{
        "these programs printed no measurements: `tulkki bench` and `tulkki sweep` record what programs print"};
  }
  return Error{fmt::format("no launch measured {}; there are measurements of {}",
                           filter.names.empty() ? "that" : fmt::format("{}", fmt::join(filter.names, ", ")),
                           fmt::join(names, ", "))};
}

Result<void> add_rows(const std::vector<SeriesProfile>& series, Comparison& comparison, Rows rows) {
  const ComparisonOptions& options = comparison.options;
  const auto wanted = [&](auto holds) {
    std::vector<Metric> metrics;
    std::copy_if(options.metrics.begin(), options.metrics.end(), std::back_inserter(metrics), holds);
    return metrics;
  };
  if (options.procedures.empty()) {
    for (const Metric metric : wanted([](Metric one) { return metric_info(one).of_run; }))
      rows.add(metric, {});
  }
  if (std::find(options.metrics.begin(), options.metrics.end(), Metric::measurement) != options.metrics.end()) {
    const Result<std::vector<Quantity>> found = chosen_quantities(series, options.quantities);
    if (!found) return found.error();
    for (const Quantity& quantity : *found)
      rows.add(Metric::measurement, {.procedure = {}, .quantity = quantity});
  }
  const std::vector<Metric> of_procedures = wanted([](Metric one) { return metric_info(one).of_procedure; });
  if (of_procedures.empty() && options.procedures.empty()) return {};
  Result<std::vector<std::string>> procedures = chosen_procedures(series, options.procedures);
  if (!procedures) return procedures.error();
  if (options.top > 0 && procedures->size() > options.top) {
    comparison.procedures_left_out = procedures->size() - options.top;
    procedures->resize(options.top);
  }
  for (const std::string& procedure : *procedures) {
    for (const Metric metric : of_procedures) {
      for (const Subject& subject : subjects_of(series, procedure, options.by_size))
        rows.add(metric, subject);
    }
  }
  return {};
}

// Launches of different workloads are never in one row where only measurements are shown: what is to be warned of is
// looked for in each group of launches by itself.
std::vector<std::vector<Series>> groups_of_launches(const Comparison& comparison, const std::vector<SeriesProfile>& part) {
  const auto measured = [](const ComparedRow& row) { return row.subject.quantity.has_value(); };
  const bool only_measured = std::all_of(comparison.rows.begin(), comparison.rows.end(), measured);
  std::set<std::string> workloads;
  for (const ComparedRow& row : comparison.rows) {
    if (only_measured) workloads.insert(row.subject.quantity->workload);
  }
  if (workloads.empty()) workloads.insert("");
  std::vector<std::vector<Series>> groups;
  for (const std::string& workload : workloads) {
    const QuantityFilter filter{.names = {}, .workloads = {workload}, .bytes = {}};
    std::vector<Series> group;
    for (const SeriesProfile& one : part) {
      group.push_back({one.series.key, one.series.name, {}});
      for (const LaunchProfile& launch : one.launches)
        if (!only_measured || launch.has_measured(filter)) group.back().runs.push_back(launch.run);
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

template <class Value>
void add_new(std::vector<Value>& list, const std::vector<Value>& more) {
  for (const Value& value : more) {
    if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
  }
}

void add_remarks(const std::vector<Series>& group, const std::vector<std::string>& under_test, Comparison& comparison) {
  Comparison one;  // of the series that have launches in this group
  one.options = comparison.options;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (group[i].runs.empty()) continue;
    if (i == comparison.options.baseline) one.options.baseline = one.series.size();
    one.series.push_back(group[i]);
    places.push_back(i);
  }
  if (one.series.empty()) return;
  one.options.baseline = std::min(one.options.baseline, one.series.size() - 1);
  one.differences = factor_differences(one.series, under_test);
  add_warnings(one, under_test);
  for (FactorDifference& difference : one.differences) {
    std::vector<std::string> values(group.size());
    for (std::size_t i = 0; i < places.size(); ++i)
      values[places[i]] = std::move(difference.values[i]);
    difference.values = std::move(values);
  }
  add_new(comparison.differences, one.differences);
  add_new(comparison.warnings, one.warnings);
}

}  // namespace

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

std::vector<CurvePoint> curve(const SeriesProfile& series, const Quantity& quantity) {
  std::vector<CurvePoint> points;
  for (const Quantity& one : quantities({series}, {{quantity.name}, {quantity.workload}, {}})) {
    if (one.unit != quantity.unit) continue;
    const Summary value = summarize(observations(series, Metric::measurement, {.procedure = {}, .quantity = one}));
    points.push_back({.size_class = 0, .bytes = static_cast<double>(one.bytes), .value = value, .band = 0});
  }
  return points;
}

Result<Comparison> compare(const std::vector<SeriesProfile>& series, const std::vector<std::string>& under_test,
                           const ComparisonOptions& options) {
  if (options.baseline >= series.size()) return Error{"the baseline is not one of the series"};
  Comparison comparison;
  comparison.options = options;
  if (comparison.options.metrics.empty()) {
    comparison.options.metrics.assign(std::begin(kDefaultMetrics), std::end(kDefaultMetrics));
  }
  for (const SeriesProfile& one : series)
    comparison.series.push_back(one.series);
  const std::vector<Part> parts = options.within.empty() ? std::vector<Part>() : parts_of(series, options.within);
  if (const Result<void> added = add_rows(series, comparison, Rows(comparison, series, parts)); !added) return added.error();
  decide(comparison);
  const auto add_from = [&](const std::vector<SeriesProfile>& part) {
    for (const std::vector<Series>& group : groups_of_launches(comparison, part))
      add_remarks(group, under_test, comparison);
  };
  if (parts.empty()) add_from(series);
  for (const Part& part : parts)
    add_from(part.series);
  add_new(comparison.warnings, load_sentences(comparison.series));
  return comparison;
}

}  // namespace tulkki
