// SPDX-License-Identifier: Apache-2.0
// Checks of memory: what ranks share on a host, what the kernel lets them have, and what killed runs left there.
#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "storage/raw_format.h"
#include "viewer/cli/doctor_limits.h"
#include "viewer/cli/terminal.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;


struct Mount {
  std::string options;
  std::optional<double> bytes;  // as the options give it
};

// "65536k", "2g", "50%": of a percentage nothing is known here.
std::optional<double> size_of(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (end == text.c_str()) return std::nullopt;
  switch (*end) {
    case '\0':
      return number;
    case 'k':
      return number * 1024;
    case 'm':
      return number * kMiB;
    case 'g':
      return number * 1024 * kMiB;
    default:
      return std::nullopt;
  }
}

std::optional<Mount> mount_of(const DoctorSystem& system, const std::string& folder) {
  std::ifstream stream(system.path("/proc/mounts"));
  std::optional<Mount> found;  // a later one hides an earlier one
  for (std::string device, place, kind, rest; stream >> device >> place >> kind; std::getline(stream, rest)) {
    std::string options;
    stream >> options;
    if (place != folder) continue;
    found = Mount{options, std::nullopt};
    std::istringstream words(options);
    for (std::string word; std::getline(words, word, ',');)
      if (word.starts_with("size=")) found->bytes = size_of(word.substr(5));
  }
  return found;
}

bool has_option(const std::string& options, const std::string& wanted) {
  return ("," + options + ",").find("," + wanted + ",") != std::string::npos;
}

