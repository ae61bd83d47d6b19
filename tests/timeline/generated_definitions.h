// SPDX-License-Identifier: Apache-2.0
// Definitions of generated archives.
#pragma once

#include <otf2/otf2.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/timeline/generated_trace.h"

namespace tulkki::test {

enum GeneratedRegion : std::uint32_t {
  kRegionInit,
  kRegionIsend,
  kRegionIrecv,
  kRegionSend,
  kRegionRecv,
  kRegionWait,
  kRegionTest,
  kRegionAllreduce,
  kRegionBcast,
  kRegionFinalize,
  kRegionMain,
  kRegionSolve,
  kGeneratedRegions
};

enum GeneratedComm : std::uint32_t { kGeneratedWorld, kGeneratedEven };

inline constexpr std::uint64_t kGeneratedOrigin = 5'000'000'000;  // ticks at the start of the epoch

const char* generated_region_name(const TraceShape& shape, GeneratedRegion region);
const char* generated_context_name(const TraceShape& shape, GeneratedComm comm);
std::uint64_t generated_location(const TraceShape& shape, std::uint32_t rank, std::uint32_t thread);
// Time stamp of a rank's own clock at these ticks since the origin.
std::uint64_t generated_local_ticks(const TraceShape& shape, std::uint32_t rank, std::uint64_t ticks);
void write_generated_definitions(OTF2_Archive* archive, const TraceShape& shape,
                                 const std::vector<std::uint64_t>& records, std::uint64_t last_ticks);

}  // namespace tulkki::test
