// SPDX-License-Identifier: Apache-2.0
// Writes a small archive the way `tulkki recover` does: own_trace DIRECTORY. For tests of other tools' readers.
#include <cstdio>
#include <filesystem>

#include "storage/trace_writer.h"
#include "tests/support/raw_log_builder.h"

int main(int count, char** arguments) {
  using namespace tulkki;
  if (count != 2) return std::fprintf(stderr, "usage: own_trace DIRECTORY\n"), 2;
  const std::filesystem::path directory(arguments[1]);
  std::filesystem::create_directories(directory);
  std::vector<ProcessLog> logs;
  for (int rank = 0; rank < 3; ++rank) {
    test::RawLogBuilder builder(rank, 3);
    test::ThreadBuilder& thread = builder.thread(0);
    const std::uint64_t at = 2000 + 100 * static_cast<std::uint64_t>(rank);
    thread.call({.procedure = Procedure::MPI_Init, .start = 1100, .end = 1900});
    const std::uint64_t request = thread.call({.procedure = Procedure::MPI_Irecv,
                                               .start = at,
                                               .end = at + 10,
                                               .peer = (rank + 2) % 3,
                                               .context = 1,
                                               .tag = 7,
                                               .received = 64});
    thread.call({.procedure = Procedure::MPI_Send,
                 .start = at + 20,
                 .end = at + 400,
                 .peer = (rank + 1) % 3,
                 .context = 1,
                 .tag = 7,
                 .sent = 64});
    thread.call(
        {.procedure = Procedure::MPI_Wait, .start = at + 410, .end = at + 900, .items = {test::completed(request)}});
    thread.call({.procedure = Procedure::MPI_Allreduce,
                 .start = 4000,
                 .end = 5000 + at,
                 .context = 1,
                 .sent = 8,
                 .received = 8});
    thread.call({.procedure = Procedure::MPI_Finalize, .start = 9000, .end = 9900});
    const std::string path = (directory / (std::to_string(rank) + ".tulkki-raw")).string();
    builder.write(path);
    Result<ProcessLog> log = ProcessLog::open(path);
    if (!log) return std::fprintf(stderr, "%s\n", log.message().c_str()), 1;
    logs.push_back(std::move(*log));
  }
  const Result<TraceSummary> trace = write_trace((directory / "trace").string(), logs);
  if (!trace) return std::fprintf(stderr, "%s\n", trace.message().c_str()), 1;
  std::printf("%s\n", trace->anchor.c_str());
  return 0;
}
