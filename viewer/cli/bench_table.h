// SPDX-License-Identifier: Apache-2.0
// The table of `tulkki bench`.
#pragma once

#include <string>

namespace tulkki {

// Prints what the sweep of this name measured: medians over launches with their 95 % intervals. Returns the exit code.
int print_bench_table(const char* command, const std::string& database, const std::string& sweep, bool json);

}  // namespace tulkki
