// SPDX-License-Identifier: Apache-2.0
// Recovery under bad conditions: damaged logs, full disks, a second recovery. Nothing is lost that was whole, and
// raw logs stay whenever their content did not reach database and trace.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/recover.h"
#include "tests/storage_profile/support.h"
#include "tulkki/schema.h"

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

std::string failure(const RecoverOptions& options) {
  const Result<RecoverSummary> summary = recover(options);
  return summary ? "recovered" : summary.message();
}

// What recover() says in a process that cannot write files beyond `bytes`.
std::string failure_with_file_limit(const RecoverOptions& options, rlim_t bytes, const std::string& said) {
  in_child([&] {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, bytes};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
    const std::string message = failure(options);
    const rlim_t enough = std::min<rlim_t>(message.size(), bytes);
    write_file(said, message.substr(0, enough));
    return 0;
  });
  return read_file(said);
}

TEST(RecoverFaults, DirectoryThatIsMissingOrEmpty) {
  const ScratchDirectory scratch;
  RecoverOptions options = options_for(scratch);
  EXPECT_EQ(failure(options), "cannot open the directory " + (scratch / "raw") +
                                  ": No such file or directory; give the one that holds the *.tulkki-raw files");
  files::create_directory(scratch / "raw");
  EXPECT_EQ(failure(options), "no raw logs (*.tulkki-raw) in " + (scratch / "raw") +
                                  ": nothing was recorded there, or it was recovered already");
  EXPECT_FALSE(files::exists(options.database));
}

TEST(RecoverFaults, UnreadableLogIsNamedKeptAndTheRestUsed) {
  const ScratchDirectory scratch;
  write_launch(scratch / "raw", 2, 50);
  write_file(scratch / "raw/zz.tulkki-raw", std::string(8192, 'x'));
  const Result<RecoverSummary> summary = recover(options_for(scratch));
  ASSERT_TRUE(summary) << summary.message();
  ASSERT_EQ(summary->warnings.size(), 1u);
  EXPECT_EQ(summary->warnings[0].find(scratch / "raw/zz.tulkki-raw"), 0u) << summary->warnings[0];
  EXPECT_EQ(query_text(scratch / "profile.db", "SELECT SUM(calls) FROM profile"), "100\n");
  EXPECT_TRUE(files::exists(scratch / "raw/zz.tulkki-raw"));
  EXPECT_FALSE(files::exists(scratch / "raw/test-run-0.tulkki-raw"));
}

TEST(RecoverFaults, TruncatedLogGivesWhatIsWhole) {
  const ScratchDirectory scratch;
  write_launch(scratch / "raw", 2, 4000);
  const std::string cut = scratch / "raw/test-run-1.tulkki-raw";
  files::resize_file(cut, files::file_size(cut) - 16 * 1024 - 100);
  const Result<RecoverSummary> summary = recover(options_for(scratch));
  ASSERT_TRUE(summary) << summary.message();
  ASSERT_FALSE(summary->warnings.empty());
  EXPECT_EQ(summary->warnings[0].find(cut), 0u) << summary->warnings[0];
  // The cut took the end of the trace; the sums of the profile lay before it.
  EXPECT_EQ(query_text(scratch / "profile.db", "SELECT SUM(calls) FROM profile"), "8000\n");
}

TEST(RecoverFaults, NothingUsableIsAnErrorThatKeepsTheLogs) {
  const ScratchDirectory scratch;
  files::create_directory(scratch / "raw");
  write_file(scratch / "raw/a.tulkki-raw", "");
  RawLogBuilder early(-1, -1);
  early.header.run_id[0] = '\0';
  early.write(scratch / "raw/b.tulkki-raw");
  const std::string said = failure(options_for(scratch));
  EXPECT_EQ(said.find("nothing usable in " + (scratch / "raw") + "; the raw logs are kept\n"), 0u) << said;
  EXPECT_NE(said.find("a.tulkki-raw"), std::string::npos) << said;
  EXPECT_NE(said.find("before MPI_Init was complete"), std::string::npos) << said;
  EXPECT_TRUE(files::exists(scratch / "raw/b.tulkki-raw"));
}

TEST(RecoverFaults, UnusableDatabaseIsFoundBeforeTheTraceIsWritten) {
  const ScratchDirectory scratch;
  write_launch(scratch / "raw", 1, 5);
  RecoverOptions options = options_for(scratch);
  write_file(options.database, "this file has always been something else, and it should stay that way, for ever .....");
  EXPECT_EQ(failure(options), options.database +
                                  " is not an SQLite database: give another file with --db; this one was not touched"
                                  "; the raw logs are kept in " +
                                  (scratch / "raw"));
  EXPECT_FALSE(files::exists(scratch / "traces"));
  EXPECT_TRUE(files::exists(scratch / "raw/test-run-0.tulkki-raw"));
}

