// SPDX-License-Identifier: Apache-2.0
// Everything that is found out and checked before a program is started: its MPI, launcher, transport, destinations.
#pragma once

#include <string>

#include "storage/result.h"
#include "viewer/cli/launcher.h"
#include "viewer/cli/raw_directory.h"
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
  LaunchRequest request;   // without variables and preload
  std::vector<std::string> preload;  // files; preload.h makes the variable of them
  Variables variables;     // TULKKI_* and those of the transport, for every launch
  ProgramFront front;
  BackendChoice backend;
};

// Why there is no plan.
enum class Refusal {
  failure,                // exit code 1
  wrong_use,              // exit code 2
  transport_unknown,      // the backend has none of this name: wrong use
  transport_unavailable,  // it has, but not on this machine: failure
};
inline bool is_wrong_use(Refusal refusal) { return refusal == Refusal::wrong_use || refusal == Refusal::transport_unknown; }

// The launcher of the MPI that the program is to run on; the error says what to do without it.
Result<Launcher> suitable_launcher(const ProgramFront& front, const BackendChoice& backend);

Result<LaunchPlan> plan_launch(const LaunchOptions& options, Refusal& refusal);

// What is started for one launch, with its own private folder for raw logs.
Result<LaunchRequest> request_for(const LaunchPlan& plan, const RawDirectory& directory, int repetition);

}  // namespace tulkki
