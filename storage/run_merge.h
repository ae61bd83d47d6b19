// SPDX-License-Identifier: Apache-2.0
// Runs of another database, copied into this one: they get new numbers, everything that belongs to them comes along,
// and so do the sweeps that they are launches of.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "storage/database.h"
#include "storage/result.h"

namespace tulkki {

struct MergedRun {
  std::int64_t source_id = 0;  // in the other database
  std::int64_t run_id = 0;     // in this one
  bool added = false;          // false: this database held the launch already
};

struct MergeSummary {
  std::vector<MergedRun> runs;              // in the order of the source
  std::vector<std::string> sweeps;          // names, of those that came along or were completed
  std::vector<std::string> missing_traces;  // anchors that added runs name and that are not there
};

// Copies these runs of the database `source` (without any: all, and the waiting launches of its sweeps too), all of it
// or nothing. A launch is known by its identity, so merging twice adds nothing. A trace that is not where its run says,
// but beside `source`, is named there. `source` is not changed.
Result<MergeSummary> merge_runs(Database& database, const std::string& source, std::span<const std::int64_t> runs);

}  // namespace tulkki
