// SPDX-License-Identifier: Apache-2.0
// Where the time went: the change in run time from one series to another as terms that sum to it exactly, to the
// nanosecond. By procedure, each split into calls, bytes, speed and waiting; docs/statistics.md defines them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/result.h"
#include "viewer/analysis/launch_profile.h"

namespace tulkki {

// Which launches of a series stand for it. Only means and real launches add up; medians of parts do not.
enum class WaterfallBasis {
  middle,  // the median launch by wall time, of an even number the two in the middle: sums to the change of the median
  mean,    // all launches: sums to the change of the mean
};

enum class TermKind {
  compute,    // outside MPI, mean over ranks
  procedure,  // time in a procedure, mean over ranks
  overlap,    // several threads in MPI at once, calls inside of calls, calls before MPI_Init: counted twice or outside
  skew,       // ranks that start late or end early: wall time of the launch less the mean of the ranks'
};

struct WaterfallTerm {
  TermKind kind = TermKind::procedure;
  std::string name;  // of the procedure; else a few words
  double before_ns = 0, after_ns = 0;
  std::int64_t change_ns = 0;
  // Procedures only; they sum to change_ns.
  std::int64_t calls_ns = 0;    // another number of calls
  std::int64_t bytes_ns = 0;    // another mix of sizes
  std::int64_t speed_ns = 0;    // another duration of an undisturbed call of the same size class
  std::int64_t waiting_ns = 0;  // another time above that: for partners, for the network, for the CPU
};

struct Waterfall {
  std::int64_t before_ns = 0, after_ns = 0;           // run time of the two series
  std::int64_t change_ns = 0;                         // after - before = sum of the terms' changes
  std::vector<std::int64_t> before_runs, after_runs;  // run ids of the launches that it is made of
  std::vector<WaterfallTerm> terms;                   // greatest change first
};

// Fails where a series has no launch.
Result<Waterfall> waterfall(const SeriesProfile& before, const SeriesProfile& after, WaterfallBasis basis);

}  // namespace tulkki
