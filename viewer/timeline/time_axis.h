// SPDX-License-Identifier: Apache-2.0
// Numbers for people: times with the unit that fits, sizes, and the round places of an axis.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tulkki::timeline {

std::string time_text(double ns, int digits = 4);  // "1.234 ms"
std::string bytes_text(std::uint64_t bytes);       // "64 KiB (65536 bytes)", "17 bytes"
std::string count_text(std::uint64_t count);       // "12,345"

struct Tick {
  double at = 0;
  std::string label;
};
// Round places in [begin, end], about `most` of them, all labelled in one unit: nanoseconds, or numbers of calls.
std::vector<Tick> axis_ticks(double begin, double end, int most, bool steps);

}  // namespace tulkki::timeline
