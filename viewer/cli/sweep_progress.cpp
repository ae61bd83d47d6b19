// SPDX-License-Identifier: Apache-2.0
// The line is renewed when a launch begins; a launch is the unit in which a sweep moves.
#include "viewer/cli/sweep_progress.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fmt/core.h>
#include <unistd.h>

#include "viewer/cli/terminal.h"

namespace tulkki {
namespace {

std::string time_text(double seconds) {
  if (seconds < 90) return fmt::format("{} s", std::lround(seconds));
  if (seconds < 5400) return fmt::format("{} min", std::lround(seconds / 60));
  return fmt::format("{:.1f} h", seconds / 3600);
}

std::string counted(double number, const char* unit) {
  const long whole = std::max(1L, std::lround(number));
  return fmt::format("{} {}{}", whole, unit, whole == 1 ? "" : "s");
}

std::string long_time_text(double seconds) {
  if (seconds < 90) return counted(seconds, "second");
  if (seconds < 5400) return counted(seconds / 60, "minute");
  return seconds < 172'800 ? counted(seconds / 3600, "hour") : counted(seconds / 86'400, "day");
}

}  // namespace

std::string SweepForecast::text() const {
  if (launches == 0) return "0 launches: nothing is left to do";
  const std::string count = fmt::format("{} launch{}", launches, launches == 1 ? "" : "es");
  if (measured_seconds > 0)
    return fmt::format("{}, about {} (as long as those that are done took on average)", count, long_time_text(measured_seconds));
  if (guessed_seconds > 0) return fmt::format("{}, about {} (a guess from the workloads and their options)", count, long_time_text(guessed_seconds));
  return fmt::format("{}, at most {} (each is ended after {:.0f} s; the first ones will tell more)", count,
                     long_time_text(limit_seconds * static_cast<double>(launches)), limit_seconds);
}

SweepProgress::SweepProgress(const char* command) : command_(command), terminal_(isatty(STDERR_FILENO) != 0) {}

void SweepProgress::start(std::size_t launches) { launches_ = launches; }

void SweepProgress::skip(const PlannedLaunch&) { ++through_; }

// Complete blocks in random order: what is left has nearly the mix of what was.
double SweepProgress::seconds_left() const {
  if (all_.launches == 0) return -1;
  return all_.seconds / all_.launches * static_cast<double>(launches_ - through_);
}

void SweepProgress::begin(const PlannedLaunch& launch) {
  begun_ = Clock::now();
  if (!terminal_) return;
  const double left = seconds_left();
  const std::string line = fmt::format("tulkki {}: {} of {}{}: {}, launch {}", command_, through_ + 1, launches_,
                                       left < 0 ? "" : fmt::format(", {} left", time_text(left)), launch.combination->text(),
                                       launch.repetition);
  fmt::print(stderr, "\r\033[K{}", fitted(printable(line), kLineWidth - 1));
  std::fflush(stderr);
  shown_ = true;
}

void SweepProgress::end(const PlannedLaunch&) {
  ++through_;
  all_.seconds += std::chrono::duration<double>(Clock::now() - begun_).count();
  ++all_.launches;
}

void SweepProgress::tell(const std::string& line) {
  clear();
  fmt::print(stderr, "tulkki {}: {}\n", command_, line);
}

void SweepProgress::clear() {
  if (!shown_) return;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace tulkki
