// SPDX-License-Identifier: Apache-2.0
// How much of their machines the processes of a launch had: the rows of the tables `process_load` and `host_load`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "storage/database.h"
#include "storage/process_log.h"

namespace tulkki {

// Columns as in storage/schema.sql.
struct ProcessLoadRow {
  int rank = 0;
  std::int64_t host_rank = 0;  // of the row of `host_load` that belongs to it; -1: nobody read that host
  std::string affinity;
  std::optional<std::int64_t> processors, processor_start, processor_end;
  std::string reading;  // end | latest | none
  std::optional<std::int64_t> span_ns, user_cpu_ns, system_cpu_ns, voluntary_switches, involuntary_switches, wait_ns;
};

struct HostLoadRow {
  std::int64_t rank = 0;
  std::string host;
  std::int64_t ranks = 0, processors = 0, threads_per_core = 1;
  std::string governor, frequency_driver;
  std::optional<double> load_start, load_end;
  std::optional<std::int64_t> running_start, running_end;
  std::optional<std::int64_t> frequency_start_hz, frequency_end_hz, frequency_max_hz;
  std::optional<std::int64_t> busy_ns, idle_ns, stolen_ns;
};

struct LaunchLoad {
  std::vector<ProcessLoadRow> processes;  // in the order of the logs
  std::vector<HostLoadRow> hosts;
};

// `ranks[i]`: rank of the process that wrote logs[i].
LaunchLoad describe_load(std::span<const ProcessLog> logs, const std::vector<int>& ranks);

Result<void> write_load(Database& database, std::int64_t run_id, const LaunchLoad& load);

// Number of processors in a list such as "0-3,8"; nothing where it is no such list.
std::optional<std::int64_t> count_processors(const std::string& list);

}  // namespace tulkki
