// SPDX-License-Identifier: Apache-2.0
// Log-linear histogram of durations: counting, quantiles, and its encoding as pairs of varints.
#include "storage/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tulkki {
namespace {

constexpr std::uint32_t kStepBits = 6;
constexpr std::uint32_t kIndexLimit = 64 * Histogram::kStepsPerOctave;

void put_varint(std::vector<std::uint8_t>& bytes, std::uint64_t value) {
  while (value >= 0x80) {
    bytes.push_back(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  bytes.push_back(static_cast<std::uint8_t>(value));
}

bool take_varint(std::span<const std::uint8_t>& bytes, std::uint64_t& value) {
  value = 0;
  for (std::uint32_t shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const std::uint8_t byte = bytes.front();
    bytes = bytes.subspan(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return true;
  }
  return false;
}

// Middle of the integers that fall into a raw bucket; below octave 5 a bucket holds one value of ticks only.
double raw_middle_ticks(int octave, int step) {
  const double lower = std::ldexp(1.0 + step / static_cast<double>(raw::kStepsPerOctave), octave);
  const double width = std::ldexp(1.0, octave) / raw::kStepsPerOctave;
  return width <= 1.0 ? lower : lower + (width - 1.0) / 2;
}

}  // namespace

std::uint32_t Histogram::index_of(std::uint64_t picoseconds) {
  if (picoseconds < 2) return 0;
  const std::uint32_t octave = static_cast<std::uint32_t>(std::bit_width(picoseconds)) - 1;
  const std::uint64_t scaled =
      octave >= kStepBits ? picoseconds >> (octave - kStepBits) : picoseconds << (kStepBits - octave);
  return octave * kStepsPerOctave + static_cast<std::uint32_t>(scaled & (kStepsPerOctave - 1));
}

std::pair<double, double> Histogram::bounds_ns(std::uint32_t index) {
  const auto bound = [](std::uint32_t at) {
    const double fraction = 1.0 + (at % kStepsPerOctave) / static_cast<double>(kStepsPerOctave);
    return std::ldexp(fraction, static_cast<int>(at / kStepsPerOctave)) * 1e-3;
  };
  return {index == 0 ? 0.0 : bound(index), bound(index + 1)};
}

void Histogram::add_at(std::uint32_t index, std::uint64_t count) {
  if (count == 0) return;
  if (entries_.empty() || entries_.back().index < index) {  // the usual case: ascending
    entries_.push_back({index, count});
    return;
  }
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), index,
                                   [](const Entry& entry, std::uint32_t wanted) { return entry.index < wanted; });
  if (at->index == index) {
    at->count += count;
  } else {
    entries_.insert(at, {index, count});
  }
}

void Histogram::merge(const Histogram& other) {
  std::vector<Entry> merged;
  merged.reserve(entries_.size() + other.entries_.size());
  auto left = entries_.begin();
  auto right = other.entries_.begin();
  while (left != entries_.end() || right != other.entries_.end()) {
    if (right == other.entries_.end() || (left != entries_.end() && left->index < right->index)) {
      merged.push_back(*left++);
    } else if (left == entries_.end() || right->index < left->index) {
      merged.push_back(*right++);
    } else {
      merged.push_back({left->index, left->count + right->count});
      ++left, ++right;
    }
  }
  entries_ = std::move(merged);
}

std::uint64_t Histogram::count() const {
  std::uint64_t sum = 0;
  for (const Entry& entry : entries_)
    sum += entry.count;
  return sum;
}

double Histogram::quantile_ns(double share) const {
  const std::uint64_t total = count();
  if (total == 0) return 0;
  const double wanted = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(total));
  const std::uint64_t rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1, total);
  std::uint64_t seen = 0;
  for (const Entry& entry : entries_) {
    seen += entry.count;
    if (seen < rank) continue;
    const auto [lower_ns, upper_ns] = bounds_ns(entry.index);
    return (lower_ns + upper_ns) / 2;
  }
  return 0;
}

std::vector<Histogram::Bucket> Histogram::buckets() const {
  std::vector<Bucket> list;
  list.reserve(entries_.size());
  for (const Entry& entry : entries_) {
    const auto [lower_ns, upper_ns] = bounds_ns(entry.index);
    list.push_back({lower_ns, upper_ns, entry.count});
  }
  return list;
}

void Histogram::encode_to(std::vector<std::uint8_t>& bytes) const {
  bytes.clear();
  std::uint32_t previous = 0;
  for (const Entry& entry : entries_) {
    put_varint(bytes, entry.index - previous);
    put_varint(bytes, entry.count);
    previous = entry.index;
  }
}

std::vector<std::uint8_t> Histogram::encode() const {
  std::vector<std::uint8_t> bytes;
  encode_to(bytes);
  return bytes;
}

Result<Histogram> Histogram::decode(std::span<const std::uint8_t> bytes) {
  Histogram histogram;
  std::uint64_t index = 0;
  while (!bytes.empty()) {
    std::uint64_t delta = 0, count = 0;
    if (!take_varint(bytes, delta) || !take_varint(bytes, count)) {
      return Error{"histogram ends inside a number: the database is damaged"};
    }
    const bool first = histogram.entries_.empty();
    if (delta >= kIndexLimit || index + delta >= kIndexLimit || (!first && delta == 0) || count == 0) {
      return Error{"histogram has an impossible bucket: the database is damaged"};
    }
    index += delta;
    histogram.entries_.push_back({static_cast<std::uint32_t>(index), count});
  }
  return histogram;
}

RawHistogramScale::RawHistogramScale(double ticks_per_ns) {
  index_.reserve(raw::kOctaves * raw::kStepsPerOctave);
  for (int octave = 0; octave < raw::kOctaves; ++octave) {
    for (int step = 0; step < raw::kStepsPerOctave; ++step) {
      const double picoseconds = raw_middle_ticks(octave, step) / ticks_per_ns * 1e3;
      index_.push_back(Histogram::index_of(static_cast<std::uint64_t>(std::llround(picoseconds))));
    }
  }
}

void RawHistogramScale::add(const raw::KeyRecord& key, std::span<const raw::HistogramBlock> blocks,
                            Histogram& into) const {
  for (int octave = 0; octave < raw::kOctaves; ++octave) {
    const std::uint32_t number = key.octave_block[octave];
    if (number == 0 || number > blocks.size()) continue;
    const raw::HistogramBlock& block = blocks[number - 1];
    for (int step = 0; step < raw::kStepsPerOctave; ++step) {
      if (block.count[step] != 0) into.add_at(index_[octave * raw::kStepsPerOctave + step], block.count[step]);
    }
  }
}

}  // namespace tulkki