// Whether a process of this user may read the memory of one that is not its child: as ranks of one job read each
// other's.
bool may_read_memory() {
  prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
  static volatile int source = 17;
  const pid_t parent = getpid(), child = fork();
  if (child < 0) return false;
  if (child == 0) {
    int target = 0;
    const iovec local{&target, sizeof target}, remote{const_cast<int*>(&source), sizeof source};
    _exit(process_vm_readv(parent, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(sizeof target) && target == 17
              ? 0
              : 1);
  }
  int status = 1;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  prctl(PR_SET_PTRACER, 0, 0, 0, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// Process that wrote a raw log; 0: it is none.
std::uint64_t writer_of(const fs::path& log) {
  raw::FileHeader header{};
  std::ifstream stream(log, std::ios::binary);
  stream.read(reinterpret_cast<char*>(&header), sizeof header);
  return std::memcmp(header.magic, raw::kMagic, sizeof header.magic) == 0 ? header.process_id : 0;
}

struct LeftOver {
  int folders = 0;
  double bytes = 0;
  std::string example;
};

// Folders of runs below a base whose processes are all gone.
void look_for_logs(const DoctorSystem& system, const std::string& base, LeftOver& found) {
  for (const std::string& name : system.names(base)) {
    bool running = false;
    double bytes = 0;
    std::error_code error;
    for (fs::recursive_directory_iterator entry(system.path(base + "/" + name), error), end; !error && entry != end;
         entry.increment(error)) {
      std::error_code ignored;
      if (entry->path().extension() != ".tulkki-raw" || !entry->is_regular_file(ignored)) continue;
      const std::uint64_t process = writer_of(entry->path());
      running = running || (process != 0 && system.exists(fmt::format("/proc/{}", process)));
      bytes += static_cast<double>(entry->file_size(ignored));
    }
    if (running || bytes <= 0) continue;
    ++found.folders;
    found.bytes += bytes;
    if (found.example.empty()) found.example = base + "/" + name;
  }
}

}  // namespace

std::vector<Finding> check_shared_memory(const DoctorSystem& system) {
  if (!system.exists("/dev/shm"))
    return {
        {Health::bad, "there is no /dev/shm: ranks on one host share memory there", "mount -t tmpfs tmpfs /dev/shm"}};
  const std::optional<Mount> mount = mount_of(system, "/dev/shm");
  if ((mount && has_option(mount->options, "ro")) || access(system.path("/dev/shm").c_str(), W_OK | X_OK) != 0)
    return {{Health::bad, "nothing can be written to /dev/shm: ranks on one host share memory there",
             "mount -o remount,rw /dev/shm; chmod 1777 /dev/shm"}};
  std::optional<double> bytes = mount ? mount->bytes : std::nullopt, free;
  struct statvfs space {};
  if (system.live() && statvfs("/dev/shm", &space) == 0) {
    bytes = static_cast<double>(space.f_blocks) * static_cast<double>(space.f_frsize);
    free = static_cast<double>(space.f_bavail) * static_cast<double>(space.f_frsize);
  }
  const std::string options = mount ? " (" + mount->options + ")" : " (not a file system of its own)";
  if (!bytes) return {{Health::ok, "writable" + options}};
  const std::string size =
      free ? fmt::format("{}, {} free", bytes_text(*bytes), bytes_text(*free)) : bytes_text(*bytes);
  if (*bytes < 512 * kMiB)
    return {{Health::warn,
             fmt::format("{}: little, as in a container; when it is full, ranks die of a bus error", size),
             "docker run --shm-size=2g ... (or mount -o remount,size=2g /dev/shm)"}};
  if (free && *free < 256 * kMiB)
    return {{Health::warn, fmt::format("{}: when it is full, ranks die of a bus error", size), "ls -lh /dev/shm"}};
  return {{Health::ok, size + options}};
}

std::vector<Finding> check_left_over(const DoctorSystem& system) {
  LeftOver found;
  const std::string user = fmt::format("/tulkki-{}", getuid());
  const std::string temporary = system.variable("TMPDIR");
  for (const std::string& base : {"/dev/shm" + user, (temporary.empty() ? "/tmp" : temporary) + user})
    look_for_logs(system, base, found);
  if (found.folders == 0) return {{Health::ok, "no raw logs of killed runs"}};
  return {{Health::warn,
           fmt::format("{} killed run{} left raw logs, {} in all: they can still be made into profiles", found.folders,
                       found.folders == 1 ? "" : "s", bytes_text(found.bytes)),
           "tulkki recover " + found.example}};
}

std::vector<Finding> check_single_copy(const DoctorSystem& system) {
  const auto scope = system.number("/proc/sys/kernel/yama/ptrace_scope");
  const std::string rule = scope ? fmt::format("kernel.yama.ptrace_scope = {}", *scope) : "no kernel.yama.ptrace_scope";
  const bool allowed = system.live() ? may_read_memory() : scope.value_or(0) < 2;
  if (allowed) return {{Health::ok, fmt::format("ranks may read each other's memory (CMA; {})", rule)}};
  return {
      {Health::warn,
       fmt::format("ranks may not read each other's memory ({}): large messages on one host are copied twice", rule),
       scope.value_or(0) > 0 ? "sysctl -w kernel.yama.ptrace_scope=0" : "docker run --cap-add=SYS_PTRACE ..."}};
}

std::vector<Finding> check_memory_limits(const DoctorSystem& system) {
  const auto locked = soft_limit(system, "Max locked memory"), space = soft_limit(system, "Max address space");
  std::vector<Finding> findings;
  if (!locked)
    return {{Health::warn, "the limits on memory are not known (is /proc there?)", "mount -t proc proc /proc"}};
  const bool remote = !system.names("/sys/class/infiniband").empty();
  const std::string text = *locked == kUnlimited ? "unlimited" : bytes_text(static_cast<double>(*locked));
  if (remote && *locked != kUnlimited)
    findings.push_back({Health::bad,
                        fmt::format("locked memory {}: InfiniBand and similar networks register more than that", text),
                        "ulimit -l unlimited (for good: memlock in /etc/security/limits.conf)"});
  else
    findings.push_back(
        {Health::ok, fmt::format("locked memory {}{}", text, remote ? "" : " (no network here needs more)")});
  if (space && *space != kUnlimited)
    findings.push_back({Health::warn,
                        fmt::format("address space {}: MPI and the recorder reserve much more than they use",
                                    bytes_text(static_cast<double>(*space))),
                        "ulimit -v unlimited"});
  return findings;
}

std::vector<Finding> check_memory_settings(const DoctorSystem& system) {
  std::vector<Finding> findings;
  if (const auto mode = system.number("/proc/sys/vm/overcommit_memory"); mode == 2)
    findings.push_back({Health::warn, "vm.overcommit_memory = 2: reserving memory fails though there is enough",
                        "sysctl -w vm.overcommit_memory=0"});
  if (const auto maps = system.number("/proc/sys/vm/max_map_count"); maps && *maps < 65530)
    findings.push_back({Health::warn, fmt::format("vm.max_map_count = {}: programs with many mappings fail", *maps),
                        "sysctl -w vm.max_map_count=65530"});
  // Larger than a long long on 64-bit kernels: that reads as the greatest.
  if (const auto segment = system.number("/proc/sys/kernel/shmmax"); segment && *segment < (1LL << 30))
    findings.push_back({Health::warn,
                        fmt::format("kernel.shmmax = {}: too little for MPI over System V shared memory", *segment),
                        "sysctl -w kernel.shmmax=18446744073692774399"});
  const auto pages = system.number("/proc/sys/vm/nr_hugepages");
  if (findings.empty())
    findings.push_back(
        {Health::ok, fmt::format("overcommit, mappings and System V segments as usual; {} huge pages reserved",
                                 pages.value_or(0))});
  return findings;
}

std::vector<Finding> check_numa(const DoctorSystem& system) {
  long long nodes = 0;
  for (const std::string& name : system.names("/sys/devices/system/node"))
    if (name.starts_with("node") && name.size() > 4 && name.find_first_not_of("0123456789", 4) == std::string::npos)
      ++nodes;
  if (nodes < 2) return {{Health::ok, "one memory node"}};
  if (system.number("/proc/sys/kernel/numa_balancing").value_or(0) != 0)
    return {{Health::warn,
             fmt::format(
                 "{} memory nodes and kernel.numa_balancing = 1: the kernel moves pages while a program runs, which "
                 "shows as jitter",
                 nodes),
             "sysctl -w kernel.numa_balancing=0"}};
  return {{Health::ok, fmt::format("{} memory nodes, pages stay where they are", nodes)}};
}

}  // namespace tulkki
