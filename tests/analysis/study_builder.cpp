// SPDX-License-Identifier: Apache-2.0
#include "tests/analysis/study_builder.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "storage/histogram.h"

namespace tulkki::test {

StudyBuilder::StudyBuilder() : path_(folder_ / "study.db") {
  Result<Database> opened = Database::open_or_create(path_);
  if (!opened) throw std::runtime_error(opened.message());
  database_ = std::make_unique<Database>(std::move(*opened));
  // Hundreds of small writes to a file that no test reads after a crash.
  if (!database_->execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY"))
    throw std::runtime_error("no pragma");
}

void StudyBuilder::execute(Result<Statement>& statement) {
  if (!statement) throw std::runtime_error(statement.message());
  if (const Result<void> done = statement->run(); !done) throw std::runtime_error(done.message());
}

std::int64_t StudyBuilder::run(const RunSpec& spec) {
  ++runs_;
  char started[64];
  std::snprintf(started, sizeof(started), "2026-11-21T%02d:%02d:00.000Z", static_cast<int>(runs_ / 60),
                static_cast<int>(runs_ % 60));
  Result<Statement> insert = database_->prepare(
      "INSERT INTO run (launch, label, program, arguments, working_directory, backend, backend_version, "
      "backend_library, "
      "front, translated, transport, transport_verified, ranks, nodes, thread_level, kernel, cpu, started_at, wall_ns, "
      "outcome, exit_code, own_cost_ns, clock_resolution_ns, tulkki_version, trace_path) VALUES (?1, ?2, ?3, ?16, "
      "'/', ?4, ?4 || ' 1.0', '/lib', ?4, 0, ?5, ?6, ?7, 1, 'single', ?8, 'Example CPU', ?9, ?10, ?11, ?12, ?13, ?14, "
      "'0.1.0', ?15)");
  const std::string launch = "launch-" + std::to_string(runs_);
  if (insert) {
    insert->bind(launch, spec.label, spec.program, spec.backend, spec.transport, spec.transport_verified, spec.ranks,
                 spec.kernel, static_cast<const char*>(started), spec.wall_ns, spec.outcome, spec.exit_code,
                 spec.own_cost_ns, spec.clock_resolution_ns, spec.trace_path, spec.arguments);
  }
  execute(insert);
  return database_->last_insert_id();
}

void StudyBuilder::process(std::int64_t run, std::int64_t rank, std::int64_t wall_ns, std::int64_t mpi_ns) {
  Result<Statement> insert =
      database_->prepare("INSERT INTO process VALUES (?1, ?2, 'host', 1, 'closed', ?3, ?4, 1000000, 0, 0, 1, 0)");
  if (insert) insert->bind(run, rank, wall_ns, mpi_ns);
  execute(insert);
}

void StudyBuilder::call(std::int64_t run, std::int64_t rank, const std::string& procedure, std::int64_t bytes_of_each,
                        const std::vector<double>& durations_ns) {
  Result<Statement> name =
      database_->prepare("INSERT OR IGNORE INTO procedure (name, family) VALUES (?1, 'point-to-point')");
  if (name) name->bind(procedure);
  execute(name);
  Histogram histogram;
  for (const double duration : durations_ns)
    histogram.add(static_cast<std::uint64_t>(std::llround(duration * 1000)));
  const std::vector<std::uint8_t> encoded = histogram.encode();
  Result<Statement> insert = database_->prepare(
      "INSERT INTO call VALUES (?1, ?2, 0, (SELECT procedure_id FROM procedure WHERE name = ?3), NULL, NULL, -1, ?4, "
      "?5, 0, "
      "?6, ?7, ?8, ?9, 0, ?5, 0, ?10)");
  const auto calls = static_cast<std::int64_t>(durations_ns.size());
  const auto size_class = static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(bytes_of_each)));
  const double sum = std::accumulate(durations_ns.begin(), durations_ns.end(), 0.0);
  if (insert) {
    insert->bind(run, rank, procedure, size_class, calls, sum,
                 *std::min_element(durations_ns.begin(), durations_ns.end()),
                 *std::max_element(durations_ns.begin(), durations_ns.end()), calls * bytes_of_each,
                 std::span<const std::uint8_t>(encoded));
  }
  execute(insert);
}

void StudyBuilder::measured(std::int64_t run, const Quantity& quantity, double value) {
  Result<Statement> insert = database_->prepare(
      "INSERT INTO measurement (run_id, workload, bytes, metric, unit, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
  if (insert) insert->bind(run, quantity.workload, quantity.bytes, quantity.name, quantity.unit, value);
  execute(insert);
}

std::int64_t StudyBuilder::simple_run(const RunSpec& spec, const std::string& procedure, std::int64_t bytes_of_each,
                                      int calls, double each_ns) {
  const std::int64_t id = run(spec);
  for (std::int64_t rank = 0; rank < spec.ranks; ++rank) {
    process(id, rank, spec.wall_ns, static_cast<std::int64_t>(each_ns * calls));
    call(id, rank, procedure, bytes_of_each, std::vector<double>(static_cast<std::size_t>(calls), each_ns));
  }
  return id;
}

std::vector<RunInfo> StudyBuilder::runs() {
  Result<std::vector<RunInfo>> runs = list_runs(*database_);
  if (!runs) throw std::runtime_error(runs.message());
  return *runs;
}

std::vector<SeriesProfile> StudyBuilder::series(const std::vector<std::vector<std::int64_t>>& run_ids) {
  std::vector<Series> series;
  for (const std::vector<std::int64_t>& ids : run_ids) {
    Series one{std::string(1, static_cast<char>('A' + series.size())), "series", {}};
    for (const RunInfo& run : runs()) {
      if (std::find(ids.begin(), ids.end(), run.run_id) != ids.end()) one.runs.push_back(run);
    }
    series.push_back(std::move(one));
  }
  Result<std::vector<SeriesProfile>> profiles = read_series(*database_, series);
  if (!profiles) throw std::runtime_error(profiles.message());
  return std::move(*profiles);
}

std::uint64_t Generator::next() {  // splitmix64
  std::uint64_t value = state_ += 0x9e3779b97f4a7c15u;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

double Generator::uniform(double low, double high) {
  return low + (high - low) * static_cast<double>(next() >> 11) / 9007199254740992.0;
}

std::int64_t Generator::whole(std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(high - low + 1));
}

}  // namespace tulkki::test
