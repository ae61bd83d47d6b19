// SPDX-License-Identifier: Apache-2.0
// Factors of a run: everything a paper must state about how a number came about. By name, so that a user can select
// and group by them, and so that what differs between two series can be told (confounders).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "viewer/analysis/run_list.h"

namespace tulkki {

// Names in the order in which they are shown: label, program, arguments, backend, backend_version, transport, ...
const std::vector<std::string_view>& factor_names();
bool is_factor(std::string_view name);
// False for label and repetition, which name launches and change nothing in what is measured.
bool is_condition(std::string_view name);
// As text: "4", "yes", "tcp". Nothing for a name that is no factor.
std::optional<std::string> factor_value(const RunInfo& run, std::string_view name);

struct Series;

// A factor in which series differ, or which is not the same in all launches of one series.
struct FactorDifference {
  std::string name;
  std::vector<std::string> values;  // one for each series; several launches' values are joined by " | "
  bool mixed = false;               // inside at least one series
  bool under_test = false;          // it tells the series apart on purpose
  // Follows from a factor under test (the version of a backend that is under test): no reason to warn.
  bool implied = false;
  bool operator==(const FactorDifference&) const = default;
};
// Only those that differ. Label and repetition are names of launches, not conditions: they never count.
std::vector<FactorDifference> factor_differences(const std::vector<Series>& series,
                                                 const std::vector<std::string>& under_test);

}  // namespace tulkki
