// SPDX-License-Identifier: Apache-2.0
// The runs of a database, and how a user names one of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.h"
#include "storage/result.h"
#include "viewer/analysis/run_load.h"

namespace tulkki {

struct RunInfo {
  std::int64_t run_id = 0;
  std::string name;                 // of the program, for people: "solver.py"; of several in one launch "ocean : ice"
  std::string label, program;       // path of rank 0's executable, of a script its interpreter
  std::string arguments;            // command line; of several programs all, as mpirun takes them
  // The same without what a sweep varies on purpose from repetition to repetition ("--seed {repetition}"): what is compared.
  std::string compared_arguments;
  std::string backend, backend_version, front;
  std::string launch;  // identity of the launch, the same in every database
  std::string note;    // the user's own words
  bool translated = false;
  std::string transport, transport_verified;
  std::int64_t ranks = 0, nodes = 0;
  std::string thread_level, kernel, cpu;
  std::int64_t repetition = 1;
  std::string started_at;
  std::int64_t wall_ns = 0;
  std::string outcome;
  std::optional<std::int64_t> exit_code;
  double own_cost_ns = 0, clock_resolution_ns = 0;
  std::string trace_path;
  std::int64_t events = 0, events_dropped = 0;
  std::string loss, tulkki_version;
  RunLoad load;

  // A transport was asked for, and no check showed that it was used; the run's property transport_unverified says why.
  bool transport_unverified() const { return transport != "default" && transport_verified.empty(); }
};

// Oldest first.
Result<std::vector<RunInfo>> list_runs(Database& database);

// `name` is a number, `last`, or a label (of several runs with it the newest).
Result<RunInfo> select_run(Database& database, const std::string& name);

}  // namespace tulkki
