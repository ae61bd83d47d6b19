// SPDX-License-Identifier: Apache-2.0
// Progress on stderr.
#include "storage/recover_progress.h"

#include <unistd.h>

#include <cstdio>

namespace tulkki {
namespace {

using namespace std::chrono_literals;
constexpr auto kPatience = 2s;
constexpr auto kTerminalInterval = 200ms;
constexpr auto kPlainInterval = 5s;

}  // namespace

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) == 1), next_(Clock::now() + kPatience) {}

void ProgressLine::clear() {
  if (shown_ && terminal_) std::fputs("\r\033[K", stderr);
  shown_ = false;
}

void ProgressLine::operator()(const std::string& what, double fraction) {
  const auto now = Clock::now();
  if (now < next_) return;
  shown_ = true;
  const int percent = static_cast<int>(fraction * 100);
  if (terminal_) {
    next_ = now + kTerminalInterval;
    std::fprintf(stderr, "\r\033[Ktulkki: %s: %d %%", what.c_str(), percent);
  } else {
    next_ = now + kPlainInterval;
    std::fprintf(stderr, "tulkki: %s: %d %%\n", what.c_str(), percent);
  }
  std::fflush(stderr);
}

}  // namespace tulkki
