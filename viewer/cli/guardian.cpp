// SPDX-License-Identifier: Apache-2.0
// The guardian holds one end of a socket. What comes through it are signals to pass on; that it is closed means that
// the command is gone.
#include "viewer/cli/guardian.h"

#include <array>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <poll.h>
#include <set>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace tulkki {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr auto kGrace = std::chrono::seconds(5);  // for a launcher to end its ranks
constexpr unsigned char kEnd = 0;                 // among the numbers of signals

// From the guardian, first when the launcher was started, or was not, then when it ended.
struct Report {
  int start_error;
  int status;
};

// False: the guardian is gone.
bool receive(int control, Report& report) {
  ssize_t got = 0;
  while ((got = recv(control, &report, sizeof report, 0)) < 0 && errno == EINTR) {}
  return got == static_cast<ssize_t>(sizeof report);
}

// Processes whose parent is this one, from /proc/PID/stat: "123 (name) S 45 ...".
std::set<pid_t> own_children() {
  std::set<pid_t> children;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename();
    if (std::isdigit(static_cast<unsigned char>(name[0])) == 0) continue;
    std::ifstream stream(entry.path() / "stat");
    const std::string stat((std::istreambuf_iterator<char>(stream)), {});
    const std::size_t after = stat.rfind(')');
    char state = 0;
    int parent = 0;
    if (after == std::string::npos) continue;
    const int fields = std::sscanf(stat.c_str() + after + 1, " %c %d", &state, &parent);
    if (fields == 2 && parent == getpid()) children.insert(std::stoi(name));
  }
  return children;
}

// What the launcher left behind was given to the guardian as its new parent; ending one may bring more.
void end_strays() {
  for (const auto until = Clock::now() + kGrace; Clock::now() < until;) {
    const std::set<pid_t> strays = own_children();
    if (strays.empty()) return;
    for (const pid_t stray : strays) {
      kill(stray, SIGKILL);
      waitpid(stray, nullptr, WNOHANG);
    }
    std::this_thread::sleep_for(milliseconds(10));
  }
}

struct SignalState {
  sigset_t mask;
  struct sigaction child;
};

// Ends here if the launcher cannot be started: the guardian reads why from `failure`.
[[noreturn]] void become_launcher(const GuardedLaunch& launch, pid_t guardian, pid_t group, const SignalState& before,
                                  int failure) {
  setpgid(0, launch.alone ? 0 : group);  // in the terminal's foreground, if this command is
  // Should the guardian be killed too, the launcher is told and ends its ranks.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != guardian) _exit(127);
  // What was caught must not be answered by the command's handlers; what was ignored (nohup) stays ignored.
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action {};
    if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler != SIG_IGN) std::signal(signal, SIG_DFL);
  }
  if (before.child.sa_handler == SIG_IGN) std::signal(SIGCHLD, SIG_IGN);
  for (const auto& [name, value] : launch.variables) setenv(name.c_str(), value.c_str(), 1);
  if (launch.output >= 0) {
    dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    dup2(launch.output, STDOUT_FILENO);
    dup2(launch.output, STDERR_FILENO);
  }
  std::vector<char*> words;
  for (const std::string& word : launch.command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  sigprocmask(SIG_SETMASK, &before.mask, nullptr);
  execvp(words[0], words.data());
  const int error = errno;
  [[maybe_unused]] const auto written = write(failure, &error, sizeof error);
  _exit(127);
}

class LauncherWatch {
 public:
  LauncherWatch(pid_t launcher, int control, int children, bool alone)
      : launcher_(launcher), control_(control), children_(children), alone_(alone) {}

  // Returns the launcher's status.
  int until_it_ends() {
    while (!reaped_) {
      std::array<struct pollfd, 2> waiting{{{children_, POLLIN, 0}, {orphaned_ ? -1 : control_, POLLIN, 0}}};
      poll(waiting.data(), waiting.size(), milliseconds_left());
      if (ending_ && Clock::now() >= deadline_) kill(alone_ ? -launcher_ : launcher_, SIGKILL);
      if (waiting[0].revents != 0) reap();
      if (!reaped_ && waiting[1].revents != 0) heed();
    }
    return status_;
  }

  bool ending() const { return ending_; }
  bool orphaned() const { return orphaned_; }

 private:
  int milliseconds_left() const {
    if (!ending_) return -1;
    const auto left = std::chrono::duration_cast<milliseconds>(deadline_ - Clock::now()).count();
    return static_cast<int>(left > 0 ? left + 1 : 100);
  }

