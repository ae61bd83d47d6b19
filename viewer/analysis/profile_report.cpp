// SPDX-License-Identifier: Apache-2.0
// Gathers the parts of a report; the definitions of the figures stand in docs/report.md.
#include "viewer/analysis/profile_report.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace tulkki {
namespace {

struct RankValues {
  std::vector<std::int64_t> ranks;
  std::vector<double> mpi_ns, outside_ns, waiting_ns, cpu_ns, memory_bytes;
};

Spread spread_of(const std::string& name, const std::string& unit, const std::vector<std::int64_t>& ranks,
                 const std::vector<double>& values) {
  Spread spread{name, unit, 0, 0, 0, -1, -1};
  if (values.empty()) return spread;
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  spread.minimum = *least;
  spread.maximum = *greatest;
  spread.minimum_rank = ranks[least - values.begin()];
  spread.maximum_rank = ranks[greatest - values.begin()];
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  const std::size_t middle = sorted.size() / 2;
  spread.median = sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return spread;
}

Result<std::map<std::int64_t, double>> waiting_by_rank(Database& database, std::int64_t run_id) {
  Result<Statement> query = database.prepare(
      "SELECT rank, SUM(time_ns) FROM call JOIN procedure USING (procedure_id) WHERE run_id = ?1 "
      "AND family IN ('completion', 'collective', 'neighborhood') GROUP BY rank");
  if (!query) return query.error();
  query->bind(run_id);
  std::map<std::int64_t, double> result;
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) return result;
    result[query->integer(0)] = query->real(1);
  }
}

Result<void> add_processes(Database& database, RunReport& report) {
  Result<std::map<std::int64_t, double>> waiting = waiting_by_rank(database, report.run.run_id);
  if (!waiting) return waiting.error();
  Result<Statement> query = database.prepare(
      "SELECT rank, wall_ns, mpi_ns, user_cpu_ns + system_cpu_ns, peak_memory_bytes FROM process "
      "WHERE run_id = ?1 ORDER BY rank");
  if (!query) return query.error();
  query->bind(report.run.run_id);
  RankValues values;
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) break;
    const double wall_ns = query->real(1), mpi_ns = query->real(2);
    values.ranks.push_back(query->integer(0));
    values.mpi_ns.push_back(mpi_ns);
    // Several threads may be in MPI at once: then no time was outside.
    values.outside_ns.push_back(std::max(0.0, wall_ns - mpi_ns));
    values.waiting_ns.push_back((*waiting)[query->integer(0)]);
    values.cpu_ns.push_back(query->real(3));
    values.memory_bytes.push_back(query->real(4));
    report.wall_sum_ns += wall_ns;
    report.mpi_sum_ns += mpi_ns;
  }
  report.processes = static_cast<std::int64_t>(values.ranks.size());
  if (values.ranks.empty()) return {};
  report.spreads = {spread_of("in MPI", "ns", values.ranks, values.mpi_ns),
                    spread_of("  in collectives and waits", "ns", values.ranks, values.waiting_ns),
                    spread_of("outside MPI", "ns", values.ranks, values.outside_ns),
                    spread_of("CPU time", "ns", values.ranks, values.cpu_ns),
                    spread_of("peak memory", "bytes", values.ranks, values.memory_bytes)};
  const double greatest = report.spreads[2].maximum;
  const double sum = std::accumulate(values.outside_ns.begin(), values.outside_ns.end(), 0.0);
  if (greatest > 0) report.load_balance = sum / static_cast<double>(values.ranks.size()) / greatest;
  return {};
}

Result<void> add_sizes(Database& database, RunReport& report) {
  Result<Statement> query = database.prepare(
      "SELECT size_class, SUM(messages_sent), "
      "SUM(CASE WHEN messages_sent = 0 AND family IN ('collective', 'neighborhood') THEN calls ELSE 0 END), "
      "SUM(CASE WHEN messages_sent = 0 AND family = 'I/O' THEN calls ELSE 0 END), "
      "SUM(CASE WHEN messages_sent > 0 THEN bytes_sent "
      "WHEN family IN ('collective', 'neighborhood', 'I/O') THEN bytes_sent + bytes_received ELSE 0 END) "
      "FROM call JOIN procedure USING (procedure_id) WHERE run_id = ?1 GROUP BY size_class ORDER BY size_class");
  if (!query) return query.error();
  query->bind(report.run.run_id);
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) return {};
    const SizeRow size{query->integer(0), query->integer(1), query->integer(2), query->integer(3), query->integer(4)};
    if (size.operations() > 0) report.sizes.push_back(size);
  }
}

Result<void> add_matrix(Database& database, RunReport& report, int top) {
  Result<Statement> sums = database.prepare(
      "SELECT COUNT(*), COALESCE(SUM(messages), 0), COALESCE(SUM(bytes), 0) FROM matrix WHERE run_id = ?1");
  if (!sums) return sums.error();
  sums->bind(report.run.run_id);
  const Result<bool> found = sums->step();
  if (!found) return found.error();
  report.matrix.pairs = sums->integer(0);
  report.matrix.messages = sums->integer(1);
  report.matrix.bytes = sums->integer(2);
  Result<Statement> query = database.prepare(
      "SELECT source, destination, kind, messages, bytes FROM matrix WHERE run_id = ?1 "
      "ORDER BY bytes DESC, messages DESC, source, destination LIMIT ?2");
  if (!query) return query.error();
  query->bind(report.run.run_id, top);
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) return {};
    report.matrix.heaviest.push_back(
        {query->integer(0), query->integer(1), query->text(2), query->integer(3), query->integer(4)});
  }
}

}  // namespace

Result<RunReport> build_report(Database& database, const RunInfo& run, int top) {
  RunReport report;
  report.run = run;
  Result<std::vector<ProfileRow>> procedures = profile_by(database, run.run_id, Grouping::procedure);
  if (!procedures) return procedures.error();
  Result<std::vector<ProfileRow>> sites = profile_by(database, run.run_id, Grouping::site);
  if (!sites) return sites.error();
  report.procedures = std::move(*procedures);
  report.sites = std::move(*sites);
  for (const ProfileRow& row : report.procedures) {
    report.calls += row.calls;
    report.errors += row.errors;
    report.time_sum_ns += row.time_ns;
  }
  for (const auto add : {add_processes, add_sizes}) {
    if (const Result<void> added = add(database, report); !added) return added.error();
  }
  if (const Result<void> added = add_matrix(database, report, top); !added) return added.error();
  Result<Measurements> measurements = read_measurements(database, run.run_id);
  if (!measurements) return measurements.error();
  report.measurements = std::move(*measurements);
  return report;
}

}  // namespace tulkki
