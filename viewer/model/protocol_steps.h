// SPDX-License-Identifier: GPL-3.0-or-later
// Sizes at which an implementation changes its protocol (eager to rendezvous), told from the time of calls.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace tulkki {

// `median_ns` by size class. A size class is a step where the median is more than 1.5 times what the growth around it
// lets expect, that is: grows by more than 1.5 times the growth of each neighbouring class, and by more than 1.6 at all.
std::vector<std::int64_t> protocol_steps(const std::map<std::int64_t, double>& median_ns);

}  // namespace tulkki
