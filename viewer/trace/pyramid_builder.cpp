// SPDX-License-Identifier: Apache-2.0
// Each bucket keeps the four procedures with the most time; a fifth takes the place of the least. That names the
// dominant one rightly unless five are about equal.
#include "viewer/trace/pyramid_builder.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tulkki::trace {

PyramidBuilder::PyramidBuilder(std::uint64_t begin, std::uint64_t bucket_width, std::uint32_t buckets,
                               std::uint32_t members)
    : begin_(begin),
      width_(std::max<std::uint64_t>(1, bucket_width)),
      members_(std::max(1u, members)),
      buckets_(std::bit_ceil(std::max(1u, buckets))) {}

void PyramidBuilder::Bucket::add(std::uint16_t which, float amount, bool mpi) {
  busy_time += amount;
  if (mpi) mpi_time += amount;
  std::size_t least = 0;
  for (std::size_t slot = 0; slot < time.size(); ++slot) {
    if (time[slot] > 0 && procedure[slot] == which) {
      time[slot] += amount;
      return;
    }
    if (time[slot] < time[least]) least = slot;
  }
  if (time[least] >= amount) return;
  time[least] = amount;
  procedure[least] = which;
  mpi_slots = static_cast<std::uint8_t>(mpi ? mpi_slots | (1u << least) : mpi_slots & ~(1u << least));
}

void PyramidBuilder::Bucket::merge(const Bucket& other) {
  const float mpi = mpi_time + other.mpi_time, busy = busy_time + other.busy_time;
  for (std::size_t slot = 0; slot < time.size(); ++slot) {
    if (other.time[slot] > 0) add(other.procedure[slot], other.time[slot], (other.mpi_slots >> slot & 1) != 0);
  }
  mpi_time = mpi;
  busy_time = busy;
  if (other.longest == kNone || (longest != kNone && other.longest_bits <= longest_bits)) return;
  longest = other.longest;
  longest_location = other.longest_location;
  longest_procedure = other.longest_procedure;
  longest_bits = other.longest_bits;
}

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
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(duration_ns));
  for (std::size_t n = first; n <= last; ++n) {
    Bucket& bucket = buckets_[n];
    if (bucket.longest != kNone && bits <= bucket.longest_bits) continue;
    bucket.longest = call;
    bucket.longest_location = location;
    bucket.longest_procedure = procedure;
    bucket.longest_bits = bits;
  }
}

Cell PyramidBuilder::cell_of(const Bucket& bucket, double width) {
  Cell cell;
  float best = 0;
  bool best_is_mpi = false;
  for (std::size_t slot = 0; slot < bucket.time.size(); ++slot) {
    const bool mpi = (bucket.mpi_slots >> slot & 1) != 0;
    if (bucket.time[slot] <= 0 || (best_is_mpi && !mpi)) continue;
    if (bucket.time[slot] <= best && best_is_mpi == mpi) continue;
    best = bucket.time[slot];
    best_is_mpi = mpi;
    cell.procedure = bucket.procedure[slot];
  }
  // Something is never rounded to nothing: a short call in an empty bucket must be seen.
  const auto share = [&](float time) {
    return static_cast<std::uint8_t>(time <= 0 ? 0 : std::clamp(std::lround(255.0 * time / width), 1L, 255L));
  };
  cell.mpi_share = share(bucket.mpi_time);
  cell.busy_share = share(bucket.busy_time);
  if (bucket.longest != kNone) {
    cell.longest_procedure = bucket.longest_procedure;
    cell.longest_log = duration_log(static_cast<std::uint64_t>(std::bit_cast<float>(bucket.longest_bits)));
    if (cell.procedure == kNoProcedure) cell.procedure = bucket.longest_procedure;  // calls without any duration
    if (cell.mpi_share == 0) cell.mpi_share = cell.busy_share = std::max<std::uint8_t>(cell.busy_share, 1);
  }
  return cell;
}

PyramidData PyramidBuilder::finish(std::uint32_t most_buckets) const {
  PyramidData data;
  data.begin = begin_;
  data.bucket_width = width_;
  std::vector<Bucket> level = buckets_;
  const auto is_empty = [](const Bucket& bucket) { return bucket.busy_time <= 0 && bucket.longest == kNone; };
  while (level.size() > 1 && std::all_of(level.begin() + static_cast<std::ptrdiff_t>(level.size() / 2), level.end(), is_empty)) {
    level.resize(level.size() / 2);
  }
  double width = static_cast<double>(width_) * members_;
  for (;;) {
    if (level.size() <= most_buckets) {
      if (data.buckets == 0) data.buckets = static_cast<std::uint32_t>(level.size());
      for (const Bucket& bucket : level) {
        data.cells.push_back(cell_of(bucket, width));
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
