// SPDX-License-Identifier: Apache-2.0
// An indexed trace: reads the sidecar cache through a read-only mapping, so that memory is what the system's page cache
// has to spare. All functions are safe to call from several threads at once. What lies in the file is never trusted:
// a number out of range reads as "none", so that damage gives a wrong picture at worst.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "storage/result.h"
#include "viewer/trace/cache_directory.h"
#include "viewer/trace/cache_format.h"
#include "viewer/trace/model.h"

namespace tulkki::trace {

// Calls number `first` .. `first + size() - 1` of a location, as they lie in the file. Valid as long as the store.
class CallBlock {
 public:
  std::uint64_t first() const { return first_; }
  std::uint32_t size() const { return size_; }
  std::uint64_t start_ns(std::uint32_t n) const {
    return base_ns_ + (wide_starts_ ? starts64_[n] : std::uint64_t{starts32_[n]});
  }
  std::uint64_t duration_ns(std::uint32_t n) const { return wide_durations_ ? durations64_[n] : durations32_[n]; }
  std::uint64_t end_ns(std::uint32_t n) const { return start_ns(n) + duration_ns(n); }
  // Index of the call's detail; calls that differ in start and duration only share one.
  std::uint32_t detail_of(std::uint32_t n) const { return detail_of_[n] < details_.size() ? detail_of_[n] : 0; }
  std::span<const CallDetail> details() const { return details_; }
  const CallDetail& detail(std::uint32_t n) const { return details_[detail_of(n)]; }
  // Calls that began before this block and were open at its start, outermost first.
  std::span<const std::uint32_t> open_calls() const { return open_calls_; }
  // Number within the block of the first call that starts at or after `time_ns`; size() if none does.
  std::uint32_t lower_bound(std::uint64_t time_ns) const;
  // visit(n) for calls before number `end` that end after `time_ns`, in order.
  template <class Visit>
  void for_each_open_at(std::uint64_t time_ns, std::uint32_t end, Visit&& visit) const {
    for (std::uint32_t run = 0; run < end; run += kReachCalls) {
      if (reaches_[run / kReachCalls] <= time_ns) continue;
      for (std::uint32_t n = run; n < std::min(end, run + kReachCalls); ++n) {
        if (end_ns(n) > time_ns) visit(n);
      }
    }
  }

 private:
  friend class TraceStore;
  std::uint64_t first_ = 0, base_ns_ = 0;
  std::uint32_t size_ = 0;
  bool wide_starts_ = false, wide_durations_ = false;
  const std::uint64_t* reaches_ = nullptr;
  const std::uint32_t* starts32_ = nullptr;
  const std::uint64_t* starts64_ = nullptr;
  const std::uint32_t* durations32_ = nullptr;
  const std::uint64_t* durations64_ = nullptr;
  const std::uint16_t* detail_of_ = nullptr;
  std::span<const CallDetail> details_;
  std::span<const std::uint32_t> open_calls_;
};

// One row of the picture at all levels of detail: a location, or all locations of a node. Level 0 is the finest; a
// bucket of level n + 1 covers two of level n.
struct PyramidRow {
  std::uint64_t begin = 0;                          // left edge of bucket 0, ns
  std::uint64_t bucket_width = 1;                   // of a bucket of level 0, ns
  std::uint32_t buckets = 0;                        // of level 0, a power of two; 0: no calls
  std::span<const Cell> cells;                      // of all levels, level 0 first
  std::span<const std::uint32_t> longest;           // call number of the longest MPI call that touches the bucket
  std::span<const std::uint32_t> longest_location;  // its location; empty when the row is one location
  std::uint32_t location = kNone;                   // of the row if it is one
  std::uint32_t levels() const;
  std::size_t offset_of(std::uint32_t level) const;  // of the level's first bucket in `cells`
};

class TraceStore {
 public:
  // Opens a complete cache file. Most callers want open_trace (index.h), which makes it where it is missing or stale.
  static Result<std::shared_ptr<const TraceStore>> open(const std::string& cache_path);
  // A file that is still being written, as far as `directory` describes it.
  static Result<std::shared_ptr<const TraceStore>> open_partial(const std::string& path, Directory directory);
  ~TraceStore();
  TraceStore(const TraceStore&) = delete;
  TraceStore& operator=(const TraceStore&) = delete;

