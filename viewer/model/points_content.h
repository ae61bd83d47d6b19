// SPDX-License-Identifier: GPL-3.0-or-later
// A figure for papers: one row for each combination of factors (implementation and transport, say), in it the median of
// every series with its interval, and one panel for each workload. In figure.json:
//
//     "query": {"page": "points", "databases": ["bench.db"], "rows": ["backend", "transport"],
//               "workloads": ["sync", "async"], "state": {"series": ["translated"], "metric": "measured:time"}}
#pragma once

#include <string>
#include <vector>

#include "viewer/model/page_content.h"

namespace tulkki {

struct PointsQuery {
  std::vector<std::string> rows{"backend", "transport"};  // factors
  std::vector<std::string> workloads;                     // panels, in this order; empty: all; of measurements only
};
// Series, filters and metric are those of the request's state.
Result<PageContent> points_content(PageRequest& request, const PointsQuery& query);

}  // namespace tulkki
