// SPDX-License-Identifier: Apache-2.0
// What programs measured themselves and printed (table `measurement`): time, bandwidth, IOPS of a workload, the loop time
// of an application. A launch has one value of a quantity; everything after that is as for what was recorded: in a
// comparison a quantity is the metric Metric::measurement of Subject{"", {}, quantity}.
//
// One name, one meaning: a name of metric_infos() is what was recorded, "measured:NAME" what was printed under NAME, and
// "measurement" all of it. A name that is no recorded metric means "measured:" of it.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "storage/database.h"
#include "storage/result.h"

namespace tulkki {

enum class Metric;
enum class Sense;
struct SeriesProfile;

struct Quantity {
  std::string workload, name, unit;  // "allreduce", "latency", "us"; units are those that the program printed
  std::int64_t bytes = 0;            // size of a message, block or record; 0: it has none
  auto operator<=>(const Quantity&) const = default;
};
using Measurements = std::map<Quantity, double>;

// Of one run; none in a file of a schema that had no such table. Of a quantity that was printed twice the last counts.
Result<Measurements> read_measurements(Database& database, std::int64_t run_id);

// Lists that are empty allow everything.
struct QuantityFilter {
  std::vector<std::string> names, workloads;
  std::vector<std::int64_t> bytes;
  bool holds(const Quantity& quantity) const;
};

// Those that any launch has, each once: by workload, name, unit, bytes.
std::vector<Quantity> quantities(const std::vector<SeriesProfile>& series, const QuantityFilter& filter = {});
// From the unit: times and memory are better when small, rates when large; of anything else nobody knows.
Sense sense_of(const Quantity& quantity);

// What the name of a metric means, on the command line, in figure.json and in tables.
struct MetricChoice {
  Metric metric;
  std::string quantity;  // Metric::measurement only: name of the quantities; empty: all
};
MetricChoice metric_choice(std::string_view name);

}  // namespace tulkki
