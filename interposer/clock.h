// SPDX-License-Identifier: Apache-2.0
// The clock of the record: the time stamp counter where the kernel trusts it (constant and nonstop), else
// CLOCK_MONOTONIC in nanoseconds. Ticks are converted to time only after the run.
#pragma once

#include <cstdint>
#include <ctime>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include "interposer/process.h"

namespace tulkki {

inline std::int64_t clock_ns(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

inline std::int64_t realtime_ns() { return clock_ns(CLOCK_REALTIME); }

// Not serialising: the stamp may move by the few instructions that the processor has in flight, which costs less
// accuracy than the 9 ns that a fence takes.
inline std::uint64_t read_ticks() {
#if defined(__x86_64__)
  if (g_process.use_tsc) [[likely]] return __rdtsc();
#endif
  return static_cast<std::uint64_t>(clock_ns(CLOCK_MONOTONIC));
}

// Chooses the clock and writes its description and the first readings into the log's header.
[[gnu::cold]] void start_clock(raw::FileHeader& header);

}  // namespace tulkki
