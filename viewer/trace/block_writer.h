// SPDX-License-Identifier: Apache-2.0
// Blocks of calls and of ends of messages on their way into the cache file. What is known only later (the end of a call
// that is still open, the sender of a receive that is still posted) is patched, in memory or in the file.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "viewer/trace/cache_file.h"

namespace tulkki::trace {

// The calls of one location. Memory: one block, and 24 bytes for each call that is open or has requests.
class CallWriter {
 public:
  explicit CallWriter(CacheFile& file) : file_(file) {}

  std::uint64_t size() const { return first_ + starts_.size(); }
  // Appends a call. Starts must not decrease.
  void add(std::uint64_t start_ns, const CallDetail& detail);
  void set_end(std::uint64_t call, std::uint64_t end_ns);
  std::uint64_t start_of(std::uint64_t call);
  CallDetail detail(std::uint64_t call);
  void set_detail(std::uint64_t call, const CallDetail& detail);
  // Changes in place: cheaper than the two above while the call lies in memory.
  template <class Change>
  void change(std::uint64_t call, Change&& change) {
    if (call >= first_ && call < size()) return change(details_[call - first_]);
    CallDetail copy = detail(call);
    change(copy);
    set_detail(call, copy);
  }
  // Promises that the call will be changed (hold) or that it will not be any more (release). Calls nest in holds.
  void hold(std::uint64_t call) { ++held_[call].count; }
  void release(std::uint64_t call);
  bool full() const { return starts_.size() == kBlockCalls; }
  // `open`: calls without an end yet, outermost first.
  void flush(std::span<const std::uint64_t> open);
  std::vector<BlockPlace> take_places() { return std::move(places_); }
  const std::vector<BlockPlace>& places() const { return places_; }

 private:
  struct Held {
    std::uint32_t count = 0;
    std::uint64_t detail_offset = 0, duration_offset = 0, start_ns = 0;  // 0: not written yet
  };

  std::vector<std::uint64_t> reaches(std::span<const std::uint64_t> open) const;

  CacheFile& file_;
  std::uint64_t first_ = 0;
  std::vector<std::uint64_t> starts_, durations_;
  std::vector<CallDetail> details_;
  std::vector<std::uint32_t> open_at_start_;
  std::unordered_map<std::uint64_t, Held> held_;
  std::vector<BlockPlace> places_;
};

// The ends of messages of one location.
class HalfWriter {
 public:
  explicit HalfWriter(CacheFile& file) : file_(file) {}

  // Returns the half's number in the location.
  std::uint64_t add(const Channel& channel, std::uint64_t call, std::uint64_t post);
  // Puts a number into the place of the partner: while the file is written, that of the message in its channel.
  void set_partner(std::uint64_t half, std::uint32_t partner);
  std::uint64_t size() const { return first_ + calls_.size(); }
  void flush();
  std::vector<BlockPlace> take_places() { return std::move(places_); }
  const std::vector<BlockPlace>& places() const { return places_; }

 private:
  CacheFile& file_;
  std::uint64_t first_ = 0;
  std::vector<std::uint32_t> calls_, posts_, partners_;
  std::vector<Channel> channels_;
  std::vector<BlockPlace> places_;
  std::vector<std::uint64_t> partner_offsets_;  // in the file, of each block
};

}  // namespace tulkki::trace
