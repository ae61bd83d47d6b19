// SPDX-License-Identifier: Apache-2.0
// Clocks of the processes against the reference node's: the offset records that a trace carries, and the same
// correction as its readers apply it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "storage/process_log.h"

namespace tulkki {

class ProcessClock {
 public:
  // The clock of processes[process], with the measurements of all processes of its node. On the node of
  // processes[reference] the offset is 0. A node without any measurement is placed by its wall clock.
  ProcessClock(std::span<const ProcessLog> processes, std::size_t process, std::size_t reference);

  // At least two, ascending in time: offset and deviation at the start and at the end.
  const std::vector<raw::ClockDefinition>& offsets() const { return offsets_; }
  // Local ticks to ticks of the reference, linear between and beyond the offsets, as OTF2's readers do it.
  std::uint64_t to_reference(std::uint64_t ticks) const;

 private:
  std::vector<raw::ClockDefinition> offsets_;
};

// Ticks a second of a process's clock, from the longest span that the log knows.
double ticks_per_second(const raw::FileHeader& header);

}  // namespace tulkki
