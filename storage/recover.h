// SPDX-License-Identifier: Apache-2.0
// From raw logs to results: reads the logs of a launch, writes its trace (OTF2) and its profile (SQLite), and only
// then removes the logs. The one way to results, for healthy runs and for killed ones.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "storage/result.h"

namespace tulkki {

struct RecoverOptions {
  std::vector<std::string> directories;  // with *.tulkki-raw in them or one level below; all of one `tulkki run`
  std::string database;                  // empty: as the recorded processes were told, else ./tulkki.db
  std::string trace_directory;           // empty: as the recorded processes were told, else ./tulkki-traces
  std::optional<bool> trace;             // empty: as the recorded processes were told
  bool trace_sites = false;              // call sites in the trace too (TraceOptions::call_sites), not only in the profile
  std::optional<int> exit_code;          // of the launcher
  bool keep_raw_logs = false;
  bool force = false;                    // even if recorded processes still run
  // How long to wait for those that do: MPICH's launcher ends before the ranks that it stops.
  std::chrono::milliseconds patience{0};
  // Called now and then with what is being done and how much of it (0 .. 1) is; see storage/recover_progress.h.
  std::function<void(const std::string& what, double fraction)> progress;
};

struct RecoveredRun {
  std::int64_t run_id = 0;               // in the database
  bool already_recorded = false;         // the database held this launch before; nothing was written
  std::string program;                   // its name
  std::string trace_anchor;              // empty: no trace
  int ranks = 0;
  double wall_seconds = 0;
  std::string outcome;                   // as in the database
  std::uint64_t calls = 0;
  std::uint64_t events = 0;              // in the trace
  std::uint64_t events_dropped = 0;
};

struct RecoverSummary {
  std::string database;                  // absolute path
  // One for each launch whose logs were found, in order of start: a script may start several MPI programs.
  std::vector<RecoveredRun> runs;
  std::vector<std::string> warnings;     // one line each: what is lost, where, why
};

Result<RecoverSummary> recover(const RecoverOptions& options);

}  // namespace tulkki
