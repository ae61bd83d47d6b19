// SPDX-License-Identifier: Apache-2.0
// What the ranks of a run had of their machines, summed up: processor time, waiting, binding, and what else went on at
// the hosts. Read with the list of runs, so that every view can judge a figure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.h"
#include "storage/result.h"

namespace tulkki {

// Ranks of one host that may use the same processors.
struct RankSet {
  std::string affinity;                   // "0-3,8"
  std::int64_t processors = 0;            // how many those are; 0: unknown
  std::int64_t count = 0;                 // of ranks
  std::vector<std::int64_t> first_ranks;  // the first four
};

struct HostLoad {
  std::string host;
  std::int64_t ranks = 0, processors = 0, threads_per_core = 1;
  std::string governor, frequency_driver;
  std::optional<double> load_start, load_end;
  std::optional<std::int64_t> frequency_end_hz, frequency_max_hz;
  std::optional<double> busy_ns, idle_ns, stolen_ns;  // of all processors between start and end
  double ranks_cpu_ns = 0;                            // of this launch's processes, from their very beginning
  bool complete = true;                               // every rank of it came to the end
  std::optional<RankSet> crowded;  // most ranks for a processor, where that is more than one for a core

  // Ranks of a set for each of its cores.
  double ranks_per_core(const RankSet& set) const;
  // Processors, on average, that programs outside of this launch kept busy; nothing where a reading is missing.
  std::optional<double> other_processors() const;
  // Share of the processor time that was wanted and that the hypervisor gave to another guest.
  std::optional<double> stolen_share() const;
};

struct RunLoad {
  std::int64_t processes = 0;                   // 0: recorded by a version that did not look, or nothing was recorded
  std::int64_t without_end = 0;                 // of them: did not come to the end of MPI_Finalize
  std::int64_t without_wait = 0;                // of them: the kernel does not tell how long they waited
  double span_ns = 0, cpu_ns = 0, wait_ns = 0;  // summed over the processes
  std::int64_t voluntary_switches = 0, involuntary_switches = 0;
  std::int64_t worst_rank = -1;  // greatest share of time without a processor
  double worst_wait_ns = 0, worst_span_ns = 0;
  std::vector<HostLoad> hosts;
  std::string binding;   // "none", "1 core each", "2 processors each", "mixed"; empty: unknown
  std::string governor;  // of all hosts; empty: unknown

  double wait_share() const { return span_ns > 0 ? wait_ns / span_ns : 0; }
  double worst_wait_share() const { return worst_span_ns > 0 ? worst_wait_ns / worst_span_ns : 0; }
  double cpu_share() const { return span_ns > 0 ? cpu_ns / span_ns : 0; }
};

// By run; files of an older schema give none.
Result<std::map<std::int64_t, RunLoad>> read_loads(Database& database);

}  // namespace tulkki
