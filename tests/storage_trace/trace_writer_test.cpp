// SPDX-License-Identifier: Apache-2.0
// Traces against what otf2-print makes of them, and the ways in which writing one can fail.
#include "storage/trace_writer.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "tests/storage_trace/scenarios.h"
#include "tests/storage_trace/temporary_directory.h"

// OTF2 3.0.2 forgets an event writer that could not be flushed.
extern "C" const char* __lsan_default_suppressions() { return "leak:otf2_evt_writer_new\n"; }

namespace tulkki {
namespace {

namespace fs = std::filesystem;
using test::Scenario;
using test::TemporaryDirectory;

struct Output {
  std::string text;
  int exit_code;
};

Output run(const std::string& command) {
  Output output;
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {"popen failed", -1};
  char buffer[4096];
  while (const std::size_t bytes = std::fread(buffer, 1, sizeof(buffer), pipe))
    output.text.append(buffer, bytes);
  const int status = pclose(pipe);
  output.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return output;
}

// Definitions and events, without what differs from run to run.
std::string print(const std::string& anchor) {
  const Output definitions = run(OTF2_PRINT " --show-global-defs --show-clock-offsets " + anchor);
  const Output events = run(OTF2_PRINT " " + anchor);
  EXPECT_EQ(definitions.exit_code, 0) << definitions.text;
  EXPECT_EQ(events.exit_code, 0) << events.text;
  EXPECT_EQ(definitions.text.find("warning"), std::string::npos) << definitions.text;
  EXPECT_EQ(events.text.find("warning"), std::string::npos) << events.text;
  return definitions.text + events.text;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class TraceTest : public testing::Test {
 protected:
  Result<TraceSummary> write(const test::Launch& launch, const TraceOptions& options = {}) {
    logs_ = test::open_launch(launch, directory_.path());
    return write_trace(directory_.file("trace"), logs_, options);
  }
  TemporaryDirectory directory_;
  std::vector<ProcessLog> logs_;
};

class GoldenTraceTest : public testing::TestWithParam<Scenario> {};

TEST_P(GoldenTraceTest, PrintsAsExpected) {
  const TemporaryDirectory directory;
  const std::vector<ProcessLog> logs = test::open_launch(GetParam().make(), directory.path());
  const Result<TraceSummary> summary = write_trace(directory.file("trace"), logs);
  ASSERT_TRUE(summary) << summary.message();
  const std::string text = print(summary->anchor);
  const std::string expected = std::string(EXPECTED_DIRECTORY "/") + GetParam().name + ".expected";
  if (std::getenv("TULKKI_REFRESH") != nullptr) std::ofstream(expected) << text;
  EXPECT_EQ(text, read_file(expected));
  // Every send has its receive, but for the two whose receivers left no events.
  const bool broken = std::string(GetParam().name) == "broken";
  const Output matched = run("/usr/bin/python3 " CHECK_MESSAGES " " + summary->anchor + (broken ? " 2" : " 0"));
  EXPECT_EQ(matched.exit_code, 0) << matched.text;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, GoldenTraceTest, testing::ValuesIn(test::kScenarios),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_F(TraceTest, CountsWhatItWrote) {
  double fraction = 0;
  const Result<TraceSummary> summary = write(test::point_to_point(), {.progress = [&](double now) {
                                               EXPECT_GE(now, fraction);
                                               fraction = now;
                                             }});
  ASSERT_TRUE(summary) << summary.message();
  EXPECT_EQ(summary->anchor, directory_.file("trace/traces.otf2"));
  EXPECT_EQ(summary->calls, 16u);
  EXPECT_EQ(summary->events, 44u);
  EXPECT_GT(summary->bytes, 1000u);
  EXPECT_EQ(fraction, 1.0);
}

TEST_F(TraceTest, CallSitesOnDemand) {
  test::Launch launch;
  auto& log = launch.emplace_back(0, 1);
  log.module(1, "/usr/bin/lmp");
  log.site(5, {{1, 0x1234}});
  log.thread(0).call({.procedure = Procedure::MPI_Comm_rank, .start = 10, .end = 20, .site = 5});
  const Result<TraceSummary> summary = write(launch, {.call_sites = true});
  ASSERT_TRUE(summary) << summary.message();
  EXPECT_NE(print(summary->anchor).find("\"lmp+0x1234\""), std::string::npos) << print(summary->anchor);
  const auto named = write_trace(directory_.file("named"), logs_,
                                 {.call_sites = true, .describe_site = [](const ProcessLog&, std::uint32_t site) {
                                    return "main main.c:" + std::to_string(site);
                                  }});
  ASSERT_TRUE(named);
  EXPECT_NE(print(named->anchor).find("\"main main.c:5\""), std::string::npos);
}

TEST_F(TraceTest, IntercommunicatorsAsOtf2DefinesThemOnDemand) {
  const Result<TraceSummary> summary = write(test::collectives(), {.inter_comm_definitions = true});
  ASSERT_TRUE(summary) << summary.message();
  const std::string text = print(summary->anchor);
  EXPECT_NE(text.find("INTER_COMM"), std::string::npos);
  EXPECT_NE(text.find("Root: SELF"), std::string::npos);
}

TEST_F(TraceTest, ManyThreadsAndNoEvents) {
  test::Launch launch;
  launch.emplace_back(0, 1);
  for (std::uint32_t thread = 0; thread < 40; ++thread) {
    launch[0].thread(thread).call({.procedure = Procedure::MPI_Comm_rank, .start = 100 - thread, .end = 200 + thread});
  }
  const Result<TraceSummary> summary = write(launch);
  ASSERT_TRUE(summary) << summary.message();
  EXPECT_EQ(summary->events, 80u);
  EXPECT_EQ(run("/usr/bin/python3 " CHECK_MESSAGES " " + summary->anchor).exit_code, 0);
  print(summary->anchor);
  const TemporaryDirectory other;
  test::Launch empty;
  empty.emplace_back(0, 1);
  const auto logs = test::open_launch(empty, other.path());
  const Result<TraceSummary> nothing = write_trace(other.file("trace"), logs);
  ASSERT_TRUE(nothing) << nothing.message();
  EXPECT_EQ(nothing->events, 0u);
  print(nothing->anchor);
  EXPECT_EQ(run("/usr/bin/python3 " CHECK_MESSAGES " " + nothing->anchor).exit_code, 0);
}

// Requests that stay open far longer than the table of the recent ones.
TEST_F(TraceTest, OldRequestsComplete) {
  test::Launch launch;
  auto& thread = launch.emplace_back(0, 2).thread(0);
  std::vector<test::Item> all;
  std::uint64_t time = 1000;
  for (int n = 0; n < 5000; ++n) {
    all.push_back(test::completed(thread.call({.procedure = Procedure::MPI_Irecv,
                                               .start = time,
                                               .end = time + 1,
                                               .peer = 1,
                                               .context = 1,
                                               .tag = n,
                                               .received = 8})));
    time += 2;
    if (n % 1000 != 999) continue;
    thread.call({.procedure = Procedure::MPI_Waitall,
                 .start = time,
                 .end = time + 1,
                 .items = {all.begin() + 100 * (n / 1000), all.begin() + 100 * (n / 1000) + 100}});
    time += 2;
  }
  for (std::size_t first = 500; first < all.size(); first += 500) {
    thread.call({.procedure = Procedure::MPI_Waitall,
                 .start = time,
                 .end = time + 1,
                 .items = {all.begin() + static_cast<long>(first), all.begin() + static_cast<long>(first) + 500}});
    time += 2;
  }
  const Result<TraceSummary> summary = write(launch);
  ASSERT_TRUE(summary) << summary.message();
  EXPECT_TRUE(summary->warnings.empty()) << summary->warnings.front();
  EXPECT_EQ(summary->events, 5000u * 4 + 14 * 2);
}

TEST_F(TraceTest, LeavesAnExistingArchiveAlone) {
  const Result<TraceSummary> first = write(test::point_to_point());
  ASSERT_TRUE(first);
  const std::string before = read_file(first->anchor);
  const Result<TraceSummary> second = write_trace(directory_.file("trace"), logs_);
  ASSERT_FALSE(second);
  EXPECT_NE(second.message().find("holds a trace already"), std::string::npos) << second.message();
  EXPECT_EQ(read_file(first->anchor), before);
  EXPECT_FALSE(write_trace(directory_.file("0.tulkki-raw/trace"), logs_));
  EXPECT_FALSE(write_trace(directory_.file("none"), {}));
}

// A limit on file sizes stands for the full disk: writing fails in the middle of the events.
TEST_F(TraceTest, AFullDiskLeavesNothingBehind) {
  test::Launch launch;
  auto& thread = launch.emplace_back(0, 1).thread(0);
  for (std::uint64_t n = 0; n < 200'000; ++n) {
    thread.call({.procedure = Procedure::MPI_Comm_rank, .start = 2000 + n * 10, .end = 2005 + n * 10});
  }
  logs_ = test::open_launch(launch, directory_.path());
  for (const rlim_t limit : {rlim_t{2} << 20, rlim_t{100}}) {
    rlimit old{};
    getrlimit(RLIMIT_FSIZE, &old);
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small = {limit, old.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    const Result<TraceSummary> summary = write_trace(directory_.file("full"), logs_);
    setrlimit(RLIMIT_FSIZE, &old);
    ASSERT_FALSE(summary);
    EXPECT_NE(summary.message().find("cannot be written"), std::string::npos) << summary.message();
    EXPECT_FALSE(fs::exists(directory_.file("full")));
  }
  EXPECT_TRUE(write_trace(directory_.file("full"), logs_));
}

// Logs with random damage give a trace that can be printed, or an error; never a crash.
TEST_F(TraceTest, DamagedLogsGiveReadableTraces) {
  std::mt19937_64 random(3);
  for (const Scenario& scenario : test::kScenarios) {
    const test::Launch launch = scenario.make();
    for (int round = 0; round < 8; ++round) {
      const TemporaryDirectory directory;
      std::vector<ProcessLog> logs;
      for (std::size_t n = 0; n < launch.size(); ++n) {
        std::vector<std::uint8_t> bytes = launch[n].bytes();
        for (int hit = 0; hit < 6; ++hit) {
          const std::size_t chunk = random() % ((bytes.size() - raw::kFileHeaderBytes) / 16384);
          bytes[raw::kFileHeaderBytes + chunk * 16384 + 16 + random() % 700] = static_cast<std::uint8_t>(random());
        }
        const std::string path = directory.file(std::to_string(n));
        std::ofstream(path, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        Result<ProcessLog> log = ProcessLog::open(path);
        if (log) logs.push_back(std::move(*log));
      }
      const Result<TraceSummary> summary = write_trace(directory.file("trace"), logs);
      if (summary) print(summary->anchor);
    }
  }
}

}  // namespace
}  // namespace tulkki
