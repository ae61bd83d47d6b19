// SPDX-License-Identifier: Apache-2.0
// What is measured of a launch: one number for each launch, metric and subject. A launch is the unit of repetition;
// the thousands of calls inside it are reduced here, and rates are totals over totals.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "viewer/analysis/launch_profile.h"
#include "viewer/analysis/measurement.h"

namespace tulkki {

enum class Metric {
  wall_time,     // of the launch, first MPI_Init to last MPI_Finalize. Only of the whole run
  mpi_time,      // inside MPI, mean over the ranks. Only of the whole run
  compute_time,  // outside MPI, mean over the ranks. Only of the whole run
  peak_memory,   // greatest of the ranks. Only of the whole run
  time,          // in the calls of a procedure, mean over the ranks
  calls,         // of all ranks
  bytes,         // payload sent and received, of all ranks
  throughput,    // procedure: its bytes over its time; run: bytes of all ranks over the wall time
  call_time,     // duration of one call, mean over all calls of all ranks: exact, and sensitive to rare long calls
  latency,       // duration of one call, median over all calls of all ranks
  tail_latency,  // the same, 99th percentile
  iops,          // procedure: its calls over its time; run: calls of all ranks over the wall time
  measurement,   // what the program printed: only with Subject::quantity, see viewer/analysis/measurement.h
};

enum class Sense { lower_is_better, higher_is_better, neutral };

struct MetricInfo {
  Metric metric;
  std::string_view name;   // on the command line and in files: "wall_time"
  std::string_view title;  // in tables: "wall time"
  std::string_view unit;   // ns | bytes | bytes/s | 1/s | 1
  Sense sense;
  bool of_run, of_procedure;
};
std::span<const MetricInfo> metric_infos();  // of what is recorded: all but Metric::measurement
const MetricInfo& metric_info(Metric metric);
std::optional<Metric> metric_named(std::string_view name);

// What a number is about: the whole run, a procedure, its calls of one size class, or what a program printed.
struct Subject {
  std::string procedure;                         // empty: the whole run
  std::optional<std::int64_t> size_class = {};   // see storage/schema.sql
  std::optional<Quantity> quantity = {};         // with Metric::measurement, and only with it
  auto operator<=>(const Subject&) const = default;
};
// As metric_info(), but of a quantity its own: "measured:latency", "us", and what its unit says.
std::string metric_name(Metric metric, const Subject& subject);
std::string metric_unit(Metric metric, const Subject& subject);
Sense metric_sense(Metric metric, const Subject& subject);

// Nothing where the launch has no such calls, or where the metric would lie (a rate of MPI_Isend).
std::optional<double> metric_value(const LaunchProfile& launch, Metric metric, const Subject& subject);

// How far the value may be off because of the recorder: its own cost and the clock's resolution, for each call that
// counts, and for percentiles the width of a histogram's bucket; in the unit of the metric. 0 for counts.
double recorder_band(const LaunchProfile& launch, Metric metric, const Subject& subject);

}  // namespace tulkki
