// SPDX-License-Identifier: GPL-3.0-or-later
// A database is open only as long as it is read: files may vanish at any time.
#include "viewer/model/launch_queries.h"

namespace tulkki {

Result<void> for_each_launch(const Study& study, const Series& series, const AskLaunch& ask) {
  for (const RunInfo& info : series.runs) {
    const StudyRun* run = study.find(info.run_id);
    if (run == nullptr) continue;
    Result<Database> database = Database::open(study.path_of(*run));
    if (!database) return database.error();
    if (const Result<void> asked = ask(*database, run->run_id); !asked) return asked.error();
  }
  return {};
}

Result<std::map<int, std::string>> hosts_of(Database& database, std::int64_t run_id) {
  std::map<int, std::string> hosts;
  const Result<void> read = for_each_row(
      database, "SELECT rank, host FROM process WHERE run_id = ?1",
      [&](const Statement& row) { hosts[static_cast<int>(row.integer(0))] = row.text(1); }, run_id);
  if (!read) return read.error();
  return hosts;
}

}  // namespace tulkki
