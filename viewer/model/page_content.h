// SPDX-License-Identifier: GPL-3.0-or-later
// What a page shows, computed away from the window: figures, tables, remarks. The command line writes the same.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/result.h"
#include "viewer/analysis/profile_queries.h"
#include "viewer/analysis/work.h"
#include "viewer/model/series_choice.h"
#include "viewer/model/study.h"
#include "viewer/model/table_data.h"
#include "viewer/model/view_state.h"
#include "viewer/plot/figure_spec.h"

namespace tulkki {

struct PageContent {
  std::vector<plot::FigureSpec> figures;
  std::vector<TableData> tables;
  std::string headline;               // the answer in one line, where there is one
  std::vector<std::string> warnings;  // one line each
  std::string message;                // instead of figures: why there is none and what to do
  bool cancelled = false;             // the work was, before there were figures: it can be done again
  std::vector<std::string> procedures;  // that can be chosen, most time first
  std::vector<std::string> series;      // names, the baseline first
  std::vector<std::string> measured;    // metrics that programs measured, as in ViewState::metric
  std::vector<std::string> workloads;   // that measured the chosen one
  std::vector<std::string> files;       // names of those that MPI-IO used
  std::string workload;                 // the one that is shown; empty: all beside each other
};

struct PageRequest {
  Study study;
  ViewState state;
  SeriesLooks looks;  // as they stand; new series get the next ones
  LaunchCache* cache = nullptr;
  Work work = {};  // of pages that read traces
};

using PageFunction = Result<PageContent>(PageRequest& request);
PageFunction compare_content, functions_content, sizes_content, matrix_content, pairs_content, io_content, setup_content;

struct PageInfo {
  std::string_view name;   // "compare": on the command line
  std::string_view title;
  PageFunction* content;
};
const std::vector<PageInfo>& pages_with_content();

// Series of the request with their launches, and what every page says about them.
struct Loaded {
  SeriesChoice choice;
  std::vector<SeriesProfile> profiles;
};
Result<Loaded> load_series(PageRequest& request, PageContent& content);
// Index of the series that is compared with the baseline (0); 0 where there is only one.
std::size_t contender_of(const Loaded& loaded, const ViewState& state);
// What remains of a page whose traces were not read to their end: a part must not be taken for the whole.
PageContent without_traces(PageContent content);

// The figure of a page, for figure.json: its data are asked for anew by its query, from `databases` or, where there are none,
// from those that it names, relative to its `folder`.
Result<plot::FigureSpec> resolve_figure(plot::FigureSpec figure, const std::string& folder,
                                        const std::vector<std::string>& databases = {});
// A query that gives this figure again.
std::string query_of(const std::string& page, std::size_t figure, const Study& study, const ViewState& state);

}  // namespace tulkki
