// SPDX-License-Identifier: Apache-2.0
// Everything that is found out and checked before a program is started: its MPI, launcher, transport, destinations.
#pragma once

#include <string>

#include "storage/result.h"
#include "viewer/cli/launcher.h"
#include "viewer/cli/recording.h"

namespace tulkki {

struct LaunchOptions {
  RecordingOptions recording;
  int ranks = 0;
  bool oversubscribe = false;
  std::string launcher_arguments;
};

struct LaunchPlan {
  Launcher launcher;
  LaunchRequest request;   // without variables
  Variables variables;     // TULKKI_* and those of the transport, for every launch
  ProgramFront front;
  BackendChoice backend;
};

// `misused`: the error is wrong use of the command (exit code 2), not a failure.
Result<LaunchPlan> plan_launch(const LaunchOptions& options, bool& misused);

}  // namespace tulkki
