// SPDX-License-Identifier: Apache-2.0
// Recovery that succeeds: what is written, what is removed, what is said.
#include "storage/recover.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "storage/process_log.h"
#include "storage/profile_writer.h"
#include "tests/storage_profile/support.h"

namespace tulkki::test {
namespace {

namespace files = std::filesystem;

RecoverOptions options_for(const ScratchDirectory& scratch) {
  RecoverOptions options;
  options.directories = {scratch / "raw"};
  options.database = scratch / "profile.db";
  options.trace_directory = scratch / "traces";
  return options;
}

TEST(Recover, WritesProfileAndTraceAndRemovesTheLogs) {
  const ScratchDirectory scratch;
  write_launch(scratch / "raw", 2, 50);
  RecoverOptions options = options_for(scratch);
  options.exit_code = 3;
  const Result<RecoverSummary> summary = recover(options);
  ASSERT_TRUE(summary) << summary.message();
  EXPECT_TRUE(summary->warnings.empty());
  EXPECT_EQ(summary->database, scratch / "profile.db");
  ASSERT_EQ(summary->runs.size(), 1u);
  const RecoveredRun& run = summary->runs.front();
  EXPECT_EQ(run.run_id, 1);
  EXPECT_EQ(run.ranks, 2);
  EXPECT_EQ(run.calls, 100u);
  EXPECT_EQ(run.outcome, "finalized");
  EXPECT_TRUE(files::exists(run.trace_anchor));
  EXPECT_EQ(files::path(run.trace_anchor).parent_path().filename().string().substr(0, 21), "ring-20231114-221320-");
  EXPECT_GT(run.events, 0u);
  EXPECT_FALSE(files::exists(scratch / "raw"));
  EXPECT_EQ(query_text(options.database, "SELECT rank, procedure, calls, time_ns, bytes_sent FROM profile"),
            "0|MPI_Send|50|10000|400\n1|MPI_Send|50|10000|400\n");
  EXPECT_EQ(query_text(options.database, "SELECT trace_path, exit_code, events FROM run"),
            run.trace_anchor + "|3|" + std::to_string(run.events) + "\n");
}

TEST(Recover, TakesItsPlacesFromWhatWasRecorded) {
  const ScratchDirectory scratch;
  files::create_directory(scratch / "raw");
  RawLogBuilder log = sending_process(0, 1, 5);
  log.property("program", "/opt/my program");
  log.property("database", scratch / "asked.db");
  log.property("trace_directory", scratch / "asked-traces");
  log.write(scratch / "raw/0.tulkki-raw");
  RecoverOptions options;
  options.directories = {scratch / "raw"};
  const Result<RecoverSummary> summary = recover(options);
  ASSERT_TRUE(summary) << summary.message();
  EXPECT_EQ(summary->database, scratch / "asked.db");
  EXPECT_EQ(summary->runs.front().trace_anchor.find(scratch / "asked-traces/my_program-"), 0u);
}

TEST(Recover, SameLaunchTwiceAddsNothing) {
  const ScratchDirectory scratch;
  write_launch(scratch / "raw", 2, 5);
  RecoverOptions options = options_for(scratch);
  options.keep_raw_logs = true;
  ASSERT_TRUE(recover(options));
  EXPECT_TRUE(files::exists(scratch / "raw/test-run-0.tulkki-raw"));
  const std::string before = read_file(options.database);
  const Result<RecoverSummary> again = recover(options);
  ASSERT_TRUE(again) << again.message();
  EXPECT_TRUE(again->runs.front().already_recorded);
  EXPECT_EQ(again->runs.front().run_id, 1);
  EXPECT_EQ(read_file(options.database), before);
  EXPECT_EQ(std::distance(files::directory_iterator(options.trace_directory), files::directory_iterator()), 1);
}

TEST(Recover, LaunchThatAnotherWriterRecordedMeanwhileIsNotAddedAgain) {
  const ScratchDirectory scratch;
  write_launch(scratch / "raw", 1, 5);
  std::vector<ProcessLog> logs;
  logs.push_back(std::move(*ProcessLog::open(scratch / "raw/test-run-0.tulkki-raw")));
  const UnifiedContexts contexts(logs);
  const Launch launch = describe_launch(logs, contexts, {false});
  SymbolResolver symbols;
  Result<Database> database = Database::open_or_create(scratch / "profile.db");
  const ProfileInput input{logs, contexts, launch, symbols, "", 0, std::nullopt, nullptr};
  const Result<WrittenProfile> first = write_profile(*database, input);
  const Result<WrittenProfile> second = write_profile(*database, input);
  ASSERT_TRUE(first) << first.message();
  ASSERT_TRUE(second) << second.message();
  EXPECT_FALSE(first->already_recorded);
  EXPECT_TRUE(second->already_recorded);
  EXPECT_EQ(second->run_id, first->run_id);
  EXPECT_EQ(query_text(scratch / "profile.db", "SELECT COUNT(*) FROM call"), "1\n");
}

TEST(Recover, SeveralLaunchesBecomeSeveralRunsInOrderOfStart) {
  const ScratchDirectory scratch;
  write_launch(scratch / "raw/below", 1, 5, "b-launch");
  RawLogBuilder earlier = sending_process(0, 1, 3);
  std::strcpy(earlier.header.run_id, "c-launch");
  earlier.header.start_realtime_ns -= 1'000'000'000;
  earlier.write(scratch / "raw/c.tulkki-raw");
  RecoverOptions options = options_for(scratch);
  options.trace = false;
  const Result<RecoverSummary> summary = recover(options);
  ASSERT_TRUE(summary) << summary.message();
  ASSERT_EQ(summary->runs.size(), 2u);
  EXPECT_EQ(summary->runs[0].calls, 3u);
  EXPECT_EQ(summary->runs[1].calls, 5u);
  EXPECT_TRUE(summary->runs[0].trace_anchor.empty());
  EXPECT_FALSE(files::exists(scratch / "raw"));
}

TEST(Recover, LogsOfOneLaunchMayLieInSeveralDirectories) {
  const ScratchDirectory scratch;
  write_launch(scratch / "raw", 2, 5);
  files::create_directory(scratch / "collected");
  files::rename(scratch / "raw/test-run-1.tulkki-raw", scratch / "collected/test-run-1.tulkki-raw");
  RecoverOptions options = options_for(scratch);
  options.directories.push_back(scratch / "collected");
  const Result<RecoverSummary> summary = recover(options);
  ASSERT_TRUE(summary) << summary.message();
  EXPECT_EQ(query_text(options.database, "SELECT COUNT(*) FROM process"), "2\n");
  EXPECT_FALSE(files::exists(scratch / "collected"));
}

TEST(Recover, OutcomeTellsHowTheProcessesEnded) {
  struct Case {
    const char* outcome;
    const char* state;
    void (*change)(raw::FileHeader&);
  };
  const Case cases[] = {
      {"finalized", "closed", [](raw::FileHeader&) {}},
      {"finalized", "finalized", [](raw::FileHeader& header) { header.state = raw::ProcessState::finalized; }},
      {"died", "died",
       [](raw::FileHeader& header) {
         header.state = raw::ProcessState::initialized;
         header.finalize_end_ticks = 0;
       }},
      {"died", "exited", [](raw::FileHeader& header) { header.finalize_end_ticks = 0; }},
      {"aborted", "died",
       [](raw::FileHeader& header) {
         header.abort_called = 1;
         header.state = raw::ProcessState::initialized;
         header.finalize_end_ticks = 0;
       }},
  };
  int number = 0;
  for (const Case& one : cases) {
    const ScratchDirectory scratch;
    files::create_directory(scratch / "raw");
    sending_process(0, 2, 1).write(scratch / "raw/0.tulkki-raw");
    RawLogBuilder log = sending_process(1, 2, 1);
    one.change(log.header);
    log.write(scratch / "raw/1.tulkki-raw");
    const Result<RecoverSummary> summary = recover(options_for(scratch));
    ASSERT_TRUE(summary) << summary.message();
    EXPECT_EQ(query_text(scratch / "profile.db", "SELECT outcome, state FROM run, process WHERE rank = 1"),
              std::string(one.outcome) + "|" + one.state + "\n")
        << "case " << number;
    ++number;
  }
}

TEST(Recover, MissingRankAndProcessWithoutInitAreSaid) {
  const ScratchDirectory scratch;
  files::create_directory(scratch / "raw");
  sending_process(0, 3, 1).write(scratch / "raw/0.tulkki-raw");
  sending_process(2, 3, 1).write(scratch / "raw/2.tulkki-raw");
  RawLogBuilder early(-1, -1);
  early.header.run_id[0] = '\0';
  early.write(scratch / "raw/early.tulkki-raw");
  const Result<RecoverSummary> summary = recover(options_for(scratch));
  ASSERT_TRUE(summary) << summary.message();
  ASSERT_EQ(summary->warnings.size(), 2u);
  EXPECT_EQ(summary->warnings[0],
            "1 process ended before MPI_Init was complete; its calls are not in the profile");
  EXPECT_EQ(summary->warnings[1], "there is no log of rank 1: its calls are not in the profile");
  EXPECT_EQ(query_text(scratch / "profile.db", "SELECT ranks FROM run"), "3\n");
  EXPECT_FALSE(files::exists(scratch / "raw"));
}

TEST(Recover, PeerThatNoLogNamesIsMarkedAsUnknown) {
  const ScratchDirectory scratch;
  files::create_directory(scratch / "raw");
  for (int rank = 0; rank < 2; ++rank) {
    RawLogBuilder log(rank, 4);
    log.context(5, raw::ContextKind::communicator, 50, 0, rank, 3);  // its third member is rank 2 or rank 3
    log.thread(0).call(
        {.procedure = Procedure::MPI_Send, .start = 3000, .end = 3100, .peer = 2, .context = 5, .tag = 1, .sent = 8});
    log.write(scratch / "raw/" + std::to_string(rank) + ".tulkki-raw");
  }
  ASSERT_TRUE(recover(options_for(scratch)));
  EXPECT_EQ(query_text(scratch / "profile.db", "SELECT rank, peer, members FROM call JOIN context USING (context_id)"),
            "0|-5|0-1,?\n1|-5|0-1,?\n");
  EXPECT_EQ(query_text(scratch / "profile.db", "SELECT COUNT(*) FROM matrix"), "0\n");
}

// A process that lives until it is told to end, with the log mapped as a recorded process has it, or without.
class LiveProcess {
 public:
  explicit LiveProcess(const std::string& log_to_map) {
    int ready[2];
    if (pipe(ready) != 0) return;
    id_ = fork();
    if (id_ == 0) {
      const Result<ProcessLog> mapped = ProcessLog::open(log_to_map);
      (void)!write(ready[1], "x", 1);
      for (;;)
        pause();
    }
    char byte;
    (void)!read(ready[0], &byte, 1);
    close(ready[0]);
    close(ready[1]);
  }
  ~LiveProcess() {
    kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
  }
  pid_t id() const { return id_; }

