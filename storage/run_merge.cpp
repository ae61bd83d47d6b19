// SPDX-License-Identifier: Apache-2.0
// Tables and columns are taken from the two files: what a later schema adds comes along, what an older one lacks keeps
// its default. Numbers of rows that others refer to are moved by one offset a table.
#include "storage/run_merge.h"

#include <filesystem>
#include <map>
#include <optional>

namespace tulkki {
namespace {

namespace files = std::filesystem;

constexpr const char* kSource = "source";

struct Column {
  std::string name;
  std::string target;      // table that it refers to; empty: none
  bool is_number = false;  // the table's own INTEGER PRIMARY KEY
};

class Merge {
 public:
  Merge(Database& database, std::span<const std::int64_t> runs) : database_(database), runs_(runs) {}

  Result<MergeSummary> run(const std::string& source) {
    source_ = source;
    using Step = Result<void> (Merge::*)();
    for (const Step step :
         {&Merge::map_runs, &Merge::map_procedures, &Merge::copy_tables, &Merge::copy_sweeps, &Merge::find_traces}) {
      if (const Result<void> done = (this->*step)(); !done) return done.error();
    }
    return std::move(summary_);
  }

 private:
  Result<void> map_runs();
  Result<void> map_procedures();
  Result<void> copy_tables();
  Result<void> copy_table(const std::string& table);
  Result<void> copy_sweeps();
  Result<void> find_traces();
  Result<std::vector<Column>> common_columns(const std::string& table);
  Result<std::int64_t> offset(const std::string& table, const std::string& number);
  std::string beside_source(const std::string& anchor) const;

  template <class Row>
  Result<void> each_row(std::string_view sql, Row&& row);
  Result<void> execute(const std::string& sql) { return database_.execute(sql); }

