// SPDX-License-Identifier: Apache-2.0
// Measurements of what is done, reasons of what has failed, and the load under which it was measured.
#include "viewer/analysis/bench_results.h"

#include <set>
#include <tuple>

#include "viewer/analysis/load_findings.h"

namespace tulkki {
namespace {

constexpr const char* kSeries =
    "SELECT measurement.workload, measurement.bytes, run.backend, run.transport, run.front, run.translated, run.ranks, "
    "measurement.metric, measurement.unit, run.transport = 'default' OR run.transport_verified <> '', measurement.value, "
    "run.started_at "
    "FROM measurement JOIN run USING (run_id) JOIN sweep_point USING (run_id) JOIN sweep USING (sweep_id) "
    "WHERE sweep.name = ? AND sweep_point.state = 'done' ORDER BY 1, 2, 3, 4, 6, 5, 7, 8, run.run_id";

// What a launch has in common with the others of its combination: all but its number.
constexpr const char* kFailures =
    "SELECT json_remove(factors, '$.repetition') AS combination, reason, COUNT(*) FROM sweep_point JOIN sweep USING (sweep_id) "
    "WHERE sweep.name = ? AND state = 'failed' GROUP BY combination ORDER BY combination";

auto identity(const BenchSeries& series) {
  return std::tie(series.workload, series.bytes, series.backend, series.transport, series.front, series.ranks, series.metric,
                  series.unit);
}

Result<void> read_series(Database& database, const std::string& sweep, BenchResults& results) {
  Result<Statement> query = database.prepare(kSeries);
  if (!query) return query.error();
  query->bind(sweep);
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) return {};
    BenchSeries series;
    series.workload = query->text(0);
    series.bytes = query->integer(1);
    series.backend = query->text(2);
    series.transport = query->text(3);
    series.front = query->text(4);
    series.translated = query->integer(5) != 0;
    series.ranks = query->integer(6);
    series.metric = query->text(7);
    series.unit = query->text(8);
    const std::string started_at = query->text(11);
    if (results.started_at.empty() || started_at < results.started_at) results.started_at = started_at;
    if (started_at > results.ended_at) results.ended_at = started_at;
    if (results.series.empty() || identity(results.series.back()) != identity(series)) results.series.push_back(std::move(series));
    results.series.back().transport_verified = results.series.back().transport_verified && query->integer(9) != 0;
    results.series.back().values.push_back(query->real(10));
  }
}

Result<void> read_failures(Database& database, const std::string& sweep, BenchResults& results) {
  Result<Statement> query = database.prepare(kFailures);
  if (!query) return query.error();
  query->bind(sweep);
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) return {};
    results.failures.push_back({query->text(0), query->text(1), query->integer(2)});
  }
}

Result<void> read_load(Database& database, const std::string& sweep, BenchResults& results) {
  Result<Statement> query = database.prepare(
      "SELECT sweep_point.run_id FROM sweep_point JOIN sweep USING (sweep_id) WHERE sweep.name = ? AND state = 'done'");
  if (!query) return query.error();
  query->bind(sweep);
  std::set<std::int64_t> launches;
  for (Result<bool> row = query->step(); !row || *row; row = query->step()) {
    if (!row) return row.error();
    launches.insert(query->integer(0));
  }
  Result<std::vector<RunInfo>> runs = list_runs(database);
  if (!runs) return runs.error();
  std::erase_if(*runs, [&](const RunInfo& run) { return !launches.contains(run.run_id); });
  results.load = load_sentences(*runs);
  return {};
}

}  // namespace

Result<BenchResults> bench_results(Database& database, const std::string& sweep) {
  BenchResults results;
  if (const Result<void> read = read_series(database, sweep, results); !read) return read.error();
  if (const Result<void> read = read_load(database, sweep, results); !read) return read.error();
  if (const Result<void> read = read_failures(database, sweep, results); !read) return read.error();
  return results;
}

}  // namespace tulkki
