// SPDX-License-Identifier: Apache-2.0
// Checks of limits: of this shell (ulimit), and of the kernel for everybody (sysctl).
#include "viewer/cli/doctor_limits.h"

#include <fmt/core.h>
#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

#include "viewer/cli/terminal.h"

namespace tulkki {
namespace {


std::string unreadable(const char* what) { return fmt::format("the limit on {} is not known (is /proc there?)", what); }

// "4096 87380 6291456": the greatest.
std::optional<long long> third_number(const DoctorSystem& system, const std::string& path) {
  std::istringstream numbers(system.text(path).value_or(""));
  long long least, usual, most;
  if (numbers >> least >> usual >> most) return most;
  return std::nullopt;
}

}  // namespace

std::optional<long long> soft_limit(const DoctorSystem& system, const std::string& name) {
  std::ifstream stream(system.path("/proc/self/limits"));
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with(name + " ")) continue;
    std::istringstream words(line.substr(name.size()));
    std::string soft;
    words >> soft;
    return soft == "unlimited" ? kUnlimited : std::strtoll(soft.c_str(), nullptr, 10);
  }
  return std::nullopt;
}

std::vector<Finding> check_descriptors(const DoctorSystem& system) {
  const auto limit = soft_limit(system, "Max open files");
  if (!limit) return {{Health::warn, unreadable("open files"), "mount -t proc proc /proc"}};
  if (*limit < 1024)
    return {{Health::warn, fmt::format("{}: launchers and TCP connections between many ranks need more", *limit),
             "ulimit -n 4096"}};
  return {{Health::ok, *limit == kUnlimited ? "unlimited" : std::to_string(*limit)}};
}

std::vector<Finding> check_process_count(const DoctorSystem& system) {
  const auto limit = soft_limit(system, "Max processes");
  if (!limit) return {{Health::warn, unreadable("processes"), "mount -t proc proc /proc"}};
  if (*limit < 1024)
    return {{Health::warn, fmt::format("{} for this user, threads count: MPI starts threads in every rank", *limit),
             "ulimit -u 4096"}};
  return {{Health::ok, *limit == kUnlimited ? "unlimited" : std::to_string(*limit)}};
}

std::vector<Finding> check_stack(const DoctorSystem& system) {
  const auto limit = soft_limit(system, "Max stack size");
  if (!limit) return {{Health::warn, unreadable("the stack"), "mount -t proc proc /proc"}};
  if (*limit < 8 * kMiB)
    return {{Health::warn,
             fmt::format("{}: Fortran programs with local arrays crash", bytes_text(static_cast<double>(*limit))),
             "ulimit -s unlimited"}};
  return {{Health::ok, *limit == kUnlimited ? "unlimited" : bytes_text(static_cast<double>(*limit))}};
}

std::vector<Finding> check_perf(const DoctorSystem& system) {
  const auto paranoid = system.number("/proc/sys/kernel/perf_event_paranoid");
  if (!paranoid) return {{Health::ok, "kernel.perf_event_paranoid is not there; Tulkki does not need it"}};
  if (*paranoid > 2)
    return {{Health::warn,
             fmt::format(
                 "kernel.perf_event_paranoid = {}: perf and PAPI count nothing for ordinary users (Tulkki itself does "
                 "not need them)",
                 *paranoid),
             "sysctl -w kernel.perf_event_paranoid=2"}};
  return {{Health::ok, fmt::format("kernel.perf_event_paranoid = {}: perf may count", *paranoid)}};
}

std::vector<Finding> check_network(const DoctorSystem& system) {
  std::vector<Finding> findings;
  std::string seen;
  const auto judge = [&](const char* name, std::optional<long long> value, long long least, const char* mend) {
    if (!value) return;
    if (*value < least)
      findings.push_back(
          {Health::warn,
           fmt::format("{} = {}, below the usual {}: large messages over TCP go slower", name, *value, least), mend});
    else
      seen += fmt::format("{}{} {}", seen.empty() ? "" : ", ", name, bytes_text(static_cast<double>(*value)));
  };
  judge("net.core.rmem_max", system.number("/proc/sys/net/core/rmem_max"), 212992,
        "sysctl -w net.core.rmem_max=212992");
  judge("net.core.wmem_max", system.number("/proc/sys/net/core/wmem_max"), 212992,
        "sysctl -w net.core.wmem_max=212992");
  judge("net.ipv4.tcp_rmem", third_number(system, "/proc/sys/net/ipv4/tcp_rmem"), 4 * kMiB,
        "sysctl -w net.ipv4.tcp_rmem='4096 131072 6291456'");
  judge("net.ipv4.tcp_wmem", third_number(system, "/proc/sys/net/ipv4/tcp_wmem"), 4 * kMiB,
        "sysctl -w net.ipv4.tcp_wmem='4096 16384 4194304'");
  if (findings.empty()) findings.push_back({Health::ok, seen.empty() ? "the buffers of TCP are not known here" : seen});
  return findings;
}

}  // namespace tulkki
