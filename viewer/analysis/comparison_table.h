// SPDX-License-Identifier: Apache-2.0
// A comparison as a tidy table: one row for each metric, subject and series, full precision, units in a column.
#pragma once

#include <string>

#include "viewer/analysis/comparison.h"
#include "viewer/analysis/export_tables.h"

namespace tulkki {

// Columns: series, series_name, baseline, program, implementation, version, transport, path, nodes, ranks, procedure,
// size_from_bytes, within, workload, bytes (both of measurements), metric, unit, launches, calls, median, ci_low, ci_high, ci_level, q05, q25, q75, q95, q99, min,
// max, mean, recorder_band, ratio, ratio_low, ratio_high, cliffs_delta, p_value, p_holm, verdict, more_launches.
void write_comparison(const Comparison& comparison, RowSink& sink);

// What a factor is in all launches of a series; values of several are joined by " | ".
std::string series_factor(const Series& series, std::string_view factor);

}  // namespace tulkki
