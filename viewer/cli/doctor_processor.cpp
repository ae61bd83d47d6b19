// SPDX-License-Identifier: Apache-2.0
// Checks of the processors: how many may be used, what else they do, how fast they are, and how time is told.
#include <fmt/core.h>
#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>

#include "storage/profile_load.h"
#include "viewer/cli/doctor.h"

namespace tulkki {
namespace {

std::string processors_text(long long count) { return fmt::format("{} processor{}", count, count == 1 ? "" : "s"); }

// Place of this process in the cgroup tree of version 2, of version 1 that of the controller "cpu"; "/" where unknown.
std::string cgroup_of(const DoctorSystem& system, bool second_version) {
  std::istringstream lines(system.text("/proc/self/cgroup").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    if (second_version ? controllers == ",," : controllers.find(",cpu,") != std::string::npos)
      return line.substr(second + 1);
  }
  return "/";
}

// Processors that the limits of the cgroups above this process allow; 0: no limit is known.
double quota_of(const DoctorSystem& system) {
  double least = 0;
  const auto take = [&least](double quota, double period) {
    if (quota > 0 && period > 0 && (least == 0 || quota / period < least)) least = quota / period;
  };
  // A container sees its own group as the root, or the path that the host knows and no such folder.
  for (std::string group = cgroup_of(system, true);; group.resize(group.rfind('/'))) {
    std::istringstream limit(system.text("/sys/fs/cgroup" + group + "/cpu.max").value_or(""));
    double quota = 0, period = 0;
    if (limit >> quota >> period) take(quota, period);
    if (group.empty() || group.rfind('/') == std::string::npos) break;
  }
  for (const std::string& group : {cgroup_of(system, false), std::string()}) {
    for (const char* tree : {"/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"}) {
      const std::string folder = tree + group;
      take(static_cast<double>(system.number(folder + "/cpu.cfs_quota_us").value_or(-1)),
           static_cast<double>(system.number(folder + "/cpu.cfs_period_us").value_or(0)));
    }
  }
  return least;
}

}  // namespace

std::vector<Finding> check_processors(const DoctorSystem& system) {
  const long long online = system.processors();
  const std::string list = system.field("/proc/self/status", "Cpus_allowed_list").value_or("");
  const auto allowed = count_processors(list);
  if (allowed && *allowed < online)
    return {{Health::warn,
             fmt::format("this shell may use only {} of {} ({}): ranks that it starts share them", *allowed,
                         processors_text(online), list),
             fmt::format("taskset -cp 0-{} $$", online - 1)}};
  if (online == 1)
    return {{Health::warn, "one processor: two ranks take turns on it, so times say nothing about the MPI", ""}};
  return {{Health::ok, fmt::format("{}: up to {} ranks have one each", processors_text(online), online)}};
}

std::vector<Finding> check_quota(const DoctorSystem& system) {
  const double quota = quota_of(system);
  const long long online = system.processors();
  if (quota <= 0 || quota >= static_cast<double>(online))
    return {{Health::ok, "no limit on processor time below that"}};
  return {{Health::warn,
           fmt::format("the control group allows the time of {:.3g} of {}: ranks beyond that are stopped for a part of "
                       "every 100 ms",
                       quota, processors_text(online)),
           fmt::format("docker run --cpus={} ... (or raise CPUQuota= of the systemd unit)", online)}};
}

std::vector<Finding> check_load(const DoctorSystem& system) {
  const auto text = system.text("/proc/loadavg");
  if (!text || text->empty())
    return {{Health::warn, "/proc/loadavg cannot be read: whether the machine is quiet is not known",
             "mount -t proc proc /proc"}};
  const double load = std::strtod(text->c_str(), nullptr);
  const long long online = system.processors();
  if (load > 0.5 * static_cast<double>(online))
    return {{Health::warn,
             fmt::format("load {:.1f} on {}: other programs take time from what is measured now", load,
                         processors_text(online)),
             "top"}};
  return {{Health::ok, fmt::format("{:.1f} on {}: quiet", load, processors_text(online))}};
}

std::vector<Finding> check_governor(const DoctorSystem& system) {
  std::set<std::string> governors, drivers;
  const std::string base = "/sys/devices/system/cpu/";
  for (const std::string& name : system.names(base)) {
    if (!name.starts_with("cpu") || name.find_first_not_of("0123456789", 3) != std::string::npos || name.size() == 3)
      continue;
    if (const auto governor = system.text(base + name + "/cpufreq/scaling_governor")) governors.insert(*governor);
    if (const auto driver = system.text(base + name + "/cpufreq/scaling_driver")) drivers.insert(*driver);
  }
  if (governors.empty()) return {{Health::ok, "not set by this kernel (usual in virtual machines)"}};
  std::string text;
  for (const std::string& governor : governors)
    text += (text.empty() ? "" : ", ") + governor;
  if (!drivers.empty()) text += fmt::format(" ({})", *drivers.begin());
  if (governors == std::set<std::string>{"performance"}) return {{Health::ok, "governor " + text}};
  return {{Health::warn,
           fmt::format("governor {}: the frequency changes while a program runs, so times vary more", text),
           "cpupower frequency-set -g performance"}};
}

std::vector<Finding> check_clock(const DoctorSystem& system) {
  std::vector<Finding> findings;
  const std::string source =
      system.text("/sys/devices/system/clocksource/clocksource0/current_clocksource").value_or("");
  const std::set<std::string> slow{"hpet", "acpi_pm", "jiffies", "pit", "xen"};
  if (source.empty())
    findings.push_back(
        {Health::warn, "the kernel's time source is not known (is /sys there?)", "mount -t sysfs sysfs /sys"});
  else if (slow.contains(source))
    findings.push_back(
        {Health::warn,
         fmt::format("the kernel tells time by {}: every reading is a system call of about a microsecond", source),
         "cat /sys/devices/system/clocksource/clocksource0/available_clocksource"});
  else
    findings.push_back({Health::ok, fmt::format("the kernel tells time by {}", source)});
  const auto flags = system.field("/proc/cpuinfo", "flags");
  if (!flags) {
    findings.push_back({Health::ok, "no time stamp counter is known: the recorder takes clock_gettime"});
    return findings;
  }
  const auto has = [all = " " + *flags + " "](const char* flag) {
    return all.find(fmt::format(" {} ", flag)) != std::string::npos;
  };
  if (has("constant_tsc") && has("nonstop_tsc"))
    findings.push_back({Health::ok, "the time stamp counter runs evenly: the recorder takes it"});
  else
    findings.push_back(
        {Health::warn,
         fmt::format("the time stamp counter has no {}: the recorder takes clock_gettime, which costs some "
                     "20 ns more a call",
                     has("constant_tsc") ? "nonstop_tsc" : "constant_tsc"),
         ""});
  return findings;
}

}  // namespace tulkki
