// SPDX-License-Identifier: Apache-2.0
// fork, a death signal for the launcher, and this process as the reaper of whatever loses its parent.
#include "viewer/cli/guarded_child.h"

#include <array>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fcntl.h>
#include <fmt/core.h>
#include <fstream>
#include <poll.h>
#include <set>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace tulkki {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::array kStopSignals{SIGINT, SIGTERM, SIGHUP};
constexpr auto kGrace = std::chrono::seconds(5);       // for a launcher to end its ranks
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

// Processes whose parent is this one, from /proc/PID/stat: "123 (name) S 45 ...".
std::set<pid_t> own_children() {
  std::set<pid_t> children;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename();
    if (std::isdigit(static_cast<unsigned char>(name[0])) == 0) continue;
    std::ifstream stream(entry.path() / "stat");
    std::string stat((std::istreambuf_iterator<char>(stream)), {});
    const std::size_t after = stat.rfind(')');
    char state = 0;
    int parent = 0;
    if (after != std::string::npos && std::sscanf(stat.c_str() + after + 1, " %c %d", &state, &parent) == 2 && parent == getpid())
      children.insert(std::stoi(name));
  }
  return children;
}

// What the launcher left behind was given to us as its new parent; ending one may bring more.
void end_strays(const std::set<pid_t>& others) {
  for (const auto until = Clock::now() + kGrace; Clock::now() < until;) {
    bool any = false;
    for (const pid_t child : own_children()) {
      if (others.contains(child)) continue;
      any = true;
      kill(child, SIGKILL);
      waitpid(child, nullptr, WNOHANG);
    }
    if (!any) return;
    std::this_thread::sleep_for(milliseconds(10));
  }
}

[[noreturn]] void become(const Arguments& command, const Variables& variables, int output, pid_t parent) {
  setpgid(0, 0);
  // When this process dies, however, the launcher is told and ends its ranks.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(127);
  for (const int signal : kStopSignals) std::signal(signal, SIG_DFL);
  for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  execvp(words[0], words.data());
  dprintf(STDERR_FILENO, "cannot start %s: %s\n", words[0], std::strerror(errno));
  _exit(127);
}

// True when the process ended before `until` and before a stop signal. It stays to be reaped.
bool ends_before(pid_t child, int handle, Clock::time_point until, bool heed_stop) {
  for (;;) {
    siginfo_t information{};
    if (waitid(P_PID, static_cast<id_t>(child), &information, WEXITED | WNOWAIT | WNOHANG) == 0 && information.si_pid == child)
      return true;
    if (heed_stop && g_stop != 0) return false;
    const auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now()).count();
    if (left <= 0) return false;
    // A signal between the test and the wait is noticed a second later at the latest.
    struct pollfd waiting{handle, POLLIN, 0};
    if (handle >= 0) poll(&waiting, 1, static_cast<int>(std::min<long long>(left, 1000)));
    else std::this_thread::sleep_for(milliseconds(std::min<long long>(left, 20)));
  }
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
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const std::set<pid_t> others = own_children();
  const pid_t self = getpid();
  const pid_t child = fork();
  if (child == 0) become(command, variables, output, self);
  if (child < 0) {
    close(output);
    return Error{fmt::format("cannot start {}: {}", command[0], std::strerror(errno))};
  }
  const int handle = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
  GuardedEnd end;
  if (!ends_before(child, handle, Clock::now() + limit, true)) {
    end.interrupted = g_stop != 0;
    end.timed_out = !end.interrupted;
    kill(child, SIGTERM);
    if (!ends_before(child, handle, Clock::now() + kGrace, false)) kill(-child, SIGKILL);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  end_strays(others);
  if (handle >= 0) close(handle);
  end.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  // A signal may have come when the launcher was through: its results count, the next launch does not begin.
  end.output = read_output(output);
  close(output);
  return end;
}

}  // namespace tulkki