  void reap() {
    signalfd_siginfo ignored;
    [[maybe_unused]] const auto got = read(children_, &ignored, sizeof ignored);
    int status = 0;
    for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) > 0;) {
      if (ended != launcher_) continue;
      reaped_ = true;
      status_ = status;
    }
  }

  void heed() {
    unsigned char byte = kEnd;
    const ssize_t got = recv(control_, &byte, 1, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    orphaned_ = got <= 0;
    if (got > 0 && byte != kEnd) kill(launcher_, byte);
    else if (!ending_) begin_end();
  }

  void begin_end() {
    ending_ = true;
    deadline_ = Clock::now() + kGrace;
    kill(launcher_, SIGTERM);
    kill(launcher_, SIGCONT);  // the terminal may have stopped it
  }

  pid_t launcher_;
  int control_, children_;
  bool alone_, ending_ = false, orphaned_ = false, reaped_ = false;
  Clock::time_point deadline_;
  int status_ = 0;
};

void report(int control, int start_error, int status) {
  const Report message{start_error, status};
  send(control, &message, sizeof message, MSG_NOSIGNAL);
}

// In a group of its own, with all signals blocked: what the command or the terminal's group is sent is not for it.
[[noreturn]] void guard(const GuardedLaunch& launch, int control, SignalState before) {
  const pid_t group = getpgrp(), self = getpid();
  setpgid(0, 0);
  prctl(PR_SET_NAME, "tulkki-guard");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  sigaction(SIGCHLD, &usual, &before.child);  // ignored, it would take the launcher's status away
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  const int children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  int failure[2];
  if (children < 0 || pipe2(failure, O_CLOEXEC) != 0) {
    report(control, errno, 0);
    _exit(127);
  }
  const pid_t launcher = fork();
  if (launcher == 0) become_launcher(launch, self, group, before, failure[1]);
  int error = launcher < 0 ? errno : 0;
  close(failure[1]);
  if (launcher > 0) [[maybe_unused]] const auto got = read(failure[0], &error, sizeof error);
  close(failure[0]);
  report(control, error, 0);
  if (error != 0) _exit(127);
  LauncherWatch watch(launcher, control, children, launch.alone);
  const int status = watch.until_it_ends();
  if (launch.alone || watch.ending()) end_strays();
  if (watch.orphaned() && launch.orphaned) launch.orphaned();
  report(control, 0, status);
  _exit(0);
}

int exit_code_of(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

}  // namespace

Result<Guardian> Guardian::start(const GuardedLaunch& launch) {
  const auto failure = [&](int error) {
    return Error{fmt::format("cannot start {}: {}", launch.command[0], std::strerror(error))};
  };
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return failure(errno);
  // No handler of this process may run in the others.
  SignalState before{};
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before.mask);
  const pid_t process = fork();
  if (process == 0) {
    close(ends[0]);
    guard(launch, ends[1], before);
  }
  const int error = errno;
  sigprocmask(SIG_SETMASK, &before.mask, nullptr);
  close(ends[1]);
  if (process < 0) {
    close(ends[0]);
    return failure(error);
  }
  Guardian guardian(process, ends[0]);
  Report report{};
  if (!receive(ends[0], report))
    return Error{fmt::format("cannot start {}: its guardian was killed", launch.command[0])};
  if (report.start_error != 0) return failure(report.start_error);
  return guardian;
}

Guardian::Guardian(Guardian&& other) noexcept
    : process_(std::exchange(other.process_, -1)), control_(std::exchange(other.control_, -1)) {}

Guardian::~Guardian() {
  if (control_ >= 0) close(control_);
  if (process_ < 0) return;
  while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {}
}

void Guardian::pass_on(int signal) const {
  const auto byte = static_cast<unsigned char>(signal);
  send(control_, &byte, 1, MSG_NOSIGNAL);
}

void Guardian::end_launcher() const { pass_on(kEnd); }

std::optional<int> Guardian::wait(milliseconds limit) {
  struct pollfd waiting{control_, POLLIN, 0};
  if (poll(&waiting, 1, static_cast<int>(limit.count())) <= 0) return std::nullopt;
  Report report{};
  if (receive(control_, report)) return exit_code_of(report.status);
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {}
  process_ = -1;
  return exit_code_of(status);
}

}  // namespace tulkki
