// SPDX-License-Identifier: Apache-2.0
#include "storage/otf2_clock.h"

#include <algorithm>
#include <cmath>

namespace tulkki {

namespace {

// How far wall clocks of nodes may be apart where nothing was measured: what NTP reaches.
constexpr double kWallClockDeviationSeconds = 1e-3;

std::int64_t wall_offset(const raw::FileHeader& reference, std::int64_t realtime_ns, std::uint64_t local_ticks) {
  const double since_start_ns = static_cast<double>(realtime_ns - reference.start_realtime_ns);
  const double ticks = static_cast<double>(reference.start_ticks) +
                       since_start_ns * ticks_per_second(reference) * 1e-9 - static_cast<double>(local_ticks);
  return std::abs(ticks) < 9e18 ? static_cast<std::int64_t>(ticks) : 0;
}

}  // namespace

double ticks_per_second(const raw::FileHeader& header) {
  const bool told = std::isfinite(header.ticks_per_ns) && header.ticks_per_ns > 1e-6 && header.ticks_per_ns < 1e6;
  const double nominal = (told ? header.ticks_per_ns : 1.0) * 1e9;
  const double span_ns = static_cast<double>(header.latest_realtime_ns) - static_cast<double>(header.start_realtime_ns);
  if (header.latest_ticks <= header.start_ticks || span_ns < 1e9) return nominal;
  const double measured = static_cast<double>(header.latest_ticks - header.start_ticks) / span_ns * 1e9;
  // A wall clock that was set during the run gives nonsense; the nominal rate is then the better one.
  return std::abs(measured / nominal - 1) < 1e-3 ? measured : nominal;
}

ProcessClock::ProcessClock(std::span<const ProcessLog> processes, std::size_t process, std::size_t reference) {
  const raw::FileHeader& own = processes[process].header;
  const raw::FileHeader& other = processes[reference].header;
  const std::uint64_t end = std::max(own.latest_ticks, own.start_ticks + 1);
  if (own.node_id == other.node_id) {
    offsets_ = {{own.start_ticks, 0, 0}, {end, 0, 0}};
    return;
  }
  for (const ProcessLog& log : processes) {
    if (log.header.node_id == own.node_id) offsets_.insert(offsets_.end(), log.clocks.begin(), log.clocks.end());
  }
  std::stable_sort(offsets_.begin(), offsets_.end(), [](const auto& a, const auto& b) { return a.ticks < b.ticks; });
  offsets_.erase(
      std::unique(offsets_.begin(), offsets_.end(), [](const auto& a, const auto& b) { return a.ticks == b.ticks; }),
      offsets_.end());
  if (offsets_.empty()) {
    const double deviation = kWallClockDeviationSeconds * ticks_per_second(own);
    offsets_.push_back({own.start_ticks, wall_offset(other, own.start_realtime_ns, own.start_ticks), deviation});
    if (own.latest_ticks > own.start_ticks) {
      offsets_.push_back({own.latest_ticks, wall_offset(other, own.latest_realtime_ns, own.latest_ticks), deviation});
    }
  }
  if (offsets_.size() == 1) {
    offsets_.push_back({std::max(end, offsets_[0].ticks + 1), offsets_[0].offset_ticks, offsets_[0].deviation_ticks});
  }
}

std::uint64_t ProcessClock::to_reference(std::uint64_t ticks) const {
  const auto after = std::upper_bound(offsets_.begin() + 1, offsets_.end() - 1, ticks,
                                      [](std::uint64_t time, const auto& entry) { return time < entry.ticks; });
  const raw::ClockDefinition& first = *(after - 1);
  const double slope =
      static_cast<double>(after->offset_ticks - first.offset_ticks) / static_cast<double>(after->ticks - first.ticks);
  const double since = static_cast<double>(static_cast<std::int64_t>(ticks - first.ticks));
  return ticks + static_cast<std::uint64_t>(first.offset_ticks + static_cast<std::int64_t>(slope * since));
}

}  // namespace tulkki
