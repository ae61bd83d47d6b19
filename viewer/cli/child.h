// SPDX-License-Identifier: Apache-2.0
// Child processes: one whose output is read, and the launcher, which runs as if it had been started directly.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "storage/result.h"

namespace tulkki {

using Arguments = std::vector<std::string>;
using Variables = std::vector<std::pair<std::string, std::string>>;

// Standard output (with_errors: and standard error) of a short-lived program without input; empty when it cannot
// be started.
std::string output_of(const Arguments& command, bool with_errors = false);

struct ChildEnd {
  int exit_code = 0;         // 128 + n after signal n
  bool interrupted = false;  // this process was asked to stop while the child ran
};

// Runs a child with this process's own stdin, stdout and stderr, `variables` added to its environment, and the
// signals that ask for an end passed on. When this process is killed, the child is ended and then `orphaned` called, by
// the child's guardian (guardian.h). Fails only when the child cannot be started.
Result<ChildEnd> run_child(const Arguments& command, const Variables& variables, const std::function<void()>& orphaned);

}  // namespace tulkki
