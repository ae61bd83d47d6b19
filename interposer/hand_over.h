// SPDX-License-Identifier: Apache-2.0
// End of a process under a plain launcher: the last one to leave has the raw logs converted by `tulkki recover`.
#pragma once

namespace tulkki {

// Leaves the log to whoever converts it: `tulkki run`, or the converter that the last process starts here.
[[gnu::cold]] void hand_over_log();

// Tells on rank 0 how to get the record of a run that did not end well, unless `tulkki run` takes care of it.
[[gnu::cold]] void say_where_log_lies(const char* why);

}  // namespace tulkki
