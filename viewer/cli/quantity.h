// SPDX-License-Identifier: Apache-2.0
// Numbers with their unit for people: a value with its interval in one unit and one precision, signed changes,
// p-values. The units are those of viewer/analysis/metrics.h, or a program's own. A style without UTF-8
// gives plain ASCII, as files want it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "viewer/analysis/comparison.h"
#include "viewer/cli/terminal.h"

namespace tulkki {

// "1.23 ms", "4.56 GiB/s", "1.20 k/s", "12"
std::string quantity_text(double value, std::string_view unit, const Style& style);
// "1.23 [1.20, 1.25] ms"; without an interval "1.23 ms (n=3)"; "-" of nothing.
std::string summary_text(const Summary& summary, std::string_view unit, const Style& style);
// "0.894 [0.880, 0.910]"; "-" of nothing.
std::string ratio_text(const Contrast& contrast);
// "1 rank", "2 ranks"
std::string plural(std::uint64_t count, std::string_view noun);
std::string minus(const Style& style);                   // "-", in UTF-8 the true sign
std::string change_text(double ns, const Style& style);  // "+12.3 ms", "-1.20 us", "0"
std::string p_text(const Contrast& contrast);            // "0.002", "<0.001", "-"
// "faster", "~", "~ (+8)", "too few (+3)"
std::string verdict_cell(const Contrast& contrast);

}  // namespace tulkki
