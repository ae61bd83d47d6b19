// SPDX-License-Identifier: Apache-2.0
// Reads launches: one pass over the rows of each.
#include "viewer/analysis/launch_profile.h"

#include <fmt/core.h>
#include <algorithm>

namespace tulkki {
namespace {

constexpr std::int64_t kMostInARow = std::int64_t{1} << 55;  // sums of rows must not overflow; no rank moves 32 PiB of one kind
constexpr double kLongestNs = 0x1p58;  // nine years: sums of times must not overflow either
constexpr std::int64_t kMostSizeClass = 64;  // of 64-bit sizes, storage/schema.sql

Result<void> check_times(const Database& database, const RunInfo& run, std::initializer_list<double> times_ns) {
  for (const double time_ns : times_ns) {
    if (time_ns >= 0 && time_ns <= kLongestNs) continue;
    return Error{fmt::format("{}, run {} has a time of {} ns: the file is damaged; use a copy", database.path(),
                             run.run_id, time_ns)};
  }
  return {};
}

Result<void> read_processes(Database& database, LaunchProfile& launch) {
  Result<Statement> query =
      database.prepare("SELECT wall_ns, mpi_ns, peak_memory_bytes FROM process WHERE run_id = ?1");
  if (!query) return query.error();
  query->bind(launch.run.run_id);
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) return {};
    ++launch.processes;
    if (const Result<void> good = check_times(database, launch.run, {query->real(0), query->real(1)}); !good) return good.error();
    launch.wall_sum_ns += query->real(0);
    launch.mpi_sum_ns += query->real(1);
    launch.peak_memory_bytes = std::max(launch.peak_memory_bytes, query->integer(2));
  }
}

Result<CallTotals> totals_of_row(const Statement& query) {
  CallTotals totals;
  totals.calls = query.integer(3);
  totals.errors = query.integer(4);
  totals.time_ns = query.real(5);
  if (totals.calls > 0 && !query.is_null(6)) {
    totals.min_ns = query.real(6);
    totals.max_ns = query.real(7);
  }
  totals.bytes_sent = query.integer(8);
  totals.bytes_received = query.integer(9);
  totals.messages_sent = query.integer(10);
  totals.messages_received = query.integer(11);
  for (const std::int64_t count : {totals.calls, totals.errors, totals.bytes_sent, totals.bytes_received, totals.messages_sent,
                                   totals.messages_received}) {
    if (count < 0 || count > kMostInARow) return Error{fmt::format("holds {} calls or bytes in one row: the file is damaged", count)};
  }
  if (query.is_null(12)) return totals;
  Result<Histogram> durations = Histogram::decode(query.blob(12));
  if (!durations) return durations.error();
  totals.durations = std::move(*durations);
  return totals;
}

Result<void> read_calls(Database& database, LaunchProfile& launch) {
  Result<Statement> query = database.prepare(
      "SELECT procedure.name, family, size_class, calls, errors, time_ns, min_ns, max_ns, bytes_sent, bytes_received, "
      "messages_sent, messages_received, histogram, rank "
      "FROM call JOIN procedure USING (procedure_id) WHERE run_id = ?1");
  if (!query) return query.error();
  query->bind(launch.run.run_id);
  std::map<std::int64_t, std::int64_t> calls_of_rank;
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) break;
    const Result<CallTotals> totals = totals_of_row(*query);
    if (!totals) return Error{fmt::format("{}, run {}: {}", database.path(), launch.run.run_id, totals.message())};
    if (const Result<void> good = check_times(database, launch.run, {totals->time_ns, totals->min_ns, totals->max_ns}); !good) return good.error();
    const std::int64_t size_class = query->integer(2);
    if (size_class < 0 || size_class > kMostSizeClass) {
      return Error{
          fmt::format("{}, run {}: has the size class {}, which does not exist: the file is damaged; use a copy",
                      database.path(), launch.run.run_id, size_class)};
    }
    ProcedureTotals& procedure = launch.procedures[query->text(0)];
    procedure.family = query->text(1);
    procedure.by_size[size_class].add(*totals);
    calls_of_rank[query->integer(13)] += totals->calls;
  }
  for (auto& [name, procedure] : launch.procedures) {
    for (const auto& [size_class, totals] : procedure.by_size)
      procedure.all.add(totals);
  }
  for (const auto& [rank, calls] : calls_of_rank) {
    launch.calls += calls;
    launch.most_calls = std::max(launch.most_calls, calls);
  }
  return {};
}

}  // namespace

double CallTotals::quantile_ns(double share) const {
  // The middle of a bucket may lie outside of what was measured: the extremes are known exactly.
  return std::clamp(durations.quantile_ns(share), min_ns, max_ns);
}

void CallTotals::add(const CallTotals& other) {
  if (other.calls > 0) {
    min_ns = calls > 0 ? std::min(min_ns, other.min_ns) : other.min_ns;
    max_ns = std::max(max_ns, other.max_ns);
  }
  calls += other.calls;
  errors += other.errors;
  time_ns += other.time_ns;
  bytes_sent += other.bytes_sent;
  bytes_received += other.bytes_received;
  messages_sent += other.messages_sent;
  messages_received += other.messages_received;
  durations.merge(other.durations);
}

bool LaunchProfile::has_measured(const QuantityFilter& filter) const {
  return std::any_of(measurements.begin(), measurements.end(),
                     [&](const auto& entry) { return filter.holds(entry.first); });
}

Result<LaunchProfile> read_launch(Database& database, const RunInfo& run) {
  LaunchProfile launch;
  launch.run = run;
  if (const Result<void> good = check_times(database, run, {static_cast<double>(run.wall_ns)}); !good) return good.error();
  if (const Result<void> done = read_processes(database, launch); !done) return done.error();
  if (const Result<void> done = read_calls(database, launch); !done) return done.error();
  Result<Measurements> measurements = read_measurements(database, run.run_id);
  if (!measurements) return measurements.error();
  launch.measurements = std::move(*measurements);
  return launch;
}

Result<std::vector<SeriesProfile>> read_series(Database& database, const std::vector<Series>& series) {
  std::vector<SeriesProfile> result;
  for (const Series& one : series) {
    SeriesProfile profile{one, {}};
    for (const RunInfo& run : one.runs) {
      Result<LaunchProfile> launch = read_launch(database, run);
      if (!launch) return launch.error();
      profile.launches.push_back(std::move(*launch));
    }
    result.push_back(std::move(profile));
  }
  return result;
}

std::vector<SeriesProfile> launches_where(const std::vector<SeriesProfile>& series,
                                          const std::function<bool(const LaunchProfile&)>& holds) {
  std::vector<SeriesProfile> result;
  for (const SeriesProfile& one : series) {
    SeriesProfile kept{{one.series.key, one.series.name, {}}, {}};
    for (const LaunchProfile& launch : one.launches) {
      if (!holds(launch)) continue;
      kept.launches.push_back(launch);
      kept.series.runs.push_back(launch.run);
    }
    result.push_back(std::move(kept));
  }
  return result;
}

}  // namespace tulkki
