// SPDX-License-Identifier: Apache-2.0
// A database with launches that a test describes, written through storage's schema.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "storage/database.h"
#include "tests/storage_profile/support.h"
#include "viewer/analysis/launch_profile.h"

namespace tulkki::test {

struct RunSpec {
  std::string backend = "openmpi", transport = "default", label = {}, program = "/opt/solver", outcome = "finalized";
  std::string kernel = "6.1.0", transport_verified = {}, trace_path = {}, arguments = "./solver";
  std::int64_t ranks = 2, wall_ns = 1'000'000'000, exit_code = 0;
  double own_cost_ns = 20, clock_resolution_ns = 5;
};

class StudyBuilder {
 public:
  StudyBuilder();
  // Returns the run's number; launches start one minute after each other.
  std::int64_t run(const RunSpec& spec);
  void process(std::int64_t run, std::int64_t rank, std::int64_t wall_ns, std::int64_t mpi_ns);
  // One row of table `call`; `durations_ns` of the calls one by one.
  void call(std::int64_t run, std::int64_t rank, const std::string& procedure, std::int64_t bytes_of_each,
            const std::vector<double>& durations_ns);
  // What the program printed.
  void measured(std::int64_t run, const Quantity& quantity, double value);
  // Processes of all ranks, each with `calls` calls of one procedure of `each_ns`; the rest of the wall time is outside
  // MPI.
  std::int64_t simple_run(const RunSpec& spec, const std::string& procedure, std::int64_t bytes_of_each, int calls,
                          double each_ns);

  Database& database() { return *database_; }
  const std::string& path() const { return path_; }
  std::vector<RunInfo> runs();
  // All of the launches, as one series each.
  std::vector<SeriesProfile> series(const std::vector<std::vector<std::int64_t>>& run_ids);

 private:
  void execute(Result<Statement>& statement);
  ScratchDirectory folder_;
  std::string path_;
  std::unique_ptr<Database> database_;
  std::int64_t runs_ = 0;
};

// Reproducible numbers, the same on every machine.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  double uniform(double low, double high);
  std::int64_t whole(std::int64_t low, std::int64_t high);  // both inclusive

 private:
  std::uint64_t state_;
};

}  // namespace tulkki::test
