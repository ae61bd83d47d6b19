// SPDX-License-Identifier: GPL-3.0-or-later
// A table of a page: values in base units for sorting and files, and how they are written for people.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace tulkki {

using TableCell = std::variant<std::monostate, std::int64_t, double, std::string>;

enum class Written { text, count, number, duration, bytes, rate, per_second, share, ratio, verdict };

struct TableColumn {
  std::string name;   // in files: "time_ns"; unique in its table
  std::string title;  // on screen
  Written written = Written::text;
  std::string help;   // what it means, for a tool tip
};

struct TableRow {
  std::vector<TableCell> cells;
  int look = -1;             // number of the series that it belongs to
  std::string key;           // what a click means to the page: a procedure, a size class ...
};

struct TableData {
  std::string name;   // "compare"
  std::string title;
  std::vector<TableColumn> columns;
  std::vector<TableRow> rows;
};

// For people: "12.3 µs", "1.50 GiB/s", "×1.08".
std::string cell_text(const TableCell& cell, Written written);

enum class TableFormat { csv, tsv, json, markdown, latex };
std::string table_text(const TableData& table, TableFormat format);

}  // namespace tulkki
