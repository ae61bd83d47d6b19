// SPDX-License-Identifier: Apache-2.0
// Tells a waiting user on stderr how far a long task is: nothing for the first two seconds, then one line that
// renews itself on a terminal, or a plain line every five seconds elsewhere.
#pragma once

#include <chrono>
#include <string>

namespace tulkki {

class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // What is being done and the finished fraction, 0 .. 1. Give it to RecoverOptions::progress by std::ref.
  void operator()(const std::string& what, double fraction);
  void clear();  // before anything else is printed

 private:
  using Clock = std::chrono::steady_clock;
  bool terminal_;
  bool shown_ = false;
  Clock::time_point next_;
};

}  // namespace tulkki
