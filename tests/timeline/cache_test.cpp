// SPDX-License-Identifier: Apache-2.0
// The sidecar cache: found again, rebuilt when stale, never trusted; cancelled and concurrent builds leave no mess.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/timeline/support.h"
#include "viewer/trace/messages.h"
#include "viewer/trace/picture.h"
#include "viewer/trace/search.h"

namespace tulkki::test {
namespace {

namespace fs = std::filesystem;
using trace::open_trace;
using trace::OpenOptions;
using trace::OpenReport;

std::vector<char> bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const std::string& path, const std::vector<char>& bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::size_t files_in(const std::string& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TraceShape small_shape() {
  TraceShape shape;
  shape.calls_per_rank = 300;
  shape.foreign = true;
  return shape;
}

// Reads all there is in every way: what is damaged may be wrong, but must not crash.
std::uint64_t use_everything(const trace::TraceStore& store) {
  std::uint64_t sum = 0;
  const trace::Definitions& model = store.definitions();
  std::vector<trace::RowRange> rows;
  for (std::uint32_t location = 0; location < model.locations.size(); ++location) {
    for (std::uint64_t call = 0; call < std::min<std::uint64_t>(model.locations[location].calls, 2000); ++call) {
      const trace::Call at = store.call({location, call});
      if (at.procedure < model.procedures.size()) sum += model.procedures[at.procedure].name.size();
      if (call % 7 == 0) sum += store.messages_of({location, call}).size();
    }
    for (std::uint64_t half = 0; half < std::min<std::uint64_t>(model.locations[location].halves, 2000); ++half)
      sum += store.half_place(store.half(location, half).partner).second;
    std::vector<trace::Cell> cells(64);
    const trace::Window window{0, static_cast<double>(model.last_ns) + 1};
    trace::draw_calls(store, location, window, cells);
    trace::draw_pyramid(store.location_row(location), window, cells);
    trace::draw_pyramid(store.step_row(location), {0, 1000, true}, cells);
    sum += trace::longest_call(store, store.location_row(location), 0, 1e12).call;
    sum += trace::call_at(store, location, static_cast<double>(model.last_ns) / 2, 1e6, false).call;
    rows.push_back({location, location + 1});
  }
  for (std::size_t group = 0; group < store.groups().size(); ++group) {
    std::vector<trace::Cell> cells(64);
    trace::draw_pyramid(store.group_row(group), {0, 1e9}, cells);
    trace::draw_calls(store, store.groups()[group], {0, 1e7}, cells);
  }
  sum += trace::messages_in(store, rows, 0, UINT64_MAX).ends;
  return sum + trace::Search::parse("procedure ~ a and duration > p50 or peer = 1")->run(store).count;
}

TEST(Cache, IsFoundAgainAndMovesWithTheArchive) {
  IndexedTrace trace(small_shape());
  OpenReport report;
  ASSERT_TRUE(open_trace(trace.archive, {}, &report));
  EXPECT_FALSE(report.built);
  // A copy has other times of change: the contents decide.
  const std::string copy = trace.directory.file("copy");
  fs::copy(trace.archive, copy, fs::copy_options::recursive);
  auto moved = open_trace(copy + "/traces.otf2", {}, &report);
  ASSERT_TRUE(moved);
  EXPECT_FALSE(report.built) << report.why;
  EXPECT_EQ((*moved)->definitions().calls, trace.store->definitions().calls);
  fs::remove(report.cache_path);
  ASSERT_TRUE(open_trace(copy, {}, &report));
  EXPECT_TRUE(report.built);
}

TEST(Cache, IsRebuiltWhenTheArchiveIsAnother) {
  IndexedTrace trace(small_shape());
  TraceShape other = small_shape();
  other.calls_per_rank = 500;
  const std::string cache = trace.archive + "/traces.tulkki-timeline";
  const std::vector<char> old = bytes_of(cache);
  fs::remove_all(trace.archive);
  Truth truth;
  generate_trace(trace.archive, other, &truth);
  write_bytes(cache, old);
  OpenReport report;
  auto store = open_trace(trace.archive, {}, &report);
  ASSERT_TRUE(store);
  EXPECT_TRUE(report.built);
  EXPECT_NE(report.why.find("an earlier state"), std::string::npos) << report.why;
  EXPECT_EQ((*store)->definitions().locations[0].calls, truth.calls[0].size());
}

TEST(Cache, OpenStoresSurviveItsRemoval) {
  IndexedTrace trace(small_shape());
  const std::uint64_t before = use_everything(*trace.store);
  fs::remove_all(trace.archive);
  EXPECT_EQ(use_everything(*trace.store), before);
}

TEST(Cache, CancelledBuildLeavesNothing) {
  TraceShape shape = small_shape();
  TemporaryDirectory directory;
  generate_trace(directory.file("trace"), shape, nullptr);
  const std::size_t before = files_in(directory.file("trace"));
  std::atomic<bool> cancel = false;
  OpenOptions options;
  options.cancel = &cancel;
  for (const char* phase : {"reading events", "matching messages", "finishing"}) {
    cancel = false;
    options.progress = [&](const trace::IndexProgress& progress) {
      cancel = cancel || progress.phase == std::string(phase);
    };
    const auto store = open_trace(directory.file("trace"), options);
    ASSERT_FALSE(store) << phase;
    EXPECT_TRUE(store.message().ends_with(trace::kCancelled)) << store.message();
    EXPECT_EQ(files_in(directory.file("trace")), before) << phase;
  }
}

TEST(Cache, TwoProcessesAtOnce) {
  TraceShape shape = small_shape();
  shape.calls_per_rank = 20'000;
  TemporaryDirectory directory;
  generate_trace(directory.file("trace"), shape, nullptr);
  const std::size_t before = files_in(directory.file("trace"));
  std::vector<pid_t> children;
  for (int n = 0; n < 3; ++n) {
    const pid_t child = fork();
    if (child == 0) _exit(open_trace(directory.file("trace")) ? 0 : 1);
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  EXPECT_EQ(files_in(directory.file("trace")), before + 1);
  OpenReport report;
  ASSERT_TRUE(open_trace(directory.file("trace"), {}, &report));
  EXPECT_FALSE(report.built);
}

TEST(Cache, WhatAKilledProcessLeftIsRemoved) {
  IndexedTrace trace(small_shape());
  const std::string left = trace.archive + "/traces.tulkki-timeline.abcdef.tmp";
  write_bytes(left, {'x'});
  OpenOptions options;
  options.rebuild = true;
  ASSERT_TRUE(open_trace(trace.archive, options));
  EXPECT_FALSE(fs::exists(left));
}

TEST(Cache, LiesElsewhereWhenTheFolderIsNotWritable) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write anywhere";
  TemporaryDirectory directory;
  generate_trace(directory.file("trace"), small_shape(), nullptr);
  setenv("XDG_CACHE_HOME", directory.file("cache").c_str(), 1);
  fs::permissions(directory.file("trace"), fs::perms::owner_read | fs::perms::owner_exec);
  OpenReport report;
  EXPECT_TRUE(open_trace(directory.file("trace"), {}, &report));
  EXPECT_TRUE(report.cache_path.starts_with(directory.file("cache"))) << report.cache_path;
  fs::permissions(directory.file("trace"), fs::perms::owner_all);
  unsetenv("XDG_CACHE_HOME");
}

TEST(Cache, PartialStoresAreUsable) {
  TraceShape shape = small_shape();
  shape.ranks = 2;
  shape.calls_per_rank = 600'000;
  TemporaryDirectory directory;
  generate_trace(directory.file("trace"), shape, nullptr);
  OpenOptions options;
  int shown = 0;
  options.partial = [&](std::shared_ptr<const trace::TraceStore> store) {
    ++shown;
    EXPECT_FALSE(store->complete());
    EXPECT_GT(store->definitions().last_ns, store->definitions().first_ns);
    std::vector<trace::Cell> cells(100);
    trace::draw_pyramid(store->location_row(0), {0, static_cast<double>(store->definitions().last_ns)}, cells);
    EXPECT_NE(cells[50].procedure, trace::kNoProcedure);
    use_everything(*store);
  };
  ASSERT_TRUE(open_trace(directory.file("trace"), options));
  RecordProperty("partial_stores", shown);
}

TEST(CacheMutations, TruncatedAndChangedFilesNeverCrash) {
  IndexedTrace trace(small_shape());
  const std::string cache = trace.archive + "/traces.tulkki-timeline", mutant = trace.directory.file("mutant");
  const std::vector<char> good = bytes_of(cache);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{79}, std::size_t{80}, std::size_t{4096},
                                 good.size() / 2, good.size() - 1}) {
    write_bytes(mutant, {good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)});
    const auto store = trace::TraceStore::open(mutant);
    ASSERT_FALSE(store) << size;
    EXPECT_NE(store.message().find("remove it, and it is made again"), std::string::npos) << store.message();
  }
  std::uint64_t state = 99;
  const auto random = [&](std::uint64_t below) {
    state = state * 6364136223846793005 + 1442695040888963407;
    return (state >> 24) % below;
  };
  int opened = 0;
  for (int round = 0; round < 400; ++round) {
    std::vector<char> bad = good;
    for (std::uint64_t n = random(8) + 1; n-- > 0;) {
      const std::uint64_t at = round % 4 == 0 ? random(80) : random(bad.size());
      if (round % 3 == 0) {
        bad[at] = static_cast<char>(random(256));
      } else {
        const std::uint64_t value = round % 3 == 1 ? UINT64_MAX : random(UINT64_MAX);
        for (std::uint64_t k = 0; k < 8 && at + k < bad.size(); ++k)
          bad[at + k] = static_cast<char>(value >> (8 * k));
      }
    }
    write_bytes(mutant, bad);
    const auto store = trace::TraceStore::open(mutant);
    if (!store) continue;
    ++opened;
    use_everything(**store);
  }
  // Those whose payload was hit open: the checks of what is read there are what this test is about.
  EXPECT_GT(opened, 50);
}