  const Definitions& definitions() const { return directory_.definitions; }
  const std::string& path() const { return path_; }
  std::uint64_t file_bytes() const { return mapped_bytes_; }
  const CacheHeader& header() const { return header_; }
  // False while the trace is being indexed: some locations have no calls yet (is_indexed), messages no partners.
  bool complete() const { return directory_.complete; }
  bool is_indexed(std::uint32_t location) const { return location < directory_.indexed_locations; }

  // Calls of a location, in order of their start; of calls that nest, the outer one first.
  std::size_t block_count(std::uint32_t location) const;
  CallBlock block(std::uint32_t location, std::size_t number) const;
  // Block that holds call number `call`; block_count() if there is none.
  std::size_t block_of_call(std::uint32_t location, std::uint64_t call) const;
  // Last block that starts at or before `time_ns` (0 if none does): where to begin to look.
  std::size_t block_of_time(std::uint32_t location, std::uint64_t time_ns) const;
  Call call(CallRef ref) const;  // a default Call where there is none
  // Number of calls of the location that start before `time_ns`.
  std::uint64_t calls_before(std::uint32_t location, std::uint64_t time_ns) const;
  // visit(call number, start, end, detail) for each call that overlaps [begin_ns, end_ns), outer ones first; a call
  // without duration counts as overlapping where it starts.
  template <class Visit>
  void for_each_call(std::uint32_t location, std::uint64_t begin_ns, std::uint64_t end_ns, Visit&& visit) const;

  // Ends of messages: of a location by number from 0, in the order of the calls in which they happen.
  MessageHalf half(std::uint32_t location, std::uint64_t number) const;
  // Location and number there of the half with this number through the whole trace.
  std::pair<std::uint32_t, std::uint64_t> half_place(std::uint64_t global) const;
  std::uint64_t first_half(std::uint32_t location) const;  // number through the whole trace of its half 0
  // Number of the location's halves that happen in calls before `call`.
  std::uint64_t halves_before(std::uint32_t location, std::uint64_t call) const;
  // What the messages of a call are: those it sent, received, and - for one that posted receives - those.
  std::vector<MessageHalf> messages_of(CallRef ref) const;

  const PyramidRow& location_row(std::uint32_t location) const { return rows_[location]; }
  // The same over the number of the call in place of the time: begin and bucket_width count calls.
  const PyramidRow& step_row(std::uint32_t location) const { return step_rows_[location]; }
  std::span<const RowGroup> groups() const { return directory_.groups; }
  const PyramidRow& group_row(std::size_t group) const { return group_rows_[group]; }

 private:
  TraceStore() = default;
  Result<void> map(const std::string& path);
  Result<void> read_directory();
  void resolve_rows();
  PyramidRow resolve(const RowPlace& place) const;
  const std::uint8_t* segment(std::uint64_t offset, std::uint64_t bytes) const;  // nullptr: not in the file

  std::string path_;
  const std::uint8_t* data_ = nullptr;
  std::uint64_t mapped_bytes_ = 0;
  CacheHeader header_{};
  Directory directory_;
  std::vector<PyramidRow> rows_, step_rows_, group_rows_;
};

template <class Visit>
void TraceStore::for_each_call(std::uint32_t location, std::uint64_t begin_ns, std::uint64_t end_ns,
                               Visit&& visit) const {
  const std::size_t count = block_count(location);
  std::size_t number = block_of_time(location, begin_ns);
  if (number >= count) return;
  for (const std::uint32_t open : block(location, number).open_calls()) {
    const std::size_t home = block_of_call(location, open);
    if (home >= number) continue;
    const CallBlock at = block(location, home);
    if (open - at.first() >= at.size()) continue;
    const auto n = static_cast<std::uint32_t>(open - at.first());
    if (at.end_ns(n) > begin_ns) visit(open, at.start_ns(n), at.end_ns(n), at.detail(n));
  }
  const CallBlock first = block(location, number);
  std::uint32_t n = first.lower_bound(begin_ns);
  first.for_each_open_at(begin_ns, n, [&](std::uint32_t open) {
    visit(first.first() + open, first.start_ns(open), first.end_ns(open), first.detail(open));
  });
  for (; number < count; ++number, n = 0) {
    const CallBlock at = block(location, number);
    for (; n < at.size(); ++n) {
      const std::uint64_t start = at.start_ns(n);
      if (start >= end_ns) return;
      visit(at.first() + n, start, start + at.duration_ns(n), at.detail(n));
    }
  }
}

}  // namespace tulkki::trace
