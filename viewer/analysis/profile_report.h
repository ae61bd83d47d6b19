// SPDX-License-Identifier: Apache-2.0
// Everything that `tulkki report` shows of a run, as plain numbers.
#pragma once

#include <string>
#include <vector>

#include "viewer/analysis/measurement.h"
#include "viewer/analysis/profile_queries.h"
#include "viewer/analysis/run_list.h"

namespace tulkki {

// Least, middle and greatest value over the ranks, and who has them.
struct Spread {
  std::string name;
  std::string unit;   // ns | bytes
  double minimum = 0, median = 0, maximum = 0;
  std::int64_t minimum_rank = -1, maximum_rank = -1;
};

struct SizeRow {
  std::int64_t size_class = 0;
  std::int64_t messages = 0;      // point-to-point and RMA, counted by the sender
  std::int64_t collectives = 0;   // calls, of each rank
  std::int64_t file_operations = 0;
  std::int64_t bytes = 0;         // of messages: sent; of the others: sent and received
  std::int64_t operations() const { return messages + collectives + file_operations; }
};

struct PairRow {
  std::int64_t source = 0, destination = 0;
  std::string kind;
  std::int64_t messages = 0, bytes = 0;
};

struct MatrixSummary {
  std::int64_t pairs = 0, messages = 0, bytes = 0;
  std::vector<PairRow> heaviest;
};

struct RunReport {
  RunInfo run;
  std::int64_t calls = 0, errors = 0;
  std::int64_t processes = 0;     // those whose log was found
  double wall_sum_ns = 0;         // over the ranks
  double mpi_sum_ns = 0;          // over the ranks and their threads
  double time_sum_ns = 0;         // of all calls, those outside MPI_Init .. MPI_Finalize too
  std::vector<ProfileRow> procedures, sites;
  std::vector<SizeRow> sizes;
  std::vector<Spread> spreads;
  double load_balance = 0;        // mean over maximum of the time outside MPI; 0 if unknown
  MatrixSummary matrix;
  Measurements measurements;      // what the program printed

  double mpi_share() const { return wall_sum_ns > 0 ? mpi_sum_ns / wall_sum_ns : 0; }
  double own_cost_sum_ns() const { return run.own_cost_ns * static_cast<double>(calls); }
};

Result<RunReport> build_report(Database& database, const RunInfo& run, int top);

}  // namespace tulkki
