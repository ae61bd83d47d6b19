// SPDX-License-Identifier: Apache-2.0
// The histogram of durations as the profile database stores it: log-linear over picoseconds, 64 steps an octave, so
// that a bucket is at most 1/64 of its value wide. The encoding is described in docs/formats.md.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "storage/raw_format.h"
#include "storage/result.h"

namespace tulkki {

class Histogram {
 public:
  static constexpr std::uint32_t kStepsPerOctave = 64;

  struct Bucket {
    double lower_ns;  // inclusive
    double upper_ns;  // exclusive
    std::uint64_t count;
  };

  // Index of the bucket of a duration: octave * 64 + step; 0 and 1 ps share bucket 0.
  static std::uint32_t index_of(std::uint64_t picoseconds);
  static std::pair<double, double> bounds_ns(std::uint32_t index);

  void add(std::uint64_t picoseconds, std::uint64_t count = 1) { add_at(index_of(picoseconds), count); }
  void add_at(std::uint32_t index, std::uint64_t count);
  void clear() { entries_.clear(); }
  void merge(const Histogram& other);

  std::uint64_t count() const;
  bool empty() const { return entries_.empty(); }
  // Duration at or below which the given share (0 .. 1) of the calls lies: the middle of the bucket that holds the
  // call of that rank, so within 3 % of the exact value for what was recorded. 0 when nothing was counted.
  double quantile_ns(double share) const;
  std::vector<Bucket> buckets() const;  // ascending, only those that hold something

  std::vector<std::uint8_t> encode() const;
  void encode_to(std::vector<std::uint8_t>& bytes) const;  // replaces the contents; saves the allocation
  // Fails on bytes that no Tulkki wrote (cut varint, index beyond 2^64 ps).
  static Result<Histogram> decode(std::span<const std::uint8_t> bytes);

 private:
  struct Entry {
    std::uint32_t index;
    std::uint64_t count;
  };
  std::vector<Entry> entries_;  // ascending index, no zero counts
};

// Way from the raw histograms of a process (ticks, 32 steps an octave) to ours.
class RawHistogramScale {
 public:
  explicit RawHistogramScale(double ticks_per_ns);
  // Adds the histogram of a key to `into`.
  void add(const raw::KeyRecord& key, std::span<const raw::HistogramBlock> blocks, Histogram& into) const;

 private:
  std::vector<std::uint32_t> index_;  // by octave * kStepsPerOctave + step
};

}  // namespace tulkki
