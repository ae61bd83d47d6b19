// SPDX-License-Identifier: Apache-2.0
// The directory of a cache file: definitions and the places of all segments. Written last, checked by a hash, and read
// with a limit on everything that it counts.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "storage/result.h"
#include "viewer/trace/model.h"

namespace tulkki::trace {

struct BlockPlace {
  std::uint64_t offset = 0, bytes = 0;
  std::uint64_t first = 0;  // number of its first call or half in the location
  std::uint64_t key = 0;    // calls: start of the first, ns; halves: the call in which the first happens
};

struct LocationPlace {
  std::vector<BlockPlace> calls, halves;
  std::uint64_t first_half = 0;  // number of its half 0 through the whole trace
};

struct RowPlace {
  std::uint64_t begin = 0, bucket_width = 1;
  std::uint32_t buckets = 0;       // of level 0, a power of two; 0: no row
  std::uint32_t location = kNone;  // kNone: several, with the location of each longest call
  std::uint64_t cells_offset = 0, longest_offset = 0, longest_location_offset = 0;
};

// Rows for a picture with little room: one a node, or one for some neighbouring ranks.
struct RowGroup {
  std::string name;
  std::uint32_t first_location = 0, last_location = 0;  // half-open range
};

struct Directory {
  bool complete = false;
  std::uint32_t indexed_locations = 0;
  Definitions definitions;
  std::vector<LocationPlace> places;  // one a location, as the two below
  std::vector<RowPlace> rows, step_rows;
  std::vector<RowGroup> groups;
  std::vector<RowPlace> group_rows;  // one a group
};

std::vector<std::uint8_t> encode(const Directory& directory);
// Fails on bytes that are cut or contradict themselves. Offsets are checked where they are used.
Result<Directory> decode(std::span<const std::uint8_t> bytes);

}  // namespace tulkki::trace
