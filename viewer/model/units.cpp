// SPDX-License-Identifier: GPL-3.0-or-later
// Powers of a thousand for rates and times, of 1024 for memory.
#include "viewer/model/units.h"

#include <array>
#include <cctype>
#include <cmath>
#include <string_view>
#include <tuple>

namespace tulkki {

DisplayUnit display_unit(const std::string& base_unit, double greatest) {
  const auto pick = [greatest](std::initializer_list<std::pair<const char*, double>> units) {
    DisplayUnit chosen{units.begin()->first, 1 / units.begin()->second};
    for (const auto& [name, size] : units) {
      if (greatest >= size) chosen = {name, 1 / size};
    }
    return chosen;
  };
  if (base_unit == "ns") return pick({{"ns", 1}, {"µs", 1e3}, {"ms", 1e6}, {"s", 1e9}});
  if (base_unit == "bytes/s") return pick({{"B/s", 1}, {"kB/s", 1e3}, {"MB/s", 1e6}, {"GB/s", 1e9}});
  if (base_unit == "bytes") return pick({{"B", 1}, {"KiB", 1024.0}, {"MiB", 1048576.0}, {"GiB", 1073741824.0}});
  if (base_unit == "1/s") return pick({{"1/s", 1}, {"1000/s", 1e3}, {"million/s", 1e6}});
  return {"", 1};
}

DisplayUnit printed_unit(const std::string& unit, double greatest) {
  constexpr std::array<std::pair<std::string_view, double>, 4> kTimes{{{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}}};
  for (const auto& [name, ns] : kTimes) {
    if (unit != name) continue;
    DisplayUnit shown = display_unit("ns", greatest * ns);
    shown.factor *= ns;
    return shown;
  }
  for (const auto& [name, base, factor] : {std::tuple{"MB/s", "bytes/s", 1e6}, {"B", "bytes", 1.0}}) {
    if (unit != name) continue;
    DisplayUnit shown = display_unit(base, greatest * factor);
    shown.factor *= factor;
    return shown;
  }
  if (unit == "Mbit/s" && greatest >= 1000) return {"Gbit/s", 1e-3};
  const DisplayUnit shown = display_unit(unit, greatest);
  return shown.unit.empty() && unit != "1" ? DisplayUnit{unit, 1} : shown;
}

Written written_of(const MetricInfo& metric) {
  if (metric.unit == "ns") return Written::duration;
  if (metric.unit == "bytes") return Written::bytes;
  if (metric.unit == "bytes/s") return Written::rate;
  if (metric.unit == "1/s") return Written::per_second;
  return Written::count;
}

std::string axis_label(const std::string& title, const DisplayUnit& unit) {
  if (unit.unit.empty()) return title;
  return title.ends_with(')') ? title.substr(0, title.size() - 1) + ", " + unit.unit + ")" : title + " (" + unit.unit + ")";
}

std::string metric_title(const MetricInfo& metric) {
  switch (metric.metric) {
    case Metric::throughput: return "Bandwidth";
    case Metric::latency: return "Latency (median call)";
    case Metric::tail_latency: return "Latency (p99 call)";
    case Metric::iops: return "Operations per second";
    case Metric::wall_time: return "Run time";
    case Metric::mpi_time: return "Time in MPI";
    default: break;
  }
  std::string title(metric.title);
  if (!title.empty()) title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
  return title;
}

std::pair<double, double> size_class_range(std::int64_t size_class) {
  if (size_class <= 0) return {0, 0};
  return {std::exp2(static_cast<double>(size_class) - 1), std::exp2(static_cast<double>(size_class))};
}

}  // namespace tulkki
