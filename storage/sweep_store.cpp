// SPDX-License-Identifier: Apache-2.0
// Every change of state is one transaction that looks again before it writes.
#include "storage/sweep_store.h"

#include <ctime>

namespace tulkki {
namespace {

std::string now_text() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

template <class... Values>
Result<void> run_once(Database& database, std::string_view sql, const Values&... values) {
  Result<Statement> statement = database.prepare(sql);
  if (!statement) return statement.error();
  return statement->bind(values...).run();
}

}  // namespace

Result<SweepStore> SweepStore::open(Database& database, const std::string& name, std::uint64_t seed,
                                    const std::vector<std::string>& factors) {
  SweepStore store(database);
  // Runs that are removed take their rows in other tables along.
  if (const Result<void> set = database.execute("PRAGMA foreign_keys = ON"); !set) return set.error();
  Result<Transaction> transaction = Transaction::begin(database);
  if (!transaction) return transaction.error();
  const std::string now = now_text();
  if (const Result<void> made = run_once(database, "INSERT OR IGNORE INTO sweep (name, seed, created_at) VALUES (?, ?, ?)", name,
                                         static_cast<std::int64_t>(seed), now);
      !made) {
    return made.error();
  }
  {
    Result<Statement> query = database.prepare("SELECT sweep_id, seed FROM sweep WHERE name = ?");
    if (!query) return query.error();
    const Result<bool> row = query->bind(name).step();
    if (!row) return row.error();
    store.sweep_id_ = query->integer(0);
    store.seed_ = static_cast<std::uint64_t>(query->integer(1));
  }
  Result<Statement> insert =
      database.prepare("INSERT OR IGNORE INTO sweep_point (sweep_id, factors, state) VALUES (?, ?, 'waiting')");
  if (!insert) return insert.error();
  for (const std::string& one : factors)
    if (const Result<void> done = insert->bind(store.sweep_id_, one).run(); !done) return done.error();
  if (const Result<void> committed = transaction->commit(); !committed) return committed.error();
  return store;
}

Result<std::optional<SweepStore>> SweepStore::look_up(Database& database, const std::string& name) {
  if (!database.has_table("sweep")) return std::optional<SweepStore>();
  Result<Statement> query = database.prepare("SELECT sweep_id, seed FROM sweep WHERE name = ?");
  if (!query) return query.error();
  const Result<bool> row = query->bind(name).step();
  if (!row) return row.error();
  if (!*row) return std::optional<SweepStore>();
  SweepStore store(database);
  store.sweep_id_ = query->integer(0);
  store.seed_ = static_cast<std::uint64_t>(query->integer(1));
  return std::optional<SweepStore>(store);
}

Result<std::optional<double>> SweepStore::seconds_per_launch(double longest_seconds) {
  Result<Statement> query = database_->prepare(
      "SELECT AVG(next - taken) FROM (SELECT taken, LEAD(taken) OVER (ORDER BY taken) AS next FROM "
      "(SELECT CAST(strftime('%s', taken_at) AS INTEGER) AS taken FROM sweep_point WHERE sweep_id = ? AND state = 'done')) "
      "WHERE next - taken <= ?");
  if (!query) return query.error();
  const Result<bool> row = query->bind(sweep_id_, longest_seconds).step();
  if (!row) return row.error();
  if (!*row || query->is_null(0)) return std::optional<double>();
  return std::optional<double>(query->real(0));
}

Result<SweepPoint> SweepStore::find(const std::string& factors) {
  Result<Statement> query =
      database_->prepare("SELECT point_id, state, reason, run_id, owner FROM sweep_point WHERE sweep_id = ? AND factors = ?");
  if (!query) return query.error();
  const Result<bool> row = query->bind(sweep_id_, factors).step();
  if (!row) return row.error();
  if (!*row) return Error{database_->path() + ": a launch of the sweep is missing: " + factors};
  SweepPoint point{query->integer(0), factors, query->text(1), query->text(2), {}, query->text(4)};
  if (!query->is_null(3)) point.run_id = query->integer(3);
  return point;
}

Result<void> SweepStore::remove_runs(std::int64_t point_id) {
  const std::string value = mark(point_id);
  return run_once(*database_,
                  "DELETE FROM run WHERE run_id IN (SELECT run_id FROM run_property WHERE name = 'sweep_point' AND value = ?)",
                  value);
}

Result<bool> SweepStore::claim(std::int64_t point_id, const std::string& owner,
                               const std::function<bool(const std::string&)>& is_gone) {
  Result<Transaction> transaction = Transaction::begin(*database_);
  if (!transaction) return transaction.error();
  {
    Result<Statement> query = database_->prepare("SELECT state, owner FROM sweep_point WHERE point_id = ?");
    if (!query) return query.error();
    const Result<bool> row = query->bind(point_id).step();
    if (!row) return row.error();
    const std::string state = *row ? query->text(0) : "done";
    if (state != "waiting" && !(state == "running" && is_gone(query->text(1)))) return false;
  }
  if (const Result<void> removed = remove_runs(point_id); !removed) return removed.error();
  const std::string now = now_text();
  if (const Result<void> taken = run_once(
          *database_, "UPDATE sweep_point SET state = 'running', owner = ?, taken_at = ?, reason = '', run_id = NULL WHERE point_id = ?",
          owner, now, point_id);
      !taken) {
    return taken.error();
  }
  if (const Result<void> committed = transaction->commit(); !committed) return committed.error();
  return true;
}

Result<void> SweepStore::release(std::int64_t point_id) {
  return run_once(*database_, "UPDATE sweep_point SET state = 'waiting', owner = '' WHERE point_id = ?", point_id);
}

Result<void> SweepStore::finish(std::int64_t point_id, const std::string& reason, std::optional<std::int64_t> run_id,
                                const std::vector<Measurement>& measurements, const std::string& compared_arguments) {
  Result<Transaction> transaction = Transaction::begin(*database_);
  if (!transaction) return transaction.error();
  if (const Result<void> done = run_once(
          *database_, "UPDATE sweep_point SET state = ?, reason = ?, run_id = ?, owner = '' WHERE point_id = ?",
          reason.empty() ? "done" : "failed", reason, run_id, point_id);
      !done) {
    return done;
  }
  if (run_id && !compared_arguments.empty()) {
    if (const Result<void> done = run_once(
            *database_, "INSERT OR REPLACE INTO run_property (run_id, name, value) VALUES (?, 'compared_arguments', ?)", *run_id,
            compared_arguments);
        !done) {
      return done;
    }
  }
  Result<Statement> insert = database_->prepare(
      "INSERT INTO measurement (run_id, workload, bytes, metric, unit, value) VALUES (?, ?, ?, ?, ?, ?)");
  if (!insert) return insert.error();
  for (const Measurement& one : measurements) {
    if (!run_id) break;
    if (const Result<void> done = insert->bind(*run_id, one.workload, one.bytes, one.metric, one.unit, one.value).run(); !done)
      return done;
  }
  return transaction->commit();
}

Result<void> SweepStore::forget_failures() {
  std::vector<std::int64_t> failed;
  {
    Result<Statement> query = database_->prepare("SELECT point_id FROM sweep_point WHERE sweep_id = ? AND state = 'failed'");
    if (!query) return query.error();
    query->bind(sweep_id_);
    for (;;) {
      const Result<bool> row = query->step();
      if (!row) return row.error();
      if (!*row) break;
      failed.push_back(query->integer(0));
    }
  }
  Result<Transaction> transaction = Transaction::begin(*database_);
  if (!transaction) return transaction.error();
  for (const std::int64_t point_id : failed) {
    if (const Result<void> removed = remove_runs(point_id); !removed) return removed;
    if (const Result<void> done = run_once(
            *database_, "UPDATE sweep_point SET state = 'waiting', reason = '', run_id = NULL WHERE point_id = ?", point_id);
        !done) {
      return done;
    }
  }
  return transaction->commit();
}

std::string SweepStore::mark(std::int64_t point_id) const { return std::to_string(sweep_id_) + "/" + std::to_string(point_id); }

}  // namespace tulkki
