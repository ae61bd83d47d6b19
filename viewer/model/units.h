// SPDX-License-Identifier: GPL-3.0-or-later
// Metrics on axes: which unit makes numbers that people can read, and how many of it a base unit is.
#pragma once

#include <string>
#include <vector>

#include "viewer/analysis/metrics.h"
#include "viewer/model/table_data.h"

namespace tulkki {

struct DisplayUnit {
  std::string unit;   // "GB/s", "µs"
  double factor = 1;  // displayed = base * factor
};
// Chosen by the greatest value, in the base unit of the metric (ns, bytes, bytes/s, 1/s, 1). Rates are decimal, as in
// papers; memory is binary.
DisplayUnit display_unit(const std::string& base_unit, double greatest);

// The same for units that programs print (us, MB/s, Mbit/s ...); one that is not known is kept.
DisplayUnit printed_unit(const std::string& unit, double greatest);

Written written_of(const MetricInfo& metric);
// "Bandwidth (GB/s)"
std::string axis_label(const std::string& title, const DisplayUnit& unit);
// A metric's name on an axis: "Bandwidth" of a procedure by sizes is its throughput.
std::string metric_title(const MetricInfo& metric);

// Lower and upper end of a size class; of class 0 both are 0.
std::pair<double, double> size_class_range(std::int64_t size_class);

}  // namespace tulkki
