// SPDX-License-Identifier: Apache-2.0
// Second half of a comparison: tests of all rows together, verdicts, and what a reader must be warned of.
#pragma once

#include <string>
#include <vector>

#include "viewer/analysis/comparison.h"

namespace tulkki {

// Fills the contrasts of all rows.
void decide(Comparison& comparison);
void add_warnings(Comparison& comparison, const std::vector<std::string>& under_test);

}  // namespace tulkki
