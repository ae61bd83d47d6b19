// SPDX-License-Identifier: Apache-2.0
// Finds the two ends of each message: those with the same number in the same channel. Goes through the trace in slices
// of time, so that only messages under way are in memory.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "storage/result.h"
#include "viewer/trace/cache_directory.h"
#include "viewer/trace/cache_file.h"

namespace tulkki::trace {

struct MatchResult {
  std::uint64_t matched = 0;    // pairs
  std::uint64_t unmatched = 0;  // ends whose other end the trace does not hold
};

// `file` holds all blocks that `directory` names, with numbers in channels in the place of partners; partners take
// their place. `go_on(fraction)` ends it by returning false.
Result<MatchResult> match_messages(CacheFile& file, const Directory& directory,
                                   const std::function<bool(double)>& go_on);

}  // namespace tulkki::trace
