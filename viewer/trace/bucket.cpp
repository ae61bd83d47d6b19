// SPDX-License-Identifier: Apache-2.0
// A bucket keeps the four procedures with the most time; a fifth takes the place of the least. That names the dominant
// one rightly unless five are about equal.
#include "viewer/trace/bucket.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tulkki::trace {

void Bucket::add(std::uint16_t which, float amount, bool mpi) {
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

void Bucket::merge(const Bucket& other) {
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

void Bucket::add_call(std::uint64_t duration_ns, std::uint16_t called, std::uint32_t call, std::uint32_t location) {
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(duration_ns));
  if (longest != kNone && bits <= longest_bits) return;
  longest = call;
  longest_location = location;
  longest_procedure = called;
  longest_bits = bits;
}

Cell Bucket::cell(double width) const {
  Cell cell;
  float best = 0;
  bool best_is_mpi = false;
  for (std::size_t slot = 0; slot < time.size(); ++slot) {
    const bool mpi = (mpi_slots >> slot & 1) != 0;
    if (time[slot] <= 0 || (best_is_mpi && !mpi)) continue;
    if (time[slot] <= best && best_is_mpi == mpi) continue;
    best = time[slot];
    best_is_mpi = mpi;
    cell.procedure = procedure[slot];
  }
  // Something is never rounded to nothing: a short call in an empty bucket must be seen.
  const auto share = [&](float time) {
    return static_cast<std::uint8_t>(time <= 0 ? 0 : std::clamp(std::lround(255.0 * time / width), 1L, 255L));
  };
  cell.mpi_share = share(mpi_time);
  cell.busy_share = share(busy_time);
  if (longest != kNone) {
    cell.longest_procedure = longest_procedure;
    cell.longest_log = duration_log(static_cast<std::uint64_t>(std::bit_cast<float>(longest_bits)));
    if (cell.procedure == kNoProcedure) cell.procedure = longest_procedure;  // calls without any duration
    if (cell.mpi_share == 0) cell.mpi_share = cell.busy_share = std::max<std::uint8_t>(cell.busy_share, 1);
  }
  return cell;
}

}  // namespace tulkki::trace
