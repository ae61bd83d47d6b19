// SPDX-License-Identifier: GPL-3.0-or-later
// The exact table under a comparison: a line for each series of each row.
#pragma once

#include <string>

#include "viewer/analysis/comparison.h"
#include "viewer/model/series_choice.h"
#include "viewer/model/table_data.h"

namespace tulkki {

// What the numbers of a row are: of a procedure and a size class, or of a workload and a size that programs measured.
struct RowNames {
  std::string metric, unit;
  std::string subject;  // procedure or workload; empty: the whole run
  TableCell size;       // text of the class, or bytes
};

// `subject`: name of that column, "procedure" or "workload".
TableData comparison_table(const std::string& subject, bool with_panel);
// `panel`: nullptr where the table has no such column.
void add_comparison_row(TableData& table, const Comparison& comparison, const ComparedRow& row, const RowNames& names,
                        SeriesLooks& looks, const std::string* panel);
// How the columns of values are written on screen.
void set_written(TableData& table, Written written);

// "openmpi tcp: run time ×1.312 of openmpi shm, slower"; of many series the one that differs most. Empty where a row
// cannot say that.
std::string headline_of(const Comparison& comparison, const ComparedRow& row, const std::string& what);

}  // namespace tulkki
