// SPDX-License-Identifier: Apache-2.0
// What the raw logs of one launch say about it as a whole and about each process: the rows of the tables `run`,
// `run_property`, `process`, `process_load` and `host_load`, still without a database.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "storage/communicators.h"
#include "storage/process_log.h"
#include "storage/profile_load.h"

namespace tulkki {

// Ticks a nanosecond, from the two pairs of clock readings in the header where they lie far enough apart.
double ticks_per_ns(const raw::FileHeader& header);

struct ProcessRow {
  int rank = 0;
  std::string host;
  std::uint64_t process_id = 0;
  std::string state;
  std::int64_t wall_ns = 0;
  std::int64_t mpi_ns = 0;
  std::uint64_t peak_memory_bytes = 0;
  std::uint64_t user_cpu_ns = 0;
  std::uint64_t system_cpu_ns = 0;
  std::uint64_t threads = 0;
  std::uint64_t calls = 0;
};

struct Launch {
  std::string identity;
  std::string label, program, arguments, working_directory;
  std::string backend, backend_version, backend_library, front;
  std::string transport, transport_verified;
  int ranks = 0;
  int nodes = 0;
  std::string thread_level, kernel, cpu;
  std::int64_t repetition = 1;
  std::int64_t started_realtime_ns = 0;
  std::int64_t wall_ns = 0;
  std::string outcome;
  double own_cost_ns = 0;
  double clock_resolution_ns = 0;
  std::uint64_t events_dropped = 0;
  std::string loss;
  std::string tulkki_version;
  std::map<std::string, std::string> further_properties;
  std::vector<ProcessRow> processes;  // in the order of the logs
  LaunchLoad load;

  // As `run` recorded it, or empty: where results shall go.
  std::string wanted_database, wanted_trace_directory;
  bool wants_trace = true;
};

// `logs` must not be empty and be in the order of ranks: what holds for all is taken from the first one.
// `running[i]`: process i still runs.
Launch describe_launch(std::span<const ProcessLog> logs, const UnifiedContexts& contexts,
                       const std::vector<bool>& running);

// "2026-11-21T10:35:00.123Z"
std::string iso_time(std::int64_t realtime_ns);

}  // namespace tulkki
