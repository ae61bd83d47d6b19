// SPDX-License-Identifier: Apache-2.0
// What the launches of a sweep measured, gathered by combination of factors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/database.h"
#include "storage/result.h"

namespace tulkki {

// One quantity of one combination; `values` has one for each launch.
struct BenchSeries {
  std::string workload, metric, unit;
  std::int64_t bytes = 0;
  std::string backend, transport, front;
  bool translated = false;
  std::int64_t ranks = 0;
  bool transport_verified = true;  // in every launch, or none was asked for
  std::vector<double> values;
};

struct BenchFailure {
  std::string factors;             // JSON
  std::string reason;              // of the first
  std::int64_t launches = 0;
};

struct BenchResults {
  std::vector<BenchSeries> series;  // by workload, bytes, backend, transport, native first, metric
  std::vector<BenchFailure> failures;
  std::vector<std::string> load;   // why figures are not worth much, one sentence each
  std::string started_at, ended_at; // of the first and of the last launch
};

Result<BenchResults> bench_results(Database& database, const std::string& sweep);

}  // namespace tulkki
