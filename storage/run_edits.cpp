// SPDX-License-Identifier: Apache-2.0
// What belongs to a run follows from the foreign keys in the file, so that a table of a later schema is not forgotten.
#include "storage/run_edits.h"

#include <string>
#include <vector>

namespace tulkki {
namespace {

struct Reference {
  std::string table, column;
  bool owned = false;  // ON DELETE CASCADE
};

Result<std::vector<Reference>> references_to_runs(Database& database) {
  Result<Statement> query = database.prepare(
      "SELECT m.name, f.\"from\", f.on_delete FROM sqlite_master AS m JOIN pragma_foreign_key_list(m.name) AS f "
      "WHERE m.type = 'table' AND f.\"table\" = 'run' ORDER BY m.name");
  if (!query) return query.error();
  std::vector<Reference> references;
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) return references;
    references.push_back({query->text(0), query->text(1), query->text(2) == "CASCADE"});
  }
}

Result<void> for_each_run(Database& database, const std::string& sql, std::span<const std::int64_t> runs) {
  Result<Statement> statement = database.prepare(sql);
  if (!statement) return statement.error();
  for (const std::int64_t run : runs) {
    if (const Result<void> done = statement->bind(run).run(); !done) return done;
  }
  return {};
}

}  // namespace

Result<void> describe_runs(Database& database, std::span<const std::int64_t> runs,
                           const std::optional<std::string>& label, const std::optional<std::string>& note) {
  Result<Transaction> transaction = Transaction::begin(database);
  if (!transaction) return transaction.error();
  {
    Result<Statement> update =
        database.prepare("UPDATE run SET label = COALESCE(?1, label), note = COALESCE(?2, note) WHERE run_id = ?3");
    if (!update) return update.error();
    for (const std::int64_t run : runs) {
      if (const Result<void> done = update->bind(label, note, run).run(); !done) return done;
      if (database.changes() == 0) {
        return Error{database.path() + " has no run " + std::to_string(run) + " any more; nothing was changed"};
      }
    }
  }
  return transaction->commit();
}

// Table by table: SQLite's own cascade would look through all calls for every call site.
Result<void> delete_runs(Database& database, std::span<const std::int64_t> runs) {
  if (const Result<void> set = database.execute("PRAGMA foreign_keys = OFF"); !set) return set;
  Result<Transaction> transaction = Transaction::begin(database);
  if (!transaction) return transaction.error();
  const Result<std::vector<Reference>> references = references_to_runs(database);
  if (!references) return references.error();
  // A launch that is done but has no results would never be measured again.
  Result<void> done = for_each_run(
      database, "UPDATE sweep_point SET state = 'waiting', reason = '' WHERE run_id = ? AND state <> 'running'", runs);
  for (const Reference& reference : *references) {
    if (!done) return done;
    done = for_each_run(database,
                        reference.owned ? "DELETE FROM " + reference.table + " WHERE " + reference.column + " = ?"
                                        : "UPDATE " + reference.table + " SET " + reference.column + " = NULL WHERE " +
                                              reference.column + " = ?",
                        runs);
  }
  if (done) done = for_each_run(database, "DELETE FROM run WHERE run_id = ?", runs);
  if (!done) return done;
  return transaction->commit();
}

Result<void> shrink(Database& database) { return database.execute("VACUUM"); }

}  // namespace tulkki