  Database& database_;
  std::span<const std::int64_t> runs_;
  std::string source_;
  std::map<std::string, std::int64_t> offsets_;
  MergeSummary summary_;
};

template <class Row>
Result<void> Merge::each_row(std::string_view sql, Row&& row) {
  Result<Statement> query = database_.prepare(sql);
  if (!query) return query.error();
  for (;;) {
    const Result<bool> found = query->step();
    if (!found) return found.error();
    if (!*found) return {};
    row(*query);
  }
}

// temp.run_map: number there, number here, whether it is new here.
Result<void> Merge::map_runs() {
  std::string wanted = "1";
  if (!runs_.empty()) {
    wanted = "theirs.run_id IN (";
    for (const std::int64_t run : runs_)
      wanted += (run == runs_.front() ? "" : ", ") + std::to_string(run);
    wanted += ")";
  }
  Result<void> done = execute(
      "CREATE TEMP TABLE run_map (source_id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL, added INTEGER NOT NULL);"
      "INSERT INTO run_map SELECT theirs.run_id, ours.run_id, 0 FROM source.run AS theirs "
      "JOIN main.run AS ours USING (launch) WHERE " +
      wanted +
      ";"
      "INSERT INTO run_map SELECT theirs.run_id, ROW_NUMBER() OVER (ORDER BY theirs.run_id) + "
      "COALESCE((SELECT seq FROM main.sqlite_sequence WHERE name = 'run'), 0), 1 FROM source.run AS theirs "
      "WHERE theirs.launch NOT IN (SELECT launch FROM main.run) AND " +
      wanted);
  if (!done) return done;
  return each_row("SELECT source_id, run_id, added FROM run_map ORDER BY source_id", [this](const Statement& row) {
    summary_.runs.push_back({row.integer(0), row.integer(1), row.integer(2) != 0});
  });
}

Result<void> Merge::map_procedures() {
  return execute(
      "INSERT OR IGNORE INTO main.procedure (name, family) SELECT name, family FROM source.procedure;"
      "CREATE TEMP TABLE procedure_map AS SELECT theirs.procedure_id AS source_id, ours.procedure_id AS procedure_id "
      "FROM source.procedure AS theirs JOIN main.procedure AS ours USING (name);"
      "CREATE UNIQUE INDEX temp.procedure_map_index ON procedure_map (source_id)");
}

Result<std::vector<Column>> Merge::common_columns(const std::string& table) {
  std::vector<Column> columns;
  const Result<void> read =
      each_row("SELECT ours.name, COALESCE((SELECT \"table\" FROM pragma_foreign_key_list('" + table +
                   "') WHERE \"from\" = ours.name), ''), ours.pk = 1 AND ours.type = 'INTEGER' AND "
                   "(SELECT MAX(pk) FROM pragma_table_info('" +
                   table + "')) = 1 FROM pragma_table_info('" + table + "', 'main') AS ours JOIN pragma_table_info('" +
                   table + "', 'source') AS theirs USING (name) ORDER BY ours.cid",
               [&](const Statement& row) {
                 columns.push_back({row.text(0), row.text(1), row.integer(2) != 0});
               });
  if (!read) return read.error();
  return columns;
}

Result<std::int64_t> Merge::offset(const std::string& table, const std::string& number) {
  if (const auto known = offsets_.find(table); known != offsets_.end()) return known->second;
  std::int64_t value = 0;
  const Result<void> read =
      each_row("SELECT MAX(COALESCE((SELECT seq FROM main.sqlite_sequence WHERE name = '" + table +
                   "'), 0), COALESCE((SELECT MAX(" + number + ") FROM main." + table + "), 0))",
               [&](const Statement& row) { value = row.integer(0); });
  if (!read) return read.error();
  return offsets_[table] = value;
}

// `run` first: its columns need no number but its own.
Result<void> Merge::copy_tables() {
  std::vector<std::string> tables{"run"};
  const Result<void> read = each_row(
      "SELECT DISTINCT m.name FROM main.sqlite_master AS m JOIN pragma_foreign_key_list(m.name) AS f "
      "WHERE m.type = 'table' AND f.\"table\" = 'run' AND f.on_delete = 'CASCADE' ORDER BY m.name",
      [&](const Statement& row) { tables.push_back(row.text(0)); });
  if (!read) return read;
  // All offsets before the first row is written: a table may refer to one that comes later.
  for (const std::string& table : tables) {
    const Result<std::vector<Column>> columns = common_columns(table);
    if (!columns) return columns.error();
    for (const Column& column : *columns) {
      if (!column.is_number) continue;
      if (const Result<std::int64_t> found = offset(table, column.name); !found) return found.error();
    }
  }
  for (const std::string& table : tables) {
    if (!database_.has_table(table, kSource)) continue;
    if (const Result<void> done = copy_table(table); !done) return done;
  }
  return {};
}

Result<void> Merge::copy_table(const std::string& table) {
  const Result<std::vector<Column>> columns = common_columns(table);
  if (!columns) return columns.error();
  std::string names, values;
  for (const Column& column : *columns) {
    names += (names.empty() ? "" : ", ") + column.name;
    values += values.empty() ? "" : ", ";
    if (column.target == "run" || (table == "run" && column.is_number))
      values += "run_map.run_id";
    else if (column.target == "procedure")
      values += "(SELECT procedure_id FROM procedure_map WHERE source_id = theirs." + column.name + ")";
    else if (column.is_number || !column.target.empty())
      values += "theirs." + column.name + " + " + std::to_string(offsets_[column.is_number ? table : column.target]);
    else
      values += "theirs." + column.name;
  }
  // The order of the rows is kept: CROSS JOIN makes the copied table the outer loop.
  return execute("INSERT INTO main." + table + " (" + names + ") SELECT " + values + " FROM source." + table +
                 " AS theirs CROSS JOIN run_map ON run_map.source_id = theirs.run_id AND run_map.added = 1");
}

// A launch that is done here stays as it is; one that waits or failed takes what the other database has of it.
Result<void> Merge::copy_sweeps() {
  if (!database_.has_table("sweep", kSource)) return {};
  const std::string wanted = runs_.empty() ? "1" : "point.run_id IN (SELECT source_id FROM run_map)";
  Result<void> done = execute(
      "INSERT OR IGNORE INTO main.sweep (name, seed, created_at) SELECT name, seed, created_at FROM source.sweep "
      "WHERE sweep_id IN (SELECT sweep_id FROM source.sweep_point AS point WHERE " +
      wanted +
      ");"
      "INSERT INTO main.sweep_point (sweep_id, factors, state, reason, run_id) "
      "SELECT ours.sweep_id, point.factors, CASE WHEN point.state = 'running' THEN 'waiting' ELSE point.state END, "
      "point.reason, run_map.run_id FROM source.sweep_point AS point JOIN source.sweep AS theirs USING (sweep_id) "
      "JOIN main.sweep AS ours ON ours.name = theirs.name LEFT JOIN run_map ON run_map.source_id = point.run_id "
      "WHERE " +
      wanted +
      " ORDER BY point.point_id "
      "ON CONFLICT (sweep_id, factors) DO UPDATE SET state = excluded.state, reason = excluded.reason, "
      "run_id = excluded.run_id WHERE excluded.state = 'done' AND sweep_point.state IN ('waiting', 'failed');"
      // The mark by which a sweep finds its runs holds numbers of the other database.
      "DELETE FROM main.run_property WHERE name = 'sweep_point' AND run_id IN (SELECT run_id FROM run_map WHERE added);"
      "INSERT OR REPLACE INTO main.run_property (run_id, name, value) "
      "SELECT run_id, 'sweep_point', sweep_id || '/' || point_id FROM main.sweep_point "
      "WHERE run_id IN (SELECT run_id FROM run_map WHERE added)");
  if (!done) return done;
  return each_row(
      "SELECT DISTINCT theirs.name FROM source.sweep_point AS point JOIN source.sweep AS theirs USING "
      "(sweep_id) WHERE " +
          wanted + " ORDER BY 1",
      [this](const Statement& row) { summary_.sweeps.push_back(row.text(0)); });
}

// FOLDER/tulkki-traces/NAME/traces.otf2, with the folder of the database in place of FOLDER; empty if that is not
// there.
std::string Merge::beside_source(const std::string& anchor) const {
  std::error_code ignored;
  const files::path path(anchor), archive = path.parent_path();
  const files::path moved = files::absolute(source_, ignored).parent_path() / archive.parent_path().filename() /
                            archive.filename() / path.filename();
  return files::exists(moved, ignored) ? moved.lexically_normal().string() : "";
}

Result<void> Merge::find_traces() {
  std::vector<std::pair<std::int64_t, std::string>> traces;
  const Result<void> read = each_row(
      "SELECT run_id, trace_path FROM main.run WHERE trace_path <> '' AND run_id IN (SELECT run_id FROM run_map WHERE "
      "added) ORDER BY run_id",
      [&](const Statement& row) { traces.emplace_back(row.integer(0), row.text(1)); });
  if (!read) return read;
  Result<Statement> update = database_.prepare("UPDATE main.run SET trace_path = ? WHERE run_id = ?");
  if (!update) return update.error();
  for (const auto& [run, anchor] : traces) {
    std::error_code ignored;
    if (files::exists(anchor, ignored)) continue;
    const std::string moved = beside_source(anchor);
    if (moved.empty()) {
      summary_.missing_traces.push_back(anchor);
      continue;
    }
    if (const Result<void> done = update->bind(moved, run).run(); !done) return done;
  }
  return {};
}

}  // namespace

Result<MergeSummary> merge_runs(Database& database, const std::string& source, std::span<const std::int64_t> runs) {
  std::error_code ignored;
  if (files::equivalent(source, database.path(), ignored)) {
    return Error{source + " is the database itself: give another one"};
  }
  if (const Result<void> attached = database.attach(source, kSource); !attached) return attached.error();
  if (const Result<void> set = database.execute("PRAGMA foreign_keys = OFF"); !set) return set.error();
  Result<Transaction> transaction = Transaction::begin(database);
  if (!transaction) return transaction.error();
  Result<MergeSummary> summary = Merge(database, runs).run(source);
  if (!summary) return summary;
  if (const Result<void> committed = transaction->commit(); !committed) return committed.error();
  return summary;
}

}  // namespace tulkki