TEST(RecoverFaults, NewerDatabaseIsLeftAlone) {
  const ScratchDirectory scratch;
  write_launch(scratch / "raw", 1, 5);
  RecoverOptions options = options_for(scratch);
  ASSERT_TRUE(Database::open_or_create(options.database)->execute("PRAGMA user_version = " + std::to_string(kSchemaVersion + 1)));
  const std::string before = read_file(options.database);
  EXPECT_NE(failure(options).find("was written by a newer tulkki (schema " + std::to_string(kSchemaVersion + 1)), std::string::npos);
  EXPECT_EQ(read_file(options.database), before);
  EXPECT_TRUE(files::exists(scratch / "raw/test-run-0.tulkki-raw"));
}

TEST(RecoverFaults, NoSpaceForTheProfileKeepsLogsAndLeavesNoTrace) {
  const ScratchDirectory scratch;
  write_launch(scratch / "raw", 2, 5);
  // Long properties make the database larger than the trace of a few calls.
  RawLogBuilder log = sending_process(0, 2, 5);
  for (int number = 0; number < 40; ++number) {
    log.property("environment.LONG_" + std::to_string(number), std::string(12'000, 'x'));
  }
  log.write(scratch / "raw/test-run-0.tulkki-raw");
  RecoverOptions options = options_for(scratch);
  ASSERT_TRUE(Database::open_or_create(options.database));
  const std::string said = failure_with_file_limit(options, 200 * 1024, scratch / "said");
  EXPECT_NE(said.find("profile.db"), std::string::npos) << said;
  EXPECT_NE(said.find("the raw logs are kept in " + (scratch / "raw")), std::string::npos) << said;
  EXPECT_TRUE(files::exists(scratch / "raw/test-run-0.tulkki-raw"));
  EXPECT_EQ(query_text(options.database, "SELECT COUNT(*) FROM run"), "0\n");
  EXPECT_TRUE(files::is_empty(options.trace_directory));
  // With room again, everything is there.
  EXPECT_EQ(failure(options), "recovered");
  EXPECT_EQ(query_text(options.database, "SELECT COUNT(*) FROM run_property"), "40\n");
}

TEST(RecoverFaults, NoSpaceForTheTraceKeepsLogsAndDatabase) {
  const ScratchDirectory scratch;
  write_launch(scratch / "raw", 1, 20'000);
  RecoverOptions options = options_for(scratch);
  const std::string said = failure_with_file_limit(options, 100 * 1024, scratch / "said");
  EXPECT_NE(said.find("the raw logs are kept in " + (scratch / "raw")), std::string::npos) << said;
  EXPECT_TRUE(files::exists(scratch / "raw/test-run-0.tulkki-raw"));
  EXPECT_EQ(query_text(options.database, "SELECT COUNT(*) FROM run"), "0\n");
  EXPECT_TRUE(files::is_empty(options.trace_directory));
  EXPECT_EQ(failure(options), "recovered");
}

TEST(RecoverFaults, SecondRecoveryOfADirectorySaysSo) {
  const ScratchDirectory scratch;
  write_launch(scratch / "raw", 1, 5);
  const int other = open((scratch / "raw").c_str(), O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(flock(other, LOCK_EX | LOCK_NB), 0);
  EXPECT_EQ(failure(options_for(scratch)),
            (scratch / "raw") + " is being recovered by another tulkki: wait until that has ended");
  close(other);
  EXPECT_EQ(failure(options_for(scratch)), "recovered");
}

TEST(RecoverFaults, TwoRecoveriesAtOnceRecordTheLaunchOnce) {
  for (int attempt = 0; attempt < 5; ++attempt) {
    const ScratchDirectory scratch;
    write_launch(scratch / "raw", 2, 200);
    const RecoverOptions options = options_for(scratch);
    const pid_t other = fork();
    if (other == 0) _exit(recover(options) ? 0 : 1);
    const bool here = static_cast<bool>(recover(options));
    int status = -1;
    waitpid(other, &status, 0);
    EXPECT_EQ(here + (WEXITSTATUS(status) == 0), 1);
    EXPECT_EQ(query_text(options.database, "SELECT COUNT(*), SUM(calls) FROM run, process"), "2|400\n");
  }
}

}  // namespace
}  // namespace tulkki::test
