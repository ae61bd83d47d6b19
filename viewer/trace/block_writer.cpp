// SPDX-License-Identifier: Apache-2.0
// Layout: cache_format.h.
#include "viewer/trace/block_writer.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace tulkki::trace {

namespace {

// Gives equal values one number. A fresh table for each block keeps memory bounded whatever the trace holds.
template <class T>
class Dictionary {
 public:
  explicit Dictionary(std::size_t most) : slots_(std::bit_ceil(std::max<std::size_t>(16, most * 2)), kEmpty) {}

  std::uint16_t number_of(const T& value) {
    std::size_t slot = XXH3_64bits(&value, sizeof(T)) & (slots_.size() - 1);
    while (slots_[slot] != kEmpty && !(values[slots_[slot]] == value))
      slot = (slot + 1) & (slots_.size() - 1);
    if (slots_[slot] == kEmpty) {
      slots_[slot] = static_cast<std::uint32_t>(values.size());
      values.push_back(value);
    }
    return static_cast<std::uint16_t>(slots_[slot]);
  }
  std::uint16_t add(const T& value) {
    values.push_back(value);
    return static_cast<std::uint16_t>(values.size() - 1);
  }
  std::vector<T> values;

 private:
  static constexpr std::uint32_t kEmpty = 0xFFFFFFFF;
  std::vector<std::uint32_t> slots_;
};

// Bytes of one segment.
class Segment {
 public:
  template <class T>
  std::uint64_t add(std::span<const T> values) {
    bytes.resize((bytes.size() + alignof(T) - 1) / alignof(T) * alignof(T));
    const std::uint64_t at = bytes.size();
    bytes.resize(at + values.size_bytes());
    if (!values.empty()) std::memcpy(bytes.data() + at, values.data(), values.size_bytes());
    return at;
  }
  template <class Narrow, class T>
  std::uint64_t add_as(const std::vector<T>& values, std::uint64_t less) {
    std::vector<Narrow> narrow;
    narrow.reserve(values.size());
    for (const T& value : values)
      narrow.push_back(static_cast<Narrow>(value - less));
    return add(std::span<const Narrow>(narrow));
  }
  void align() { bytes.resize((bytes.size() + 7) / 8 * 8); }
  std::vector<std::uint8_t> bytes;
};

template <class T>
std::span<const std::uint8_t> bytes_of(const T& value) {
  return {reinterpret_cast<const std::uint8_t*>(&value), sizeof(T)};
}

}  // namespace

void CallWriter::add(std::uint64_t start_ns, const CallDetail& detail) {
  starts_.push_back(start_ns);
  durations_.push_back(0);
  details_.push_back(detail);
}

void CallWriter::set_end(std::uint64_t call, std::uint64_t end_ns) {
  if (call >= first_) {
    durations_[call - first_] = end_ns - starts_[call - first_];
    return;
  }
  const auto found = held_.find(call);
  if (found == held_.end() || found->second.duration_offset == 0) return;
  const std::uint64_t duration = end_ns - found->second.start_ns;
  file_.patch(found->second.duration_offset, bytes_of(duration));
}

std::uint64_t CallWriter::start_of(std::uint64_t call) {
  if (call >= first_) return starts_[call - first_];
  const auto found = held_.find(call);
  return found == held_.end() ? 0 : found->second.start_ns;
}

CallDetail CallWriter::detail(std::uint64_t call) {
  if (call >= first_) return details_[call - first_];
  CallDetail detail{};
  const auto found = held_.find(call);
  if (found != held_.end() && found->second.detail_offset != 0) {
    file_.read(found->second.detail_offset, {reinterpret_cast<std::uint8_t*>(&detail), sizeof(detail)});
  }
  return detail;
}

void CallWriter::set_detail(std::uint64_t call, const CallDetail& detail) {
  if (call >= first_) {
    details_[call - first_] = detail;
    return;
  }
  const auto found = held_.find(call);
  if (found != held_.end() && found->second.detail_offset != 0)
    file_.patch(found->second.detail_offset, bytes_of(detail));
}

void CallWriter::release(std::uint64_t call) {
  const auto found = held_.find(call);
  if (found != held_.end() && --found->second.count == 0) held_.erase(found);
}

// The latest end of each run of calls, by which a search for calls that are open at a moment skips most of them.
std::vector<std::uint64_t> CallWriter::reaches(std::span<const std::uint64_t> open) const {
  std::vector<std::uint64_t> reaches((starts_.size() + kReachCalls - 1) / kReachCalls);
  for (std::size_t n = 0; n < starts_.size(); ++n)
    reaches[n / kReachCalls] = std::max(reaches[n / kReachCalls], starts_[n] + durations_[n]);
  for (const std::uint64_t call : open) {
    if (call >= first_) reaches[(call - first_) / kReachCalls] = UINT64_MAX;
  }
  return reaches;
}

