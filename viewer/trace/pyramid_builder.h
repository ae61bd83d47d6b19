// SPDX-License-Identifier: Apache-2.0
// Builds one row of the pyramid from a stream of intervals. The range need not be known: buckets double their width
// until what comes fits. Memory: 48 bytes a bucket.
#pragma once

#include <cstdint>
#include <vector>

#include "viewer/trace/bucket.h"

namespace tulkki::trace {

struct PyramidData {
  std::uint64_t begin = 0, bucket_width = 1;
  std::uint32_t buckets = 0;
  std::vector<Cell> cells;  // all levels, finest first
  std::vector<std::uint32_t> longest, longest_location;
};

class PyramidBuilder {
 public:
  // `buckets` of level 0, a power of two. `members`: how many locations share the row, for the shares of time.
  PyramidBuilder(std::uint64_t begin, std::uint64_t bucket_width, std::uint32_t buckets, std::uint32_t members);

  // Time that belongs to this procedure alone (not to what it calls).
  void add_time(std::uint64_t begin, std::uint64_t end, std::uint16_t procedure, bool mpi);
  // A whole MPI call, for the longest of each bucket.
  void add_call(std::uint64_t begin, std::uint64_t end, std::uint64_t duration_ns, std::uint16_t procedure,
                std::uint32_t call, std::uint32_t location);
  bool empty() const { return empty_; }
  // All levels, from level 0 of at most `most_buckets`. Buckets at the end that hold nothing are cut.
  PyramidData finish(std::uint32_t most_buckets = UINT32_MAX) const;

 private:
  void fit(std::uint64_t end);

  std::uint64_t begin_, width_;
  std::uint32_t members_;
  bool empty_ = true;
  std::vector<Bucket> buckets_;
};

}  // namespace tulkki::trace
