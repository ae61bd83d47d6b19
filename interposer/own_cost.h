// SPDX-License-Identifier: Apache-2.0
// What recording costs, measured in the process itself.
#pragma once

#include "storage/raw_format.h"

namespace tulkki {

// Times recorded calls that do nothing, on a scratch recorder, and stores the median cost of one in the header.
[[gnu::cold]] void measure_own_cost(raw::FileHeader& header);

}  // namespace tulkki
