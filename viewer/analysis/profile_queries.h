// SPDX-License-Identifier: Apache-2.0
// The profile of a run, summed by whatever a table shows: procedure, call site, communicator, peer, size or rank.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "storage/database.h"
#include "storage/histogram.h"
#include "storage/result.h"

namespace tulkki {

enum class Grouping { procedure, site, communicator, peer, size, rank };

struct ProfileRow {
  std::int64_t key = 0;     // procedure, site or context number, peer, size class, rank
  std::string name;         // for people
  std::string procedure;    // Grouping::site only
  std::int64_t calls = 0, errors = 0;
  double time_ns = 0;
  double min_ns = 0, max_ns = 0;   // of calls > 0 only
  std::int64_t bytes_sent = 0, bytes_received = 0;
  std::int64_t messages_sent = 0, messages_received = 0;
  Histogram durations;

  // The middle of a bucket may lie outside of what was measured: the extremes are known exactly.
  double quantile_ns(double share) const { return std::clamp(durations.quantile_ns(share), min_ns, max_ns); }
};

// Most time first; sizes and ranks in their own order.
Result<std::vector<ProfileRow>> profile_by(Database& database, std::int64_t run_id, Grouping grouping);

// False for procedures whose data moves elsewhere than in their own time (nonblocking starts): a rate would lie.
bool has_rate(const std::string& procedure);

// "0 B", "1 B", "512 B - 1023 B", "1 KiB - 2 KiB": sizes of a size class, upper end exclusive.
std::string size_class_name(std::int64_t size_class);

}  // namespace tulkki
