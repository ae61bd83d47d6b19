// SPDX-License-Identifier: Apache-2.0
// What `tulkki compare` has found, and its forms: text, JSON, and the verdict table as rows for LaTeX and Markdown.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "viewer/analysis/comparison.h"
#include "viewer/analysis/export_tables.h"
#include "viewer/analysis/pairing.h"
#include "viewer/analysis/waterfall.h"
#include "viewer/cli/terminal.h"

namespace tulkki {

// Couples of launches of a series and the baseline whose calls were paired.
struct PairedSeries {
  std::size_t series = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> runs;  // of the baseline, of the series
  std::vector<PairingResult> couples;                       // as in `runs`
  std::vector<PairedContrast> procedures, sites;
};

struct SeriesWaterfall {
  std::size_t series = 0;
  Waterfall waterfall;
};

struct CompareReport {
  Comparison comparison;
  std::vector<RunInfo> left_out;  // launches that did not finish
  std::vector<SeriesWaterfall> waterfalls;
  std::vector<PairedSeries> pairs;
  std::size_t measured = 0;  // quantities that these programs printed, shown or not
};

// The verdict table as text, cut into sections: the whole run, then procedures by metric. Two series stand side by
// side, more stand below each other.
struct VerdictSection {
  std::string title;
  std::vector<std::vector<std::string>> rows;
};
struct VerdictTable {
  std::vector<std::string> headings;  // the first is that of the row's name
  std::vector<TextTable::Kind> kinds;
  std::vector<VerdictSection> sections;
};
VerdictTable verdict_table(const Comparison& comparison, const Style& style);
// The same with the section as first column.
void write_verdict_table(const Comparison& comparison, RowSink& sink);

std::string compare_text(const CompareReport& report, std::size_t top, const Style& style);
std::string compare_json(const CompareReport& report);

// compare_parts.cpp
std::string waterfall_text(const CompareReport& report, const SeriesWaterfall& part, std::size_t top,
                           const Style& style);
std::string pairs_text(const CompareReport& report, const PairedSeries& part, std::size_t top, const Style& style);

}  // namespace tulkki
