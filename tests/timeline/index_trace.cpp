// SPDX-License-Identifier: Apache-2.0
// Indexes an archive and says how long it took and how much memory: index_trace ARCHIVE [--again]
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "viewer/trace/index.h"

// Memory of the process's own: pages of mapped files are the system's to drop.
static double own_memory_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word == "RssAnon:" && status >> word) return std::strtod(word.c_str(), nullptr) / 1e3;
  }
  return 0;
}

int main(int count, char** arguments) {
  if (count < 2) return std::fprintf(stderr, "usage: index_trace ARCHIVE [--again]\n"), 2;
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  double first_picture = 0;
  tulkki::trace::OpenOptions options;
  std::string phase;
  options.rebuild = count > 2 && std::strcmp(arguments[2], "--again") == 0;
  options.partial = [&](const auto&) {
    if (first_picture == 0) first_picture = seconds();
  };
  double own_mb = 0;
  options.progress = [&](const tulkki::trace::IndexProgress& progress) {
    own_mb = std::max(own_mb, own_memory_mb());
    if (phase == progress.phase) return;
    phase = progress.phase;
    std::printf("%7.2f s: %s\n", seconds(), progress.phase);
  };
  tulkki::trace::OpenReport report;
  const auto store = tulkki::trace::open_trace(arguments[1], options, &report);
  if (!store) return std::fprintf(stderr, "%s\n", store.message().c_str()), 1;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const tulkki::trace::Definitions& model = (*store)->definitions();
  std::printf("%7.2f s: %s; first picture after %.2f s; %.1f s of CPU\n", seconds(),
              report.built ? "indexed" : "opened", first_picture,
              static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec));
  std::printf(
      "%llu calls, %llu ends of messages, %llu messages, cache %.1f MB, most memory %.1f MB beside mapped files\n",
      static_cast<unsigned long long>(model.calls), static_cast<unsigned long long>(model.halves),
      static_cast<unsigned long long>(model.matched), static_cast<double>((*store)->file_bytes()) / 1e6, own_mb);
  for (const std::string& note : model.notes)
    std::printf("note: %s\n", note.c_str());
  return 0;
}
