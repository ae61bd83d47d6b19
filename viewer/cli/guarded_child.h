// SPDX-License-Identifier: Apache-2.0
// A launcher under supervision: its output is kept, it has a time limit, and nothing that it started outlives it, not
// even when this process is killed.
#pragma once

#include <chrono>
#include <string>

#include "storage/result.h"
#include "viewer/cli/child.h"

namespace tulkki {

struct GuardedEnd {
  int exit_code = 0;         // 128 + n after signal n
  bool timed_out = false;
  bool interrupted = false;  // this process was asked to stop; the child was ended
  std::string output;        // standard output and standard error, at most 16 MiB of it
};

// Catches INT, TERM and HUP from construction to destruction, so that a sweep ends in order. One at a time.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  static int received();  // number of the signal, 0: none
};

// Needs a StopSignals. Fails only when the child cannot be started.
Result<GuardedEnd> run_guarded(const Arguments& command, const Variables& variables, std::chrono::seconds limit);

}  // namespace tulkki
