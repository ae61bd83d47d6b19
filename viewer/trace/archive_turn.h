// SPDX-License-Identifier: Apache-2.0
// Archives are read one at a time: the OTF2 library has one place for error messages in the whole program.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>

namespace tulkki::trace {

// Keep what is returned for as long as the archive is read. `go_on` is asked while another thread reads; once it says
// false what is returned holds nothing.
inline std::unique_lock<std::timed_mutex> wait_for_turn(const std::function<bool()>& go_on) {
  static std::timed_mutex one_at_a_time;
  constexpr std::chrono::milliseconds kBetweenQuestions{50};
  std::unique_lock turn(one_at_a_time, std::defer_lock);
  while (!turn.try_lock_for(kBetweenQuestions) && go_on()) {
  }
  return turn;
}

}  // namespace tulkki::trace
