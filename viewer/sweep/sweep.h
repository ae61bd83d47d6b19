// SPDX-License-Identifier: Apache-2.0
// What a sweep is to do: combinations of factors, each launched several times.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/result.h"
#include "storage/sweep_store.h"

namespace tulkki {

// One way to run the program. A launch is a combination and the number of its repetition.
struct Combination {
  std::string backend;                        // as for --backend; empty: the program's own
  std::string transport = "default";
  int ranks = 1;
  std::vector<std::string> program;           // and its arguments
  std::map<std::string, std::string> values;  // further factors by name, for people and for the database
  double expected_seconds = 0;                // a rough guess at one launch; 0: nobody knows

  // "mpich tcp, 2 ranks, size=4": for messages.
  std::string text() const;
  // JSON of all factors: a launch with the same text is the same launch.
  std::string factors(int repetition) const;
};

// A number in what a program prints.
struct MeasurePattern {
  std::string metric, unit;
  std::string pattern;     // ECMAScript; its first group is the number; the last match counts
};

struct Sweep {
  std::string name;        // a sweep of this name in the database is continued
  std::string label;       // of its runs
  std::vector<Combination> combinations;
  int repetitions = 6;
  std::optional<std::uint64_t> seed;  // of the order; else drawn
  std::chrono::seconds limit{600};    // for one launch
  std::string launcher_arguments;
  bool oversubscribe = false;
  bool trace = false;
  std::vector<MeasurePattern> patterns;
};

// "{repetition}" in a program's words stands for the number of the launch: what differs between repetitions on purpose (a
// seed) is recorded and not compared.
inline constexpr char kRepetitionPlace[] = "{repetition}";
std::vector<std::string> with_repetition(std::vector<std::string> program, int repetition);

// The reverse, on a command line as it was recorded (a script may have started something else than `program`): words that
// come from the place are it again. Empty when there are none.
std::string without_repetition(const std::vector<std::string>& recorded, const std::vector<std::string>& program, int repetition);

struct PlannedLaunch {
  const Combination* combination;
  int repetition;          // from 1
};

// Every combination once in random order, then every one a second time ... (complete blocks): what changes slowly on the
// machine meets all combinations alike. The order follows from the seed.
std::vector<PlannedLaunch> launch_order(const Sweep& sweep, std::uint64_t seed);

// Reads the file of `tulkki sweep`, see docs/bench.md. Errors name file, line or field.
Result<Sweep> read_sweep_file(const std::string& path);

// Lines "measurement WORKLOAD BYTES METRIC UNIT VALUE" (tabs between) and what `patterns` find. A pattern that finds
// nothing is an error that names it.
Result<std::vector<Measurement>> parse_measurements(const std::string& output, const std::vector<MeasurePattern>& patterns,
                                                    const std::string& workload);

}  // namespace tulkki
