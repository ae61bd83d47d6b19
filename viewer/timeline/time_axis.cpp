// SPDX-License-Identifier: Apache-2.0
#include "viewer/timeline/time_axis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace tulkki::timeline {

namespace {

struct Unit {
  double ns;
  const char* name;
};
constexpr std::array<Unit, 4> kUnits = {{{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}, {1, "ns"}}};

const Unit& unit_for(double ns) {
  for (const Unit& unit : kUnits) {
    if (std::abs(ns) >= unit.ns) return unit;
  }
  return kUnits.back();
}

}  // namespace

std::string time_text(double ns, int digits) {
  const Unit& unit = unit_for(ns);
  char text[48];
  std::snprintf(text, sizeof(text), "%.*g %s",
                std::max(digits, static_cast<int>(std::log10(std::abs(ns / unit.ns) + 1)) + 1), ns / unit.ns,
                unit.name);
  return text;
}

std::string count_text(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3; at -= 3)
    text.insert(at - 3, 1, ',');
  return text;
}

std::string bytes_text(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
  constexpr std::array<const char*, 6> names = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < names.size()) {
    value /= 1024;
    ++unit;
  }
  char text[64];
  std::snprintf(text, sizeof(text), "%.4g %s (%s bytes)", value, names[unit], count_text(bytes).c_str());
  return text;
}

std::vector<Tick> axis_ticks(double begin, double end, int most, bool steps) {
  std::vector<Tick> ticks;
  if (!(end > begin) || most < 1) return ticks;
  const double raw = (end - begin) / most;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= raw) {
      step = factor * power;
      break;
    }
  }
  if (steps) step = std::max(1.0, step);
  const Unit& unit = steps ? kUnits.back() : unit_for(std::max({std::abs(begin), std::abs(end), step}) / 2);
  const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step / unit.ns) - 1e-9)), 0, 9);
  for (double n = std::ceil(begin / step); n * step <= end && ticks.size() < 1000; ++n) {
    char text[64];
    std::snprintf(text, sizeof(text), "%.*f%s%s", decimals, n == 0 ? 0.0 : n * step / unit.ns, steps ? "" : " ",
                  steps ? "" : unit.name);
    ticks.push_back({n * step, text});
  }
  return ticks;
}

}  // namespace tulkki::timeline
