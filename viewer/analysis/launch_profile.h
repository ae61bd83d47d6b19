// SPDX-License-Identifier: Apache-2.0
// One launch reduced to what comparisons need: sums and histograms by procedure and size class, read once from a
// database. Launches of several databases can be compared: nothing here points back to one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "storage/database.h"
#include "storage/histogram.h"
#include "storage/result.h"
#include "viewer/analysis/measurement.h"
#include "viewer/analysis/run_list.h"
#include "viewer/analysis/selection.h"

namespace tulkki {

// Sums over ranks, threads, sites and peers.
struct CallTotals {
  std::int64_t calls = 0, errors = 0;
  double time_ns = 0;
  double min_ns = 0, max_ns = 0;  // of calls > 0 only
  std::int64_t bytes_sent = 0, bytes_received = 0;
  std::int64_t messages_sent = 0, messages_received = 0;
  Histogram durations;

  std::int64_t bytes() const { return bytes_sent + bytes_received; }
  double quantile_ns(double share) const;
  void add(const CallTotals& other);
};

struct ProcedureTotals {
  std::string family;  // as in the API table: "collective", "io" ...
  CallTotals all;
  std::map<std::int64_t, CallTotals> by_size;  // size class, see storage/schema.sql
};

struct LaunchProfile {
  RunInfo run;
  std::int64_t processes = 0;          // ranks whose log was found
  double wall_sum_ns = 0;              // over those ranks: MPI_Init to MPI_Finalize
  double mpi_sum_ns = 0;               // over the ranks and their threads, in that span
  std::int64_t peak_memory_bytes = 0;  // greatest of the ranks
  std::int64_t calls = 0;              // of all ranks
  std::int64_t most_calls = 0;         // of one rank
  std::map<std::string, ProcedureTotals> procedures;
  Measurements measurements;           // what the program printed

  bool has_measured(const QuantityFilter& filter) const;  // anything of it
};

Result<LaunchProfile> read_launch(Database& database, const RunInfo& run);

// A series with its launches read, `launches[i]` that of `series.runs[i]`.
struct SeriesProfile {
  Series series;
  std::vector<LaunchProfile> launches;
};
Result<std::vector<SeriesProfile>> read_series(Database& database, const std::vector<Series>& series);
// The same series with only some of their launches; one may end up without any.
std::vector<SeriesProfile> launches_where(const std::vector<SeriesProfile>& series,
                                          const std::function<bool(const LaunchProfile&)>& holds);

}  // namespace tulkki
