// SPDX-License-Identifier: Apache-2.0
// Long work and who waits for it: how far it is, and whether its result is still wanted.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <string>

namespace tulkki {

// How the message of work ends that was cancelled; its result does not exist then.
inline constexpr char kWorkCancelled[] = "cancelled";

// Passed to functions that may take seconds. By default nobody is told anything and nothing stops the work.
struct Work {
  // Called from the thread that works: 0 to 1, and what is being done, for people.
  std::function<void(double fraction, const std::string& phase)> progress = nullptr;
  const std::atomic<bool>* cancel = nullptr;  // set from another thread; outlives the work

  bool is_cancelled() const { return cancel != nullptr && cancel->load(std::memory_order_relaxed); }
  // Tells how far it is; false: stop, and fail with kWorkCancelled.
  bool go_on(double fraction, const std::string& phase) const {
    if (is_cancelled()) return false;
    if (progress) progress(std::clamp(fraction, 0.0, 1.0), phase);
    return true;
  }
  // A piece of this work, from one fraction of it to another; `name` comes before what it says itself.
  Work piece(double from, double to, const std::string& name = "") const {
    if (!progress) return *this;
    const auto tell = [whole = progress, from, to, name](double fraction, const std::string& phase) {
      whole(from + (to - from) * fraction, name.empty() ? phase : name + ": " + phase);
    };
    return {tell, cancel};
  }
  Work piece(std::size_t number, std::size_t count, const std::string& name) const {  // of equal ones, from 0
    const auto all = static_cast<double>(count);
    return piece(static_cast<double>(number) / all, static_cast<double>(number + 1) / all, name);
  }
};

}  // namespace tulkki
