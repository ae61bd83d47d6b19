// SPDX-License-Identifier: Apache-2.0
// The two faces of a report: text for people, JSON for programs.
#pragma once

#include <string>
#include <vector>

#include "viewer/analysis/profile_report.h"
#include "viewer/cli/terminal.h"

namespace tulkki {

std::string head_text(const RunReport& report, const Style& style);
std::string report_text(const RunReport& report, int top, const Style& style);
// One table (`--by`) instead of all.
std::string grouping_text(const RunReport& report, Grouping grouping, const std::vector<ProfileRow>& rows, int top,
                          const Style& style);

std::string report_json(const RunReport& report, int top);
std::string grouping_json(const RunReport& report, const std::string& grouping, const std::vector<ProfileRow>& rows);
std::string runs_json(const std::vector<RunInfo>& runs);

}  // namespace tulkki
