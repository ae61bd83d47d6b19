// SPDX-License-Identifier: Apache-2.0
// The sentences of a paper's method section that belong to a comparison: every factor, and how numbers were made.
#pragma once

#include <string>

#include "viewer/analysis/comparison.h"

namespace tulkki {

// Plain text, one paragraph, no line breaks.
std::string method_sentence(const Comparison& comparison);

}  // namespace tulkki
