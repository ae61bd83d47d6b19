// SPDX-License-Identifier: Apache-2.0
// The factors of a run that the process can see by itself.
#pragma once

namespace tulkki {

// Writes program, versions, machine and environment into the log. The caller holds g_process.mutex.
[[gnu::cold]] void define_properties();

}  // namespace tulkki
