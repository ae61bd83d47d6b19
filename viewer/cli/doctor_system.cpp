// SPDX-License-Identifier: Apache-2.0
// Reads small files of the machine, and its description.
#include <fmt/core.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include "storage/profile_load.h"
#include "viewer/cli/doctor.h"
#include "viewer/cli/terminal.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

std::string trimmed(const std::string& text) {
  const char* blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string distribution(const DoctorSystem& system) {
  std::istringstream lines(system.text("/etc/os-release").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("PRETTY_NAME=")) continue;
    std::string name = line.substr(12);
    std::erase(name, '"');
    return name;
  }
  return "unknown";
}

std::string memory(const DoctorSystem& system) {
  const auto bytes = [&](const char* name) -> std::optional<std::string> {
    const auto text = system.field("/proc/meminfo", name);
    if (!text) return std::nullopt;
    return bytes_text(std::strtod(text->c_str(), nullptr) * 1024);
  };
  const auto total = bytes("MemTotal"), available = bytes("MemAvailable");
  if (!total) return "unknown";
  return available ? fmt::format("{}, {} available", *total, *available) : *total;
}

std::string container(const DoctorSystem& system) {
  if (system.exists("/.dockerenv")) return "Docker";
  if (system.exists("/run/.containerenv")) return "Podman";
  if (!system.variable("SINGULARITY_CONTAINER").empty() || !system.variable("APPTAINER_CONTAINER").empty())
    return "Apptainer";
  const std::string flags = system.field("/proc/cpuinfo", "flags").value_or("") + " ";
  return flags.find(" hypervisor ") != std::string::npos ? "none; a virtual machine" : "none";
}

}  // namespace

std::optional<std::string> DoctorSystem::text(const std::string& absolute) const {
  std::ifstream stream(path(absolute));
  if (!stream) return std::nullopt;
  std::ostringstream content;
  content << stream.rdbuf();
  if (stream.bad()) return std::nullopt;
  return trimmed(content.str());
}

std::optional<long long> DoctorSystem::number(const std::string& absolute) const {
  const std::optional<std::string> content = text(absolute);
  if (!content || content->empty()) return std::nullopt;
  char* end = nullptr;
  const long long value = std::strtoll(content->c_str(), &end, 10);
  if (end == content->c_str()) return std::nullopt;
  return value;
}

std::optional<std::string> DoctorSystem::field(const std::string& absolute, const std::string& name) const {
  std::ifstream stream(path(absolute));
  for (std::string line; std::getline(stream, line);) {
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos && trimmed(line.substr(0, colon)) == name) return trimmed(line.substr(colon + 1));
  }
  return std::nullopt;
}

bool DoctorSystem::exists(const std::string& absolute) const {
  std::error_code error;
  return fs::exists(path(absolute), error);
}

std::vector<std::string> DoctorSystem::names(const std::string& folder) const {
  std::vector<std::string> result;
  std::error_code error;
  for (fs::directory_iterator entry(path(folder), error), end; !error && entry != end; entry.increment(error))
    result.push_back(entry->path().filename());
  std::sort(result.begin(), result.end());
  return result;
}

std::string DoctorSystem::link(const std::string& absolute) const {
  std::error_code error;
  return fs::read_symlink(path(absolute), error).string();
}

std::string DoctorSystem::variable(const char* name) const {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool DoctorSystem::is_root_user() const {
  if (live()) return geteuid() == 0;
  std::istringstream numbers(field("/proc/self/status", "Uid").value_or("1"));
  int real = 1, effective = 1;
  numbers >> real >> effective;
  return effective == 0;
}

long long DoctorSystem::processors() const {
  if (const auto count = count_processors(text("/sys/devices/system/cpu/online").value_or(""))) return *count;
  return live() ? std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)) : 1;
}

std::vector<DoctorFact> doctor_facts(const DoctorSystem& system) {
  struct utsname kernel {};
  uname(&kernel);
  const std::string processor =
      system.field("/proc/cpuinfo", "model name").value_or(std::string("unknown, ") + kernel.machine);
  const long threads = std::strtol(system.field("/proc/cpuinfo", "siblings").value_or("0").c_str(), nullptr, 10);
  const long cores = std::strtol(system.field("/proc/cpuinfo", "cpu cores").value_or("0").c_str(), nullptr, 10);
  std::string places = fmt::format("{} online", system.processors());
  if (cores > 0 && threads > cores) places += fmt::format(", {} on each core", threads / cores);
  std::vector<DoctorFact> facts{{"tulkki", TULKKI_VERSION},
                                {"kernel", fmt::format("{} {} {}", kernel.sysname, kernel.release, kernel.machine)},
                                {"distribution", distribution(system)},
                                {"CPU", processor},
                                {"processors", places},
                                {"memory", memory(system)},
                                {"container", container(system)}};
#ifdef __GLIBC__
  facts.push_back({"C library", std::string("glibc ") + gnu_get_libc_version()});
#endif
  return facts;
}

}  // namespace tulkki
