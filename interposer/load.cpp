// SPDX-License-Identifier: Apache-2.0
// Reads getrusage and a handful of small files of /proc and /sys. What cannot be read stays marked as unknown.
#include "interposer/load.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "interposer/clock.h"
#include "interposer/process.h"
#include "interposer/small_file.h"

namespace tulkki {
namespace {

constexpr std::size_t kMaskBytes = 1024;  // 8,192 processors

std::uint64_t nanoseconds(const struct timeval& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(time.tv_usec) * 1000u;
}

bool first_of_host() {
  for (const char* name : {"OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID", "PALS_LOCAL_RANKID"})
    if (const char* value = std::getenv(name)) return std::atoi(value) == 0;
  return true;
}

// "cpu  user nice system idle iowait irq softirq steal ...", in ticks of USER_HZ.
void read_processor_times(raw::HostLoad& load) {
  char text[512];
  if (read_small_file("/proc/stat", text, sizeof text) == 0) return;
  unsigned long long user, nice, system, idle, waiting, interrupts, deferred, stolen;
  if (std::sscanf(text, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle, &waiting,
                  &interrupts, &deferred, &stolen) != 8)
    return;
  const long ticks_per_second = sysconf(_SC_CLK_TCK);
  const std::uint64_t tick_ns =
      1'000'000'000u / static_cast<std::uint64_t>(ticks_per_second > 0 ? ticks_per_second : 100);
  load.busy_ns = (user + nice + system + interrupts + deferred) * tick_ns;
  load.idle_ns = (idle + waiting) * tick_ns;
  load.stolen_ns = stolen * tick_ns;
}

std::size_t read_frequency_file(const char* name, char* text, std::size_t bytes) {
  const int processor = sched_getcpu();
  char path[128];
  std::snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cpufreq/%s", processor < 0 ? 0 : processor, name);
  const std::size_t length = read_small_file(path, text, bytes);
  text[std::strcspn(text, "\n")] = '\0';
  return length;
}

std::uint64_t frequency_hz(const char* name) {
  char text[64];
  if (read_frequency_file(name, text, sizeof text) == 0) return 0;
  return std::strtoull(text, nullptr, 10) * 1000u;  // the files are in kHz
}

// "0-3,8"; empty when the kernel does not say.
void affinity_text(char* text, std::size_t bytes) {
  unsigned char mask[kMaskBytes] = {};
  text[0] = '\0';
  const long got = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
  const auto may_use = [&](long one) { return (mask[one / 8] >> one % 8 & 1) != 0; };
  std::size_t length = 0;
  for (long first = 0; first < got * 8; ++first) {
    if (!may_use(first)) continue;
    long last = first;
    while (last + 1 < got * 8 && may_use(last + 1))
      ++last;
    if (length + 32 > bytes) return;
    length +=
        static_cast<std::size_t>(std::snprintf(text + length, bytes - length, "%s%ld", length != 0 ? "," : "", first));
    if (last > first) length += static_cast<std::size_t>(std::snprintf(text + length, bytes - length, "-%ld", last));
    first = last;
  }
}

}  // namespace

void refresh_process_load(raw::FileHeader& header) {
  struct rusage usage;
  if (getrusage(RUSAGE_SELF, &usage) != 0) return;
  header.peak_memory_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024u;
  header.user_cpu_ns = nanoseconds(usage.ru_utime);
  header.system_cpu_ns = nanoseconds(usage.ru_stime);
  if (header.state >= raw::ProcessState::finalized) return;
  raw::ProcessLoad& load = header.load_start.ticks == 0 ? header.load_start : header.load_latest;
  load.user_cpu_ns = header.user_cpu_ns;
  load.system_cpu_ns = header.system_cpu_ns;
  load.voluntary_switches = static_cast<std::uint64_t>(usage.ru_nvcsw);
  load.involuntary_switches = static_cast<std::uint64_t>(usage.ru_nivcsw);
  load.processor = sched_getcpu();
  char text[128];
  unsigned long long running, waiting;
  const bool told = read_small_file("/proc/self/schedstat", text, sizeof text) != 0 &&
                    std::sscanf(text, "%llu %llu", &running, &waiting) == 2;
  load.wait_ns = told ? waiting : raw::kLoadUnknown;
  load.ticks = read_ticks();
}

void read_host_load(raw::HostLoad& load) {
  if (!first_of_host()) return;
  char text[128];
  int whole, hundredths, running;
  // By hand: the decimal point of scanf is that of the program's locale.
  if (read_small_file("/proc/loadavg", text, sizeof text) != 0 &&
      std::sscanf(text, "%d.%d %*s %*s %d/", &whole, &hundredths, &running) == 3) {
    load.load = whole + hundredths / 100.0;
    load.running = static_cast<std::uint32_t>(running);
  } else {
    load.load = -1;
  }
  read_processor_times(load);
  load.processors = static_cast<std::uint32_t>(sysconf(_SC_NPROCESSORS_ONLN));
  load.frequency_hz = frequency_hz("scaling_cur_freq");
  load.frequency_max_hz = frequency_hz("cpuinfo_max_freq");
  load.ticks = read_ticks();
}

void define_affinity() {
  static char known[2048];
  char text[sizeof known];
  affinity_text(text, sizeof text);
  if (text[0] == '\0' || std::strcmp(text, known) == 0) return;
  std::strcpy(known, text);
  g_process.log.define_property("affinity", text);
}

void define_governor() {
  if (!first_of_host()) return;
  char text[64];
  if (read_frequency_file("scaling_governor", text, sizeof text) != 0) g_process.log.define_property("governor", text);
  if (read_frequency_file("scaling_driver", text, sizeof text) != 0)
    g_process.log.define_property("frequency_driver", text);
}

}  // namespace tulkki
