// SPDX-License-Identifier: Apache-2.0
// Both ways to a row of cells, and what lies under the pointer.
#include "viewer/trace/picture.h"

#include <algorithm>
#include <cmath>

#include "viewer/trace/bucket.h"

namespace tulkki::trace {

namespace {

constexpr std::uint64_t kMostUnderPointer = 20'000;  // calls that are looked at one by one

// Gathers intervals of the x axis into pixels.
class Pixels {
 public:
  Pixels(const Window& window, std::size_t width)
      : begin_(window.begin), per_unit_(static_cast<double>(width) / (window.end - window.begin)), buckets_(width) {}

  void add_time(double begin, double end, std::uint16_t procedure, bool mpi) {
    double left = (begin - begin_) * per_unit_, right = (end - begin_) * per_unit_;
    const auto width = static_cast<double>(buckets_.size());
    left = std::max(left, 0.0);
    right = std::min(right, width);
    if (right <= left) return;
    auto first = static_cast<std::size_t>(left);
    const auto last = std::min(static_cast<std::size_t>(right), buckets_.size() - 1);
    if (first >= last) return buckets_[last].add(procedure, static_cast<float>(right - left), mpi);
    buckets_[first].add(procedure, static_cast<float>(static_cast<double>(first + 1) - left), mpi);
    while (++first < last)
      buckets_[first].add(procedure, 1.0F, mpi);
    const double rest = right - static_cast<double>(last);
    if (rest > 0) buckets_[last].add(procedure, static_cast<float>(rest), mpi);
  }
  void add_call(double begin, double end, std::uint64_t duration_ns, std::uint16_t procedure, std::uint64_t call,
                std::uint32_t location) {
    const double left = std::max(0.0, std::floor((begin - begin_) * per_unit_));
    const double right = std::ceil((end - begin_) * per_unit_);
    const auto width = static_cast<double>(buckets_.size());
    if (left >= width || right < 0) return;
    const auto first = static_cast<std::size_t>(left);
    const auto last = static_cast<std::size_t>(std::clamp(right, left + 1, width));
    for (std::size_t n = first; n < last; ++n)
      buckets_[n].add_call(duration_ns, procedure, static_cast<std::uint32_t>(call), location);
  }
  void finish(std::span<Cell> cells, std::size_t members) const {
    for (std::size_t n = 0; n < cells.size(); ++n)
      cells[n] = buckets_[n].cell(static_cast<double>(members));
  }

 private:
  double begin_, per_unit_;
  std::vector<Bucket> buckets_;
};

class ProcedureKinds {
 public:
  explicit ProcedureKinds(const TraceStore& store) : procedures_(store.definitions().procedures) {}
  bool is_mpi(std::uint32_t procedure) const { return procedure < procedures_.size() && procedures_[procedure].mpi; }

 private:
  const std::vector<Procedure>& procedures_;
};

// Time in calls that nest, each moment given to the innermost.
class NestedTime {
 public:
  NestedTime(Pixels& pixels, const ProcedureKinds& kinds) : pixels_(pixels), kinds_(kinds) {}

  void call(double start, double end, std::uint32_t procedure) {
    until(start);
    charge(start);
    open_.push_back({end, procedure});
  }
  void finish() { until(1e300); }

