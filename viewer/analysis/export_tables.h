// SPDX-License-Identifier: Apache-2.0
// Tidy tables of a database: one observation a row, every row with the factors of its run, units in column names.
// The rows are streamed; who receives them decides on the format.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "storage/database.h"
#include "storage/result.h"

namespace tulkki {

using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;

class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual void header(const std::vector<std::string>& columns) = 0;
  virtual void row(const std::vector<Cell>& cells) = 0;
};

// calls, procedures, sites, matrix, processes, runs, measurements, histogram
const std::vector<std::string_view>& export_table_names();

// `runs`: empty for all.
Result<void> export_table(Database& database, const std::string& table, const std::vector<std::int64_t>& runs,
                          RowSink& sink);

}  // namespace tulkki
