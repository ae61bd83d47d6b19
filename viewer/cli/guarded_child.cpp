// SPDX-License-Identifier: Apache-2.0
// A guardian for the launcher, a file in memory for its output, and the time limit.
#include "viewer/cli/guarded_child.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fmt/core.h>
#include <optional>
#include <sys/mman.h>
#include <unistd.h>

#include "viewer/cli/guardian.h"

namespace tulkki {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::array kStopSignals{SIGINT, SIGTERM, SIGHUP};
constexpr std::size_t kMostOutputBytes = 16u << 20;

volatile std::sig_atomic_t g_stop = 0;
std::array<struct sigaction, kStopSignals.size()> g_before;

void note_stop(int signal) { g_stop = signal; }

std::string read_output(int descriptor) {
  std::string text;
  char buffer[65536];
  lseek(descriptor, 0, SEEK_SET);
  for (ssize_t got; text.size() < kMostOutputBytes && (got = read(descriptor, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(got));
  return text;
}

// Nothing: it goes on at `until`, or a stop signal came.
std::optional<int> ends_before(Guardian& guardian, Clock::time_point until) {
  while (g_stop == 0) {
    const auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now());
    if (left.count() <= 0) return std::nullopt;
    // A signal between the test and the wait is noticed a second later at the latest.
    if (const std::optional<int> code = guardian.wait(std::min(left, milliseconds(1000)))) return code;
  }
  return std::nullopt;
}

}  // namespace

StopSignals::StopSignals() {
  g_stop = 0;
  struct sigaction action {};
  action.sa_handler = note_stop;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kStopSignals.size(); ++i) {
    sigaction(kStopSignals[i], nullptr, &g_before[i]);
    if (g_before[i].sa_handler != SIG_IGN) sigaction(kStopSignals[i], &action, nullptr);
  }
}

StopSignals::~StopSignals() {
  for (std::size_t i = 0; i < kStopSignals.size(); ++i) sigaction(kStopSignals[i], &g_before[i], nullptr);
}

int StopSignals::received() { return g_stop; }

Result<GuardedEnd> run_guarded(const Arguments& command, const Variables& variables, std::chrono::seconds limit) {
  const int output = memfd_create("tulkki-output", MFD_CLOEXEC);
  if (output < 0) return Error{fmt::format("cannot keep the output of {}: {}", command[0], std::strerror(errno))};
  Result<Guardian> guardian = Guardian::start({.command = command, .variables = variables, .output = output, .alone = true});
  if (!guardian) {
    close(output);
    return guardian.error();
  }
  GuardedEnd end;
  std::optional<int> code = ends_before(*guardian, Clock::now() + limit);
  if (!code) {
    end.interrupted = g_stop != 0;
    end.timed_out = !end.interrupted;
    guardian->end_launcher();
  }
  while (!code) code = guardian->wait(milliseconds(1000));
  end.exit_code = *code;
  // A signal may have come when the launcher was through: its results count, the next launch does not begin.
  end.output = read_output(output);
  close(output);
  return end;
}

}  // namespace tulkki
