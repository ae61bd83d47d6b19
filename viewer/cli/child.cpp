// SPDX-License-Identifier: Apache-2.0
// posix_spawn, waiting, and the passing on of signals.
#include "viewer/cli/child.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace tulkki {
namespace {

constexpr std::array kForwardedSignals{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

std::atomic<pid_t> g_child{0};
std::atomic<int> g_stop_signal{0};
std::array<struct sigaction, kForwardedSignals.size()> g_previous;

// What the terminal sends goes to the whole foreground group: the child has it already.
void forward_signal(int signal, siginfo_t* information, void*) {
  const int saved_errno = errno;
  if (signal != SIGUSR1 && signal != SIGUSR2) g_stop_signal = signal;
  const pid_t child = g_child;
  if (child > 0 && information->si_code != SI_KERNEL) kill(child, signal);
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

std::vector<std::string> environment_with(const Variables& variables) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    bool replaced = false;
    for (const auto& [name, value] : variables) {
      replaced = replaced || (text.size() > name.size() && text.starts_with(name) && text[name.size()] == '=');
    }
    if (!replaced) result.emplace_back(text);
  }
  for (const auto& [name, value] : variables) result.push_back(name + "=" + value);
  return result;
}

int spawn(pid_t& child, const Arguments& command, const Variables& variables,
          const posix_spawn_file_actions_t* actions) {
  Arguments arguments = command;
  std::vector<std::string> environment = environment_with(variables);
  sigset_t handled;
  sigemptyset(&handled);
  for (std::size_t i = 0; i < kForwardedSignals.size(); ++i) {
    if (g_previous[i].sa_handler != SIG_IGN) sigaddset(&handled, kForwardedSignals[i]);
  }
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigdefault(&attributes, &handled);
  posix_spawnattr_setflags(&attributes, actions == nullptr ? POSIX_SPAWN_SETSIGDEF : 0);
  const int error = posix_spawnp(&child, arguments[0].c_str(), actions, &attributes, pointers(arguments).data(),
                                 pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  return error;
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
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
  const int error = spawn(child, command, {}, &actions);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  std::string text;
  if (error == 0) {
    char buffer[4096];
    for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) > 0;) text.append(buffer, got);
    wait_for(child);
  }
  close(ends[0]);
  return text;
}

Result<ChildEnd> run_child(const Arguments& command, const Variables& variables) {
  g_child = 0;
  g_stop_signal = 0;
  install_handlers();
  pid_t child = 0;
  const int error = spawn(child, command, variables, nullptr);
  if (error != 0) {
    restore_handlers();
    return Error{fmt::format("cannot start {}: {}", command[0], std::strerror(error))};
  }
  g_child = child;
  // A signal that came between the two lines above found no child to go to.
  if (g_stop_signal != 0) kill(child, g_stop_signal);
  // Its number may be given away once it is reaped: no signal may be passed on from there.
  siginfo_t information;
  while (waitid(P_PID, child, &information, WEXITED | WNOWAIT) < 0 && errno == EINTR) {}
  g_child = 0;
  ChildEnd end;
  end.exit_code = wait_for(child);
  end.interrupted = g_stop_signal != 0;
  restore_handlers();
  return end;
}

}  // namespace tulkki