void CallWriter::flush(std::span<const std::uint64_t> open) {
  if (starts_.empty()) return;
  Dictionary<CallDetail> details(starts_.size());
  std::vector<std::uint16_t> numbers(starts_.size());
  std::vector<std::pair<std::uint64_t, std::uint16_t>>
      changing;  // held calls of this block, each with a detail of its own
  for (auto& [call, held] : held_) {
    if (call < first_ || held.count == 0) continue;
    numbers[call - first_] = details.add(details_[call - first_]);
    changing.emplace_back(call, numbers[call - first_]);
  }
  std::vector<bool> own(starts_.size());
  for (const auto& [call, number] : changing)
    own[call - first_] = true;
  for (std::size_t n = 0; n < starts_.size(); ++n) {
    if (!own[n]) numbers[n] = details.number_of(details_[n]);
  }
  const bool any_open = std::any_of(open.begin(), open.end(), [&](std::uint64_t call) { return call >= first_; });
  CallBlockHeader header{};
  header.base_ns = starts_.front();
  header.calls = static_cast<std::uint32_t>(starts_.size());
  header.details = static_cast<std::uint32_t>(details.values.size());
  header.open_calls = static_cast<std::uint32_t>(open_at_start_.size());
  const bool wide_starts = starts_.back() - starts_.front() > UINT32_MAX;
  const bool wide_durations = any_open || *std::max_element(durations_.begin(), durations_.end()) > UINT32_MAX;
  header.flags = (wide_starts ? kWideStarts : 0) | (wide_durations ? kWideDurations : 0);
  Segment segment;
  segment.add(std::span<const CallBlockHeader>(&header, 1));
  const std::uint64_t details_at = segment.add(std::span<const CallDetail>(details.values));
  segment.add(std::span<const std::uint64_t>(reaches(open)));
  wide_starts ? segment.add_as<std::uint64_t>(starts_, header.base_ns)
              : segment.add_as<std::uint32_t>(starts_, header.base_ns);
  segment.align();
  const std::uint64_t durations_at =
      wide_durations ? segment.add_as<std::uint64_t>(durations_, 0) : segment.add_as<std::uint32_t>(durations_, 0);
  segment.align();
  segment.add(std::span<const std::uint32_t>(open_at_start_));
  segment.add(std::span<const std::uint16_t>(numbers));
  const std::uint64_t offset = file_.append(segment.bytes);
  places_.push_back({offset, segment.bytes.size(), first_, starts_.front()});
  for (const auto& [call, number] : changing) {
    Held& held = held_[call];
    held.detail_offset = offset + details_at + number * sizeof(CallDetail);
    held.duration_offset = wide_durations ? offset + durations_at + (call - first_) * 8 : 0;
    held.start_ns = starts_[call - first_];
  }
  open_at_start_.assign(open.begin(), open.end());
  first_ += starts_.size();
  starts_.clear();
  durations_.clear();
  details_.clear();
}

std::uint64_t HalfWriter::add(const Channel& channel, std::uint64_t call, std::uint64_t post) {
  if (calls_.size() == kBlockHalves) flush();
  calls_.push_back(static_cast<std::uint32_t>(call));
  posts_.push_back(static_cast<std::uint32_t>(post));
  partners_.push_back(kNoPartner);
  channels_.push_back(channel);
  return size() - 1;
}

void HalfWriter::set_partner(std::uint64_t half, std::uint32_t partner) {
  if (half >= first_) {
    partners_[half - first_] = partner;
  } else if (half / kBlockHalves < partner_offsets_.size()) {
    file_.patch(partner_offsets_[half / kBlockHalves] + half % kBlockHalves * 4, bytes_of(partner));
  }
}

void HalfWriter::flush() {
  if (calls_.empty()) return;
  Dictionary<Channel> channels(channels_.size());
  std::vector<std::uint16_t> numbers;
  numbers.reserve(channels_.size());
  for (const Channel& channel : channels_)
    numbers.push_back(channels.number_of(channel));
  const HalfBlockHeader header{static_cast<std::uint32_t>(calls_.size()),
                               static_cast<std::uint32_t>(channels.values.size())};
  Segment segment;
  segment.add(std::span<const HalfBlockHeader>(&header, 1));
  segment.add(std::span<const Channel>(channels.values));
  const std::uint64_t partners_at = segment.add(std::span<const std::uint32_t>(partners_));
  segment.add(std::span<const std::uint32_t>(calls_));
  segment.add(std::span<const std::uint32_t>(posts_));
  segment.add(std::span<const std::uint16_t>(numbers));
  const std::uint64_t offset = file_.append(segment.bytes);
  places_.push_back({offset, segment.bytes.size(), first_, calls_.front()});
  partner_offsets_.push_back(offset + partners_at);
  first_ += calls_.size();
  calls_.clear();
  posts_.clear();
  partners_.clear();
  channels_.clear();
}

}  // namespace tulkki::trace
