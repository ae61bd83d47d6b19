// SPDX-License-Identifier: GPL-3.0-or-later
// What a user has chosen to see: the factors in their slots, filters, baseline, metric, what is marked. Every page is a
// function of the study and of this state and of nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/result.h"

namespace tulkki {

struct Filter {
  std::string factor;
  std::vector<std::string> values;  // any of them
  bool operator==(const Filter&) const = default;
};

enum class CompareForm { curve, ratio, cdf, box, stacked, scaling };
enum class MatrixQuantity { bytes, messages, time };

// A cell of the matrix, of ranks or of nodes; where it stands for a block of them, the first ones and how many on each side.
struct MatrixCell {
  int sender = 0, receiver = 0;
  int block = 1;
  bool operator==(const MatrixCell&) const = default;
};

struct ViewState {
  std::vector<std::string> series_by{"backend", "transport", "translated"};
  std::string panel_by;                // a factor, or empty
  std::string x;                       // of scaling: ranks or nodes
  std::vector<Filter> filters;
  std::vector<std::int64_t> hidden_runs;
  std::string baseline;                // name of a series; empty: the first
  std::string contender;               // the one that pages for two compare with it; empty: the next
  std::string metric = "wall_time";    // viewer/analysis/metrics.h, or of a program: viewer/model/measured_content.h
  CompareForm form = CompareForm::box;
  std::string procedure;               // marked everywhere; empty: the whole run
  std::string workload;                // of what programs measured; empty: the first, or all where they fit
  std::optional<std::int64_t> size_class;
  std::optional<MatrixCell> cell;
  MatrixQuantity matrix_quantity = MatrixQuantity::bytes;
  bool matrix_by_node = false;
  bool io_over_time = false;           // the I/O page: over time, not over transfer sizes
  std::string file;                    // of the I/O page; empty: all
  std::string search;
  bool include_unfinished = false;

  bool operator==(const ViewState&) const = default;
  // Adds to the filter of that factor, or makes one.
  void add_filter(const std::string& factor, const std::string& value);
  void remove_filter(const std::string& factor);
};

// JSON object with what differs from the defaults.
std::string state_to_json(const ViewState& state);
// The error names the field, as viewer/plot/figure_json.h.
Result<ViewState> state_from_json(const std::string& text, const std::string& path);

}  // namespace tulkki
