// SPDX-License-Identifier: Apache-2.0
// A launcher, and between it and this process a guardian: a process that ends the launcher, and with it the ranks, when
// this process is gone. That also holds after SIGKILL, which nothing in this process could answer.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>

#include "storage/result.h"
#include "viewer/cli/child.h"

namespace tulkki {

struct GuardedLaunch {
  Arguments command;
  Variables variables;             // added to the environment
  int output = -1;                 // descriptor for stdout and stderr, with an empty stdin; -1: this process's own three
  bool alone = false;              // in a process group of its own, and nothing that it started outlives it
  // Called in the guardian when this process was gone and the launcher has been ended.
  std::function<void()> orphaned = nullptr;
};

class Guardian {
 public:
  // Fails only when the launcher cannot be started.
  static Result<Guardian> start(const GuardedLaunch& launch);
  Guardian(Guardian&& other) noexcept;
  Guardian(const Guardian&) = delete;
  Guardian& operator=(const Guardian&) = delete;
  ~Guardian();

  // To write one byte to from a signal handler: the number of the signal that the launcher is to get.
  int control() const { return control_; }

  void pass_on(int signal) const;
  // SIGTERM for the launcher, which ends its ranks, and after a time SIGKILL for all that is left.
  void end_launcher() const;

  // The launcher's exit code, 128 + n after signal n; nothing when it has not ended after `limit`, or when a signal
  // interrupted the wait.
  std::optional<int> wait(std::chrono::milliseconds limit);

 private:
  Guardian(pid_t process, int control) : process_(process), control_(control) {}
  pid_t process_;
  int control_;
};

}  // namespace tulkki
