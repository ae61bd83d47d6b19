// SPDX-License-Identifier: Apache-2.0
// Writes an OTF2 archive of any size: generate_trace DIRECTORY [--ranks N] [--calls N] [--seed N] [--long N] ...
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "tests/timeline/generated_trace.h"

int main(int count, char** arguments) {
  tulkki::test::TraceShape shape;
  shape.ranks_per_node = 64;
  std::string directory;
  std::uint64_t calls = 1'000'000;
  CLI::App app("Writes an OTF2 archive of a made-up program.", "generate_trace");
  app.add_option("directory", directory, "where to; must not hold an archive")->required();
  app.add_option("--ranks", shape.ranks, "number of ranks")->capture_default_str();
  app.add_option("--calls", calls, "calls in all, about")->capture_default_str();
  app.add_option("--seed", shape.seed, "of the durations and sizes")->capture_default_str();
  app.add_option("--long", shape.long_calls, "calls that take a thousand times as long")->capture_default_str();
  app.add_option("--ranks-per-node", shape.ranks_per_node, "ranks of a node")->capture_default_str();
  app.add_option("--ticks", shape.ticks_per_second, "resolution of the clock, Hz")->capture_default_str();
  app.add_flag("--foreign", shape.foreign, "as another tool would write it");
  CLI11_PARSE(app, count, arguments);
  if (shape.ranks < 2 || shape.ranks_per_node < 1 || shape.ticks_per_second < 1000) {
    return std::fprintf(stderr, "generate_trace: at least 2 ranks, 1 rank a node, 1000 ticks a second\n"), 2;
  }
  shape.calls_per_rank = calls / shape.ranks;
  try {
    tulkki::test::generate_trace(directory, shape, nullptr);
  } catch (const std::exception& error) {
    return std::fprintf(stderr, "%s\n", error.what()), 1;
  }
  return 0;
}
