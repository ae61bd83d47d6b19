// SPDX-License-Identifier: Apache-2.0
// Counts, times and distributions of durations for each procedure of a trace, as the index gathers them.
#pragma once

#include <cstdint>
#include <vector>

#include "viewer/trace/model.h"

namespace tulkki::trace {

class ProcedureStatistics {
 public:
  void add(std::uint32_t procedure, std::uint64_t duration_ns);
  void add_bytes(std::uint32_t procedure, std::uint64_t sent, std::uint64_t received);
  // Writes what was gathered into the procedures.
  void store(std::vector<Procedure>& procedures) const;

 private:
  struct Sums;
  Sums& sums_of(std::uint32_t procedure);

  struct Sums {
    std::uint64_t calls = 0, time_ns = 0, longest_ns = 0, sent = 0, received = 0;
    std::vector<std::uint64_t> counts;  // by bucket of storage/histogram.h, ascending; grown on demand
  };
  std::vector<Sums> sums_;
};

}  // namespace tulkki::trace
