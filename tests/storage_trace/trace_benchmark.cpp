// SPDX-License-Identifier: Apache-2.0
// What conversion costs: makes a synthetic log in memory-backed storage, converts it three times and prints calls a
// second (of processor time) and bytes a call. Usage: trace_benchmark blocking|mix [CALLS [sites]]
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>

#include "storage/event_decoder.h"
#include "storage/trace_writer.h"
#include "tests/storage_trace/temporary_directory.h"
#include "tests/support/raw_log_builder.h"

namespace tulkki::test {
namespace {

// Processor time: other work on the machine does not count.
double seconds_now() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Gaps and durations as real programs have them: hundreds of ticks, so two-byte numbers.
class Clock {
 public:
  std::uint64_t advance() {
    state_ = state_ * 1103515245 + 12345;
    return time_ += 100 + (state_ >> 16) % 400;
  }

 private:
  std::uint64_t time_ = 5000;
  std::uint32_t state_ = 1;
};

CallSpec message(Clock& clock, Procedure procedure, int tag, std::uint64_t sent, std::uint64_t received,
                 std::uint32_t site) {
  const std::uint64_t start = clock.advance();
  return {.procedure = procedure,
          .start = start,
          .end = clock.advance(),
          .peer = 1,
          .context = 1,
          .tag = tag,
          .sent = sent,
          .received = received,
          .site = site};
}

void blocking(ThreadBuilder& thread, std::uint64_t calls, bool sites) {
  Clock clock;
  for (std::uint64_t n = 0; n < calls; n += 2) {
    thread.call(message(clock, Procedure::MPI_Send, 7, 8, 0, sites));
    thread.call(message(clock, Procedure::MPI_Recv, 7, 0, 8, sites ? 2 : 0));
  }
}

void mix(ThreadBuilder& thread, std::uint64_t calls, bool sites) {
  Clock clock;
  for (std::uint64_t n = 0; n < calls; n += 65) {
    std::vector<Item> all;
    for (int tag = 0; tag < 32; ++tag) {
      all.push_back(completed(thread.call(message(clock, Procedure::MPI_Irecv, tag, 0, 1024, sites))));
    }
    for (int tag = 0; tag < 32; ++tag) {
      all.push_back(completed(thread.call(message(clock, Procedure::MPI_Isend, tag, 1024, 0, sites ? 2 : 0))));
    }
    const std::uint64_t start = clock.advance();
    thread.call({.procedure = Procedure::MPI_Waitall,
                 .start = start,
                 .end = clock.advance(),
                 .items = all,
                 .site = sites ? 3u : 0u});
  }
}

int measure(const char* kind, std::uint64_t calls, bool sites) {
  std::filesystem::path base =
      std::filesystem::exists("/dev/shm") ? "/dev/shm" : std::filesystem::temp_directory_path();
  setenv("TMPDIR", base.c_str(), 1);
  const TemporaryDirectory directory;
  const std::string path = directory.file("x.tulkki-raw");
  {
    RawLogBuilder builder(0, 2, raw::kDefaultChunkBytes);
    builder.header.latest_ticks = 0;
    builder.module(1, "/usr/bin/program");
    for (std::uint32_t site = 1; site <= 3; ++site)
      builder.site(site, {{1, 0x1000 + site}});
    (std::strcmp(kind, "mix") == 0 ? mix : blocking)(builder.thread(0), calls, sites);
    builder.write(path);
  }
  std::printf("%s: raw log %.2f bytes a call\n", kind,
              static_cast<double>(std::filesystem::file_size(path)) / static_cast<double>(calls));
  for (int round = 0; round < 3; ++round) {
    std::vector<ProcessLog> logs;
    logs.push_back(std::move(*ProcessLog::open(path)));
    const double begin = seconds_now();
    std::uint64_t decoded = 0;
    EventDecoder decoder(logs[0].threads[0]);
    for (DecodedCall call; decoder.next(call) != EventDecoder::Step::end;)
      ++decoded;
    const double middle = seconds_now();
    const Result<TraceSummary> trace = write_trace(directory.file("trace"), logs, {.call_sites = sites});
    const double end = seconds_now();
    if (!trace) return std::fprintf(stderr, "%s\n", trace.message().c_str()), 1;
    const auto number = static_cast<double>(trace->calls);
    std::printf("  decode %.1f, to OTF2 %.2f million calls/s; %.2f bytes, %.2f events a call\n",
                static_cast<double>(decoded) / (middle - begin) / 1e6, number / (end - middle) / 1e6,
                static_cast<double>(trace->bytes) / number, static_cast<double>(trace->events) / number);
    std::filesystem::remove_all(directory.file("trace"));
  }
  return 0;
}

}  // namespace
}  // namespace tulkki::test

int main(int count, char** arguments) {
  if (count < 2) return std::fprintf(stderr, "usage: trace_benchmark blocking|mix [CALLS [sites]]\n"), 2;
  const std::uint64_t calls = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 10'000'000;
  return tulkki::test::measure(arguments[1], calls, count > 3 && std::strcmp(arguments[3], "sites") == 0);
}
