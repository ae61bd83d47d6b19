// SPDX-License-Identifier: Apache-2.0
// posix_spawn for what is only asked, a guardian for the launcher, and the passing on of signals.
#include "viewer/cli/child.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "viewer/cli/guardian.h"

extern char** environ;

namespace tulkki {
namespace {

constexpr std::array kForwardedSignals{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

std::atomic<int> g_control{-1};  // of the launcher's guardian
std::atomic<int> g_stop_signal{0};
std::array<struct sigaction, kForwardedSignals.size()> g_previous;

// What the terminal sends goes to the whole foreground group: the launcher has it already.
void forward_signal(int signal, siginfo_t* information, void*) {
  const int saved_errno = errno;
  if (signal != SIGUSR1 && signal != SIGUSR2) g_stop_signal = signal;
  const auto byte = static_cast<unsigned char>(signal);
  if (const int control = g_control; control >= 0 && information->si_code != SI_KERNEL) send(control, &byte, 1, MSG_NOSIGNAL);
  errno = saved_errno;
}

// A signal that our parent chose to ignore (nohup) stays ignored.
void install_handlers() {
  for (std::size_t i = 0; i < kForwardedSignals.size(); ++i) {
    sigaction(kForwardedSignals[i], nullptr, &g_previous[i]);
    if (g_previous[i].sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_sigaction = forward_signal;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(kForwardedSignals[i], &action, nullptr);
  }
}

void restore_handlers() {
  for (std::size_t i = 0; i < kForwardedSignals.size(); ++i) sigaction(kForwardedSignals[i], &g_previous[i], nullptr);
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

std::string output_of(const Arguments& command, bool with_errors) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return "";
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  if (with_errors) posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  else posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  Arguments arguments = command;
  const int error = posix_spawnp(&child, arguments[0].c_str(), &actions, nullptr, pointers(arguments).data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  std::string text;
  if (error == 0) {
    char buffer[4096];
    for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) > 0;) text.append(buffer, got);
    while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {}
  }
  close(ends[0]);
  return text;
}

Result<ChildEnd> run_child(const Arguments& command, const Variables& variables, const std::function<void()>& orphaned) {
  g_control = -1;
  g_stop_signal = 0;
  install_handlers();
  Result<Guardian> guardian = Guardian::start({.command = command, .variables = variables, .orphaned = orphaned});
  if (!guardian) {
    restore_handlers();
    return guardian.error();
  }
  g_control = guardian->control();
  // A signal that came between the two lines above found nobody to go to.
  if (g_stop_signal != 0) guardian->pass_on(g_stop_signal);
  std::optional<int> exit_code;
  while (!exit_code) exit_code = guardian->wait(std::chrono::hours(1));
  g_control = -1;
  restore_handlers();
  return ChildEnd{*exit_code, g_stop_signal != 0};
}

}  // namespace tulkki
