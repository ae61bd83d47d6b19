// SPDX-License-Identifier: Apache-2.0
// Synthetic launches that the golden tests turn into traces.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "storage/process_log.h"
#include "tests/support/raw_log_builder.h"

namespace tulkki::test {

using Launch = std::vector<RawLogBuilder>;

Launch point_to_point();  // 2 ranks: every blocking kind, MPI_PROC_NULL, a failed call
Launch requests();        // 2 ranks, rank 0 with two threads: the whole life of requests
Launch collectives();     // 4 ranks: sub-communicators, Cartesian, an intercommunicator, nonblocking ones
Launch onesided();        // 2 ranks: windows and files
Launch broken();          // rank 1 left no log, rank 2 recorded nothing, ranks 0 and 3 have losses, two nodes

struct Scenario {
  const char* name;
  Launch (*make)();
};
inline void PrintTo(const Scenario& scenario, std::ostream* out) { *out << scenario.name; }

inline constexpr Scenario kScenarios[] = {{"point_to_point", point_to_point},
                                          {"requests", requests},
                                          {"collectives", collectives},
                                          {"onesided", onesided},
                                          {"broken", broken}};

// Writes the logs into `directory` and opens them again, in the order of the launch.
std::vector<ProcessLog> open_launch(const Launch& launch, const std::string& directory);

}  // namespace tulkki::test
