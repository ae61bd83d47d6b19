// SPDX-License-Identifier: Apache-2.0
// Dense counts while the index is made: an update is an addition.
#include "viewer/trace/procedure_statistics.h"

#include <algorithm>

#include "storage/histogram.h"

namespace tulkki::trace {

ProcedureStatistics::Sums& ProcedureStatistics::sums_of(std::uint32_t procedure) {
  if (procedure >= sums_.size()) sums_.resize(procedure + 1);
  return sums_[procedure];
}

void ProcedureStatistics::add_bytes(std::uint32_t procedure, std::uint64_t sent, std::uint64_t received) {
  Sums& sums = sums_of(procedure);
  sums.sent += sent;
  sums.received += received;
}

void ProcedureStatistics::add(std::uint32_t procedure, std::uint64_t duration_ns) {
  Sums& sums = sums_of(procedure);
  ++sums.calls;
  sums.time_ns += duration_ns;
  sums.longest_ns = std::max(sums.longest_ns, duration_ns);
  // Half a year in picoseconds still fits.
  const std::uint32_t index = Histogram::index_of(std::min<std::uint64_t>(duration_ns, UINT64_MAX / 1000) * 1000);
  if (index >= sums.counts.size()) sums.counts.resize(index + 64);
  ++sums.counts[index];
}

void ProcedureStatistics::store(std::vector<Procedure>& procedures) const {
  for (std::size_t n = 0; n < std::min(procedures.size(), sums_.size()); ++n) {
    const Sums& sums = sums_[n];
    Histogram histogram;
    for (std::size_t index = 0; index < sums.counts.size(); ++index) {
      if (sums.counts[index] != 0) histogram.add_at(static_cast<std::uint32_t>(index), sums.counts[index]);
    }
    Procedure& procedure = procedures[n];
    procedure.calls = sums.calls;
    procedure.time_ns = sums.time_ns;
    procedure.longest_ns = sums.longest_ns;
    procedure.bytes_sent = sums.sent;
    procedure.bytes_received = sums.received;
    procedure.histogram = histogram.encode();
  }
}

}  // namespace tulkki::trace
