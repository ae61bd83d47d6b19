// SPDX-License-Identifier: Apache-2.0
// Carries a sweep out: what `tulkki sweep` and `tulkki bench` share.
#pragma once

#include <string>
#include <vector>

#include "viewer/cli/launch_plan.h"
#include "viewer/sweep/sweep.h"

namespace tulkki {

struct SweepOptions {
  std::string database;
  std::string trace_directory;  // absolute
  std::string transports_file;
  bool retry_failed = false;
  std::string lost_host;      // another host that is gone: launches that commands there had taken are not begun
  bool dry_run = false;       // lists the launches that are missing
};

struct SweepOutcome {
  int exit_code = 0;
  std::vector<std::int64_t> run_ids;  // of all launches that are done, by earlier commands too
};

// Leaves combinations out that this machine has not (a transport that one of the backends lacks, say) and says so;
// what no backend has is wrong use. Launches what is missing, until it is done or a signal comes. Exit code: 1 when a
// launch has failed, 2 for wrong use, 128 + n after signal n.
SweepOutcome carry_out(const char* command, Sweep& sweep, const SweepOptions& options);

}  // namespace tulkki
