// SPDX-License-Identifier: Apache-2.0
// Indexes an archive and says how long it took and how much memory: index_trace ARCHIVE [--again]
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstring>

#include "viewer/trace/index.h"

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
  options.progress = [&](const tulkki::trace::IndexProgress& progress) {
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
  std::printf("%7.2f s: %s; first picture after %.2f s; %.1f s of CPU\n", seconds(), report.built ? "indexed" : "opened",
              first_picture, static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec));
  std::printf("%llu calls, %llu ends of messages, %llu messages, cache %.1f MB, most memory %.1f MB\n",
              static_cast<unsigned long long>(model.calls), static_cast<unsigned long long>(model.halves),
              static_cast<unsigned long long>(model.matched), static_cast<double>((*store)->file_bytes()) / 1e6,
              static_cast<double>(usage.ru_maxrss) / 1e3);
  for (const std::string& note : model.notes)
    std::printf("note: %s\n", note.c_str());
  return 0;
}