 private:
  pid_t id_ = -1;
};

// The log of a process that did not finalize, under the number of another one.
void write_unfinished_log(const std::string& path, pid_t process) {
  RawLogBuilder log = sending_process(0, 1, 4);
  log.header.state = raw::ProcessState::initialized;
  log.header.finalize_end_ticks = 0;
  log.header.process_id = static_cast<std::uint64_t>(process);
  gethostname(log.header.host, sizeof(log.header.host));
  log.write(path);
}

TEST(Recover, LiveProcessIsLeftAloneUnlessForced) {
  const ScratchDirectory scratch;
  files::create_directory(scratch / "raw");
  const std::string path = scratch / "raw/live.tulkki-raw";
  sending_process(0, 1, 4).write(path);
  RecoverOptions options = options_for(scratch);
  {
    const LiveProcess process(path);
    write_unfinished_log(path, process.id());
    const Result<RecoverSummary> refused = recover(options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.message(), "a recorded process is still running (rank 0, process " + std::to_string(process.id()) +
                                     "): wait until it ends, or take what is there now with --force; nothing was "
                                     "changed");
    EXPECT_FALSE(files::exists(options.database));
    options.force = true;
    const Result<RecoverSummary> forced = recover(options);
    ASSERT_TRUE(forced) << forced.message();
    EXPECT_EQ(forced->runs.front().outcome, "unfinished");
    EXPECT_TRUE(files::exists(path));
  }
  // Gone now: the finished launch is a run of its own.
  options.force = false;
  const Result<RecoverSummary> finished = recover(options);
  ASSERT_TRUE(finished) << finished.message();
  EXPECT_EQ(finished->runs.front().run_id, 2);
  EXPECT_EQ(finished->runs.front().outcome, "died");
  EXPECT_FALSE(files::exists(path));
}

TEST(Recover, ReusedProcessNumberIsNoLiveProcess) {
  const ScratchDirectory scratch;
  files::create_directory(scratch / "raw");
  const LiveProcess stranger("/nonexistent");
  write_unfinished_log(scratch / "raw/dead.tulkki-raw", stranger.id());
  const Result<RecoverSummary> summary = recover(options_for(scratch));
  ASSERT_TRUE(summary) << summary.message();
  EXPECT_EQ(summary->runs.front().outcome, "died");
}

}  // namespace
}  // namespace tulkki::test
