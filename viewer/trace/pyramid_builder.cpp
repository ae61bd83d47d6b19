// SPDX-License-Identifier: Apache-2.0
// Level 0 is gathered, the others are made of it at the end.
#include "viewer/trace/pyramid_builder.h"

#include <algorithm>
#include <bit>

namespace tulkki::trace {

PyramidBuilder::PyramidBuilder(std::uint64_t begin, std::uint64_t bucket_width, std::uint32_t buckets,
                               std::uint32_t members)
    : begin_(begin),
      width_(std::max<std::uint64_t>(1, bucket_width)),
      members_(std::max(1u, members)),
      buckets_(std::bit_ceil(std::max(1u, buckets))) {}

// Two buckets become one until `end` lies within.
void PyramidBuilder::fit(std::uint64_t end) {
  while (end > begin_ && (end - begin_ - 1) / width_ >= buckets_.size() && width_ < (std::uint64_t{1} << 42)) {
    const std::size_t half = buckets_.size() / 2;
    for (std::size_t n = 0; n < buckets_.size(); n += 2) {
      Bucket both = buckets_[n];
      if (n + 1 < buckets_.size()) both.merge(buckets_[n + 1]);
      buckets_[n / 2] = both;
    }
    std::fill(buckets_.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(1, half)), buckets_.end(), Bucket{});
    width_ *= 2;
  }
}

void PyramidBuilder::add_time(std::uint64_t begin, std::uint64_t end, std::uint16_t procedure, bool mpi) {
  begin = std::max(begin, begin_);
  if (end <= begin) return;
  empty_ = false;
  fit(end);
  std::size_t first = (begin - begin_) / width_, last = (end - begin_ - 1) / width_;
  last = std::min(last, buckets_.size() - 1);
  first = std::min(first, last);
  if (first == last) {
    buckets_[first].add(procedure, static_cast<float>(end - begin), mpi);
    return;
  }
  buckets_[first].add(procedure, static_cast<float>(begin_ + (first + 1) * width_ - begin), mpi);
  for (std::size_t n = first + 1; n < last; ++n)
    buckets_[n].add(procedure, static_cast<float>(width_), mpi);
  buckets_[last].add(procedure, static_cast<float>(end - (begin_ + last * width_)), mpi);
}

void PyramidBuilder::add_call(std::uint64_t begin, std::uint64_t end, std::uint64_t duration_ns,
                              std::uint16_t procedure, std::uint32_t call, std::uint32_t location) {
  begin = std::max(begin, begin_);
  end = std::max(end, begin + 1);
  empty_ = false;
  fit(end);
  std::size_t first = (begin - begin_) / width_, last = (end - begin_ - 1) / width_;
  last = std::min(last, buckets_.size() - 1);
  first = std::min(first, last);
  for (std::size_t n = first; n <= last; ++n)
    buckets_[n].add_call(duration_ns, procedure, call, location);
}

PyramidData PyramidBuilder::finish(std::uint32_t most_buckets) const {
  PyramidData data;
  data.begin = begin_;
  data.bucket_width = width_;
  std::vector<Bucket> level = buckets_;
  const auto is_empty = [](const Bucket& bucket) { return bucket.busy_time <= 0 && bucket.longest == kNone; };
  while (level.size() > 1 &&
         std::all_of(level.begin() + static_cast<std::ptrdiff_t>(level.size() / 2), level.end(), is_empty)) {
    level.resize(level.size() / 2);
  }
  double width = static_cast<double>(width_) * members_;
  for (;;) {
    if (level.size() <= most_buckets) {
      if (data.buckets == 0) data.buckets = static_cast<std::uint32_t>(level.size());
      for (const Bucket& bucket : level) {
        data.cells.push_back(bucket.cell(width));
        data.longest.push_back(bucket.longest);
        data.longest_location.push_back(bucket.longest_location);
      }
    } else {
      data.bucket_width *= 2;
    }
    if (level.size() == 1) return data;
    for (std::size_t n = 0; n < level.size(); n += 2) {
      level[n / 2] = level[n];
      level[n / 2].merge(level[n + 1]);
    }
    level.resize(level.size() / 2);
    width *= 2;
  }
}

}  // namespace tulkki::trace
