// SPDX-License-Identifier: Apache-2.0
// The limits of this shell, for checks.
#pragma once

#include <limits>
#include <optional>
#include <string>

#include "viewer/cli/doctor.h"

namespace tulkki {

inline constexpr long long kUnlimited = std::numeric_limits<long long>::max();

// A row of /proc/self/limits, "Max open files"; nothing where it cannot be read.
std::optional<long long> soft_limit(const DoctorSystem& system, const std::string& name);

}  // namespace tulkki
