// SPDX-License-Identifier: Apache-2.0
// Which launches of a sweep are done, run now, failed or wait, in the database of their runs: so a sweep continues where
// it was cut off, and several processes share the work of one. Tables `sweep`, `sweep_point` and `measurement`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.h"
#include "storage/result.h"

namespace tulkki {

// What a program told about itself; time and calls come from the recording.
struct Measurement {
  std::string workload;
  std::int64_t bytes = 0;  // message or record size; 0: it has none
  std::string metric, unit;
  double value = 0;
};

struct SweepPoint {
  std::int64_t point_id = 0;
  std::string factors;     // JSON: what distinguishes this launch from the others
  std::string state;       // waiting | running | done | failed
  std::string reason;      // why it failed
  std::optional<std::int64_t> run_id;
  std::string owner;       // while running: host, process and its start
};

class SweepStore {
 public:
  // Finds the sweep of this name, or makes it with `seed`; adds those of `factors` that it does not have yet.
  static Result<SweepStore> open(Database& database, const std::string& name, std::uint64_t seed,
                                 const std::vector<std::string>& factors);

  // The same for reading only: nothing when the database has no sweep of this name.
  static Result<std::optional<SweepStore>> look_up(Database& database, const std::string& name);

  // From one launch's start to the next one's, as a mean over those that are done and did not take longer than
  // `longest_seconds`; nothing when there are too few.
  Result<std::optional<double>> seconds_per_launch(double longest_seconds);

  std::int64_t id() const { return sweep_id_; }
  std::uint64_t seed() const { return seed_; }  // of the first command with this name

  // The launch with these factors.
  Result<SweepPoint> find(const std::string& factors);

  // Takes a launch to run it: false if it is done, has failed, or somebody else is at it. One whose owner is gone is
  // taken over, and what that owner may have left of it in the database is removed.
  Result<bool> claim(std::int64_t point_id, const std::string& owner, const std::function<bool(const std::string&)>& is_gone);
  // Gives it back, as if it had not begun.
  Result<void> release(std::int64_t point_id);
  Result<void> finish(std::int64_t point_id, const std::string& reason, std::optional<std::int64_t> run_id,
                      const std::vector<Measurement>& measurements, const std::string& compared_arguments = "");  // `reason` empty: done, else failed
  // `compared_arguments`: the run's command line without what differs between repetitions on purpose; empty: the same.
  // Failed launches wait again; their runs are removed.
  Result<void> forget_failures();

  // Value of the run's property sweep_point.
  std::string mark(std::int64_t point_id) const;

 private:
  SweepStore(Database& database) : database_(&database) {}
  Result<void> remove_runs(std::int64_t point_id);
  Database* database_;
  std::int64_t sweep_id_ = 0;
  std::uint64_t seed_ = 0;
};

}  // namespace tulkki