 private:
  struct Open {
    double end;
    std::uint32_t procedure;
  };
  void until(double time) {
    while (!open_.empty() && open_.back().end <= time) {
      charge(open_.back().end);
      open_.pop_back();
    }
  }
  void charge(double time) {
    if (!open_.empty() && time > cursor_) {
      const std::uint32_t procedure = open_.back().procedure;
      pixels_.add_time(cursor_, time, static_cast<std::uint16_t>(procedure), kinds_.is_mpi(procedure));
    }
    cursor_ = std::max(cursor_, time);
  }
  Pixels& pixels_;
  const ProcedureKinds& kinds_;
  std::vector<Open> open_;
  double cursor_ = 0;
};

std::uint64_t whole(double value) {
  return value <= 0 ? 0 : value >= 1.8e19 ? UINT64_MAX : static_cast<std::uint64_t>(value);
}

void add_times(const TraceStore& store, const ProcedureKinds& kinds, std::uint32_t location, const Window& window,
               Pixels& pixels) {
  NestedTime nested(pixels, kinds);
  store.for_each_call(location, whole(window.begin), whole(std::ceil(window.end)),
                      [&](std::uint64_t call, std::uint64_t start, std::uint64_t end, const CallDetail& detail) {
                        const auto left = static_cast<double>(start), right = static_cast<double>(end);
                        nested.call(left, right, detail.procedure);
                        if (!kinds.is_mpi(detail.procedure)) return;
                        pixels.add_call(left, right, end - start, static_cast<std::uint16_t>(detail.procedure), call,
                                        location);
                      });
  nested.finish();
}

void add_steps(const TraceStore& store, const ProcedureKinds& kinds, std::uint32_t location, const Window& window,
               Pixels& pixels) {
  const std::uint64_t first = whole(window.begin);
  const std::uint64_t last = std::min(whole(std::ceil(window.end)), store.definitions().locations[location].calls);
  for (std::size_t number = store.block_of_call(location, first); number < store.block_count(location); ++number) {
    const CallBlock block = store.block(location, number);
    if (block.first() >= last) return;
    const std::uint64_t end = std::min<std::uint64_t>(block.size(), last - block.first());
    for (std::uint64_t n = first > block.first() ? first - block.first() : 0; n < end; ++n) {
      const auto index = static_cast<std::uint32_t>(n);
      const std::uint32_t procedure = block.detail(index).procedure;
      const auto left = static_cast<double>(block.first() + n);
      pixels.add_time(left, left + 1, static_cast<std::uint16_t>(procedure), kinds.is_mpi(procedure));
      if (!kinds.is_mpi(procedure)) continue;
      pixels.add_call(left, left + 1, block.duration_ns(index), static_cast<std::uint16_t>(procedure),
                      block.first() + n, location);
    }
  }
}

void add_location(const TraceStore& store, const ProcedureKinds& kinds, std::uint32_t location, const Window& window,
                  Pixels& pixels) {
  (window.steps ? add_steps : add_times)(store, kinds, location, window, pixels);
}

// Several buckets in one pixel: the share is their mean, what dominates is what dominates the fullest of them.
Cell merged(std::span<const Cell> cells) {
  Cell merged;
  unsigned mpi = 0, busy = 0, fullest = 0;
  for (const Cell& cell : cells) {
    mpi += cell.mpi_share;
    busy += cell.busy_share;
    const unsigned fullness = cell.procedure == kNoProcedure ? 0 : 1 + cell.busy_share + 256u * cell.mpi_share;
    if (fullness > fullest) {
      fullest = fullness;
      merged.procedure = cell.procedure;
    }
    if (cell.longest_log <= merged.longest_log) continue;
    merged.longest_log = cell.longest_log;
    merged.longest_procedure = cell.longest_procedure;
  }
  const auto count = static_cast<unsigned>(cells.size());
  merged.mpi_share = static_cast<std::uint8_t>(mpi == 0 ? 0 : std::max(1u, mpi / count));
  merged.busy_share = static_cast<std::uint8_t>(busy == 0 ? 0 : std::max(1u, busy / count));
  return merged;
}

}  // namespace

void draw_calls(const TraceStore& store, std::uint32_t location, const Window& window, std::span<Cell> cells) {
  if (cells.empty() || !(window.end > window.begin)) return;
  Pixels pixels(window, cells.size());
  add_location(store, ProcedureKinds(store), location, window, pixels);
  pixels.finish(cells, 1);
}

void draw_calls(const TraceStore& store, const RowGroup& group, const Window& window, std::span<Cell> cells) {
  if (cells.empty() || !(window.end > window.begin) || group.last_location == group.first_location) return;
  Pixels pixels(window, cells.size());
  const ProcedureKinds kinds(store);
  for (std::uint32_t location = group.first_location; location < group.last_location; ++location)
    add_location(store, kinds, location, window, pixels);
  pixels.finish(cells, group.last_location - group.first_location);
}

void draw_pyramid(const PyramidRow& row, const Window& window, std::span<Cell> cells) {
  std::fill(cells.begin(), cells.end(), Cell{});
  if (row.buckets == 0 || cells.empty() || !(window.end > window.begin)) return;
  const double pixel = (window.end - window.begin) / static_cast<double>(cells.size());
  const double ratio = pixel / static_cast<double>(row.bucket_width);
  const auto level = static_cast<std::uint32_t>(
      std::clamp(ratio >= 1 ? std::floor(std::log2(ratio)) : 0.0, 0.0, static_cast<double>(row.levels() - 1)));
  const auto buckets = static_cast<std::int64_t>(row.buckets >> level);
  const Cell* all = row.cells.data() + row.offset_of(level);
  const double per_unit =
      1.0 / (static_cast<double>(row.bucket_width) * static_cast<double>(std::uint64_t{1} << level));
  const double first_edge = (window.begin - static_cast<double>(row.begin)) * per_unit, step = pixel * per_unit;
  // A bucket belongs to the pixel that its left edge lies in, so that each is seen once; a pixel without an edge shows
  // the bucket that it lies in.
  const auto edge_after = [](double at) { return static_cast<std::int64_t>(std::ceil(std::clamp(at, -1e15, 1e15))); };
  std::int64_t first = edge_after(first_edge);
  for (std::size_t n = 0; n < cells.size(); ++n) {
    const std::int64_t last = edge_after(first_edge + static_cast<double>(n + 1) * step);
    if (last == first) {
      if (first >= 1 && first <= buckets) cells[n] = all[first - 1];
    } else {
      const std::int64_t low = std::max<std::int64_t>(first, 0), high = std::min(last, buckets);
      if (low + 1 == high) {
        cells[n] = all[low];
      } else if (low < high) {
        cells[n] = merged({all + low, static_cast<std::size_t>(high - low)});
      }
    }
    first = last;
  }
}

std::uint64_t calls_in(const TraceStore& store, std::uint32_t first_location, std::uint32_t last_location,
                       const Window& window) {
  std::uint64_t sum = 0;
  for (std::uint32_t location = first_location; location < last_location; ++location) {
    const Location& at = store.definitions().locations[location];
    if (at.calls == 0) continue;
    const std::uint64_t begin = whole(window.begin), end = whole(std::ceil(window.end));
    if (window.steps) {
      sum += std::min(end, at.calls) - std::min(begin, at.calls);
    } else if (begin <= at.first_ns && end > at.last_ns) {
      sum += at.calls;
    } else if (begin <= at.last_ns && end > at.first_ns) {
      sum += store.calls_before(location, end) - store.calls_before(location, begin);
    }
  }
  return sum;
}

CallRef call_at(const TraceStore& store, std::uint32_t location, double at, double slack, bool steps) {
  if (location >= store.definitions().locations.size() || store.definitions().locations[location].calls == 0) return {};
  if (steps) {
    const std::uint64_t call = whole(at);
    return at >= 0 && call < store.definitions().locations[location].calls ? CallRef{location, call} : CallRef{};
  }
  const Window around{at - slack, at + slack + 1, false};
  if (calls_in(store, location, location + 1, around) > kMostUnderPointer) {
    return longest_call(store, store.location_row(location), around.begin, around.end);
  }
  CallRef best;
  double nearest = slack;
  store.for_each_call(location, whole(around.begin), whole(around.end),
                      [&](std::uint64_t call, std::uint64_t start, std::uint64_t end, const CallDetail&) {
                        const double left = static_cast<double>(start) - at, right = at - static_cast<double>(end);
                        const double distance = std::max({0.0, left, right});
                        if (distance > nearest) return;
                        nearest = distance;
                        best = {location, call};
                      });
  return best;
}

CallRef longest_call(const TraceStore& store, const PyramidRow& row, double begin, double end) {
  if (row.buckets == 0 || !(end > begin)) return {};
  const double width = (end - begin) / 8;
  const double ratio = std::max(1.0, width / static_cast<double>(row.bucket_width));
  const auto level = std::min(row.levels() - 1, static_cast<std::uint32_t>(std::log2(ratio)));
  const double bucket = static_cast<double>(row.bucket_width) * static_cast<double>(std::uint64_t{1} << level);
  const auto origin = static_cast<double>(row.begin);
  const double first = std::max(0.0, std::floor((begin - origin) / bucket));
  const double last = std::min(static_cast<double>(row.buckets >> level), std::ceil((end - origin) / bucket));
  CallRef best;
  std::uint64_t longest = 0;
  for (double n = first; n < last; ++n) {
    const std::size_t at = row.offset_of(level) + static_cast<std::size_t>(n);
    if (row.longest[at] == kNone) continue;
    const CallRef candidate{row.location == kNone ? row.longest_location[at] : row.location, row.longest[at]};
    const Call call = store.call(candidate);
    const auto start = static_cast<double>(call.start_ns);
    if (start >= end || start + static_cast<double>(call.duration_ns) < begin) continue;
    if (best.valid() && call.duration_ns <= longest) continue;
    best = candidate;
    longest = call.duration_ns;
  }
  return best;
}

}  // namespace tulkki::trace