// As above, but the hash of the directory is right: its own checks are asked.
TEST(CacheMutations, ForgedDirectoriesNeverCrash) {
  IndexedTrace trace(small_shape());
  const std::string cache = trace.archive + "/traces.tulkki-timeline";
  const std::vector<char> good = bytes_of(cache);
  trace::CacheHeader header;
  std::memcpy(&header, good.data(), sizeof(header));
  std::uint64_t state = 7;
  for (int round = 0; round < 3000; ++round) {
    std::vector<std::uint8_t> bytes(
        good.begin() + static_cast<std::ptrdiff_t>(header.directory_offset),
        good.begin() + static_cast<std::ptrdiff_t>(header.directory_offset + header.directory_bytes));
    for (int n = 0; n <= round % 5; ++n) {
      state = state * 6364136223846793005 + 1442695040888963407;
      bytes[(state >> 24) % bytes.size()] = static_cast<std::uint8_t>(round % 2 == 0 ? 0xFF : state >> 56);
    }
    auto directory = trace::decode(bytes);
    if (!directory) continue;
    const auto store = trace::TraceStore::open_partial(cache, std::move(*directory));
    ASSERT_TRUE(store);
    if (round % 10 == 0) use_everything(**store);
  }
}

}  // namespace
}  // namespace tulkki::test
