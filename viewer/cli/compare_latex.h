// SPDX-License-Identifier: Apache-2.0
// The verdict table as a LaTeX tabular for a paper.
#pragma once

#include <string>

#include "viewer/cli/compare.h"

namespace tulkki {

// Needs the package booktabs. The method sentence and what A, B ... are stand before it as comments.
std::string compare_latex(const Comparison& comparison);

}  // namespace tulkki
