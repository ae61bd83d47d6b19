// SPDX-License-Identifier: Apache-2.0
// Choice and first calibration of the clock. The rate is refined after the run from the header's two reading pairs.
#include "interposer/clock.h"

#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace tulkki {
namespace {

// What the kernel itself uses: it falls back to another source when it finds the counter unreliable.
bool kernel_trusts_tsc() {
#if defined(__x86_64__)
  char source[32] = "";
  const int descriptor = open("/sys/devices/system/clocksource/clocksource0/current_clocksource", O_RDONLY | O_CLOEXEC);
  if (descriptor >= 0) {
    const auto bytes = read(descriptor, source, sizeof source - 1);
    close(descriptor);
    if (bytes > 0 && std::strncmp(source, "tsc", 3) == 0) return true;
  }
  // Guests often use kvm-clock, which reads the counter too: the processor's own promise decides.
  unsigned eax = 0x80000007, ebx = 0, ecx = 0, edx = 0;
  __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
  return (edx & (1u << 8)) != 0;
#else
  return false;
#endif
}

double measure_rate(std::uint64_t& ticks, std::int64_t& realtime) {
  constexpr std::int64_t kSpanNs = 300'000;  // refined later by the readings at each new chunk
  const std::int64_t begin_ns = clock_ns(CLOCK_MONOTONIC);
  const std::uint64_t begin = read_ticks();
  realtime = realtime_ns();
  ticks = read_ticks();
  std::int64_t end_ns;
  do end_ns = clock_ns(CLOCK_MONOTONIC);
  while (end_ns - begin_ns < kSpanNs);
  const std::uint64_t end = read_ticks();
  return static_cast<double>(end - begin) / static_cast<double>(end_ns - begin_ns);
}

double measure_resolution() {
  std::uint64_t least = ~0ull;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t first = read_ticks();
    const std::uint64_t second = read_ticks();
    if (second > first && second - first < least) least = second - first;
  }
  return static_cast<double>(least);
}

}  // namespace

void start_clock(raw::FileHeader& header) {
  g_process.use_tsc = kernel_trusts_tsc();
  header.clock = g_process.use_tsc ? raw::ClockKind::tsc : raw::ClockKind::monotonic_ns;
  header.ticks_per_ns = measure_rate(header.start_ticks, header.start_realtime_ns);
  header.clock_resolution_ticks = measure_resolution();
}

}  // namespace tulkki
