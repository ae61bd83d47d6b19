// SPDX-License-Identifier: GPL-3.0-or-later
// The Compare page for metrics that programs measured themselves: `measured:NAME` or `measured:NAME:UNIT` as the metric
// of a state, a workload in place of a procedure.
#pragma once

#include <string>

#include "viewer/model/page_content.h"

namespace tulkki {

bool is_measured(const std::string& metric);
// "Throughput (MB/s, measured)" of "measured:throughput:bytes/s".
std::string measured_title(const std::string& metric);

// What there is to choose: PageContent::measured.
void offer_measured(const Loaded& loaded, PageContent& content);
// Figure and table of one panel, as compare_content does it for what was recorded.
Result<void> add_measured_panel(PageRequest& request, const ViewState& state, const Loaded& loaded, const std::string& title,
                                PageContent& content);

}  // namespace tulkki
