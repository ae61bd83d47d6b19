// SPDX-License-Identifier: Apache-2.0
// Integers for handles that are addresses: predefined ones have the number that the ABI's Fortran headers give them, all
// others get the next free one, which they keep until the process ends.
#pragma once

#include "translator/abis.h"

namespace tulkki {

[[gnu::cold]] int integer_of_handle(AbiName front, HandleClass kind, Word handle);
// The null handle of the class for a number that was never given out.
[[gnu::cold]] Word handle_of_integer(AbiName front, HandleClass kind, int integer);

}  // namespace tulkki
