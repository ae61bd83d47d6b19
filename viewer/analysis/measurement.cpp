// SPDX-License-Identifier: Apache-2.0
#include "viewer/analysis/measurement.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "viewer/analysis/metrics.h"
#include "viewer/analysis/near_name.h"

namespace tulkki {
namespace {

constexpr std::string_view kMeasured = "measured:";

template <class Value>
bool allows(const std::vector<Value>& list, const Value& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

bool is_time(std::string_view unit) {
  constexpr std::array<std::string_view, 7> kTimes{"ns", "us", "µs", "ms", "s", "min", "h"};
  return std::find(kTimes.begin(), kTimes.end(), unit) != kTimes.end();
}

}  // namespace

Result<Measurements> read_measurements(Database& database, std::int64_t run_id) {
  Measurements measurements;
  if (!database.has_table("measurement")) return measurements;
  Result<Statement> query = database.prepare(
      "SELECT workload, metric, unit, bytes, value FROM measurement WHERE run_id = ?1 ORDER BY rowid");
  if (!query) return query.error();
  query->bind(run_id);
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) return measurements;
    measurements[{query->text(0), query->text(1), query->text(2), query->integer(3)}] = query->real(4);
  }
}

bool QuantityFilter::holds(const Quantity& quantity) const {
  return allows(names, quantity.name) && allows(workloads, quantity.workload) && allows(bytes, quantity.bytes);
}

std::vector<Quantity> quantities(const std::vector<SeriesProfile>& series, const QuantityFilter& filter) {
  std::set<Quantity> found;
  for (const SeriesProfile& one : series) {
    for (const LaunchProfile& launch : one.launches) {
      for (const auto& [quantity, value] : launch.measurements) {
        if (filter.holds(quantity)) found.insert(quantity);
      }
    }
  }
  return {found.begin(), found.end()};
}

Sense sense_of(const Quantity& quantity) {
  const std::string& unit = quantity.unit;
  if (is_time(unit)) return Sense::lower_is_better;
  const std::size_t slash = unit.find('/');
  if (slash != std::string::npos) {
    if (is_time(unit.substr(0, slash))) {  // s/step; but ns/day is simulated time, of which one wants much
      return unit.ends_with("/day") ? Sense::higher_is_better : Sense::lower_is_better;
    }
    const std::string per = unit.substr(slash + 1);
    return is_time(per) || per == "day" ? Sense::higher_is_better : Sense::neutral;
  }
  if (lower_case(unit).ends_with("flops")) return Sense::higher_is_better;
  return lower_case(quantity.name).find("memory") != std::string::npos ? Sense::lower_is_better : Sense::neutral;
}

MetricChoice metric_choice(std::string_view name) {
  if (const auto metric = metric_named(name)) return {*metric, ""};
  if (name == metric_info(Metric::measurement).name) return {Metric::measurement, ""};
  if (name.starts_with(kMeasured)) name.remove_prefix(kMeasured.size());
  return {Metric::measurement, std::string(name)};
}

}  // namespace tulkki
