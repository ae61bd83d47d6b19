// SPDX-License-Identifier: Apache-2.0
// What somebody who waits for a sweep sees: one line on a terminal with the time that is left, nothing elsewhere but
// failures.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "viewer/sweep/sweep.h"

namespace tulkki {

// How long the launches of a plan will take, and where that is known from.
struct SweepForecast {
  std::size_t launches = 0;
  double guessed_seconds = 0;   // from the options of the workloads; 0: no guess
  double measured_seconds = 0;  // from launches of this sweep that are done; 0: there are none
  double limit_seconds = 0;     // of one launch

  // "144 launches, about 9 minutes (a guess from sizes and --seconds)"
  std::string text() const;
};

class SweepProgress {
 public:
  explicit SweepProgress(const char* command);
  void start(std::size_t launches);
  void skip(const PlannedLaunch& launch);  // done before, or by another command
  void begin(const PlannedLaunch& launch);
  void end(const PlannedLaunch& launch);
  void tell(const std::string& line);      // in any case, on a line of its own
  void clear();

  // Of the launches that are not through: each as long as the others of its combination on average, or as all.
  double seconds_left() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Experience {
    double seconds = 0;
    int launches = 0;
  };
  const char* command_;
  bool terminal_;
  bool shown_ = false;
  std::size_t launches_ = 0, through_ = 0;
  Clock::time_point begun_;
  Experience all_;
};

}  // namespace tulkki
