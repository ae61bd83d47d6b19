// SPDX-License-Identifier: Apache-2.0
// When figures are not worth much, because the ranks did not have the machine to themselves: one sentence for each
// reason, with its numbers. The thresholds are explained in docs/statistics.md.
#pragma once

#include <string>
#include <vector>

#include "viewer/analysis/run_load.h"
#include "viewer/analysis/selection.h"

namespace tulkki {

enum class LoadReason { waited, shared, stolen, others, load_before, governor };

struct LoadFinding {
  LoadReason reason;
  double size = 0;       // of the same reason, more is worse
  std::string sentence;  // without a full stop
};
std::vector<LoadFinding> load_findings(const RunLoad& load);

// Of one run: the findings, and what is not known because ranks did not come to their end.
std::vector<std::string> load_sentences(const RunLoad& load);
// Of several launches: one line for each reason, with the launch in which it is worst.
std::vector<std::string> load_sentences(const std::vector<RunInfo>& runs);
// Of series that are compared: what befell each of them, and in what their conditions differ.
std::vector<std::string> load_sentences(const std::vector<Series>& series);

}  // namespace tulkki
