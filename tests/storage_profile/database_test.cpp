// SPDX-License-Identifier: Apache-2.0
// Opening: new, foreign, newer and unreachable files; and two writers at once.
#include "storage/database.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/storage_profile/support.h"
#include "tulkki/schema.h"

namespace tulkki::test {
namespace {

std::string failure(const Result<Database>& database) { return database ? "opened" : database.message(); }

// What opening for writing says to a user without rights over root's files; root may do everything.
std::string failure_as_nobody(const ScratchDirectory& scratch, const std::string& path) {
  std::filesystem::permissions(scratch.path(), std::filesystem::perms(0755));
  write_file(scratch / "said", "");
  std::filesystem::permissions(scratch / "said", std::filesystem::perms(0666));
  in_child([&] {
    if (geteuid() == 0 && setuid(65534) != 0) return 1;
    write_file(scratch / "said", failure(Database::open_or_create(path)));
    return 0;
  });
  return read_file(scratch / "said");
}

const char* const kInsertProcedure = "INSERT INTO procedure (name, family) VALUES (?, 'none')";

TEST(Database, NewFileGetsTheSchema) {
  const ScratchDirectory scratch;
  ASSERT_EQ(failure(Database::open_or_create(scratch / "a.db")), "opened");
  EXPECT_EQ(query_text(scratch / "a.db", "SELECT user_version FROM pragma_user_version"),
            std::to_string(kSchemaVersion) + "\n");
  EXPECT_EQ(query_text(scratch / "a.db", "SELECT group_concat(name) FROM pragma_table_info('profile')"),
            "run_id,rank,procedure,calls,time_ns,bytes_sent,bytes_received\n");
  EXPECT_EQ(query_text(scratch / "a.db", "SELECT group_concat(name) FROM pragma_table_info('runs')"),
            "run_id,label,program,backend,transport,front,ranks,wall_ns,started_at\n");
}

TEST(Database, SecondOpeningChangesNothing) {
  const ScratchDirectory scratch;
  ASSERT_EQ(failure(Database::open_or_create(scratch / "a.db")), "opened");
  const std::string before = read_file(scratch / "a.db");
  ASSERT_EQ(failure(Database::open_or_create(scratch / "a.db")), "opened");
  ASSERT_EQ(failure(Database::open(scratch / "a.db")), "opened");
  EXPECT_EQ(read_file(scratch / "a.db"), before);
}

TEST(Database, NewerSchemaIsRefusedAndLeftAlone) {
  const ScratchDirectory scratch;
  const std::string path = scratch / "newer.db";
  {
    Result<Database> database = Database::open_or_create(path);
    ASSERT_TRUE(database->execute("PRAGMA user_version = " + std::to_string(kSchemaVersion + 1)));
  }
  const std::string before = read_file(path);
  const std::string expected =
      path + " was written by a newer tulkki (schema " + std::to_string(kSchemaVersion + 1) +
                               ", this one reads up to " + std::to_string(kSchemaVersion) + "): use that one";
  EXPECT_EQ(failure(Database::open(path)), expected);
  EXPECT_EQ(failure(Database::open_or_create(path)), expected);
  EXPECT_EQ(read_file(path), before);
}

TEST(Database, FileOfAnotherKindIsRefusedAndLeftAlone) {
  const ScratchDirectory scratch;
  const std::string path = scratch / "notes.txt";
  const std::string notes = "remember the milk, and that this is no database at all, however long it gets ...........";
  write_file(path, notes);
  EXPECT_EQ(failure(Database::open_or_create(path)),
            path + " is not an SQLite database: give another file with --db; this one was not touched");
  EXPECT_EQ(read_file(path), notes);
}

TEST(Database, DatabaseOfAnotherProgramIsRefused) {
  const ScratchDirectory scratch;
  const std::string path = scratch / "other.db";
  {
    Result<Database> database = Database::open_or_create(path);
    ASSERT_TRUE(database->execute("PRAGMA application_id = 0"));
  }
  EXPECT_NE(failure(Database::open_or_create(path)).find("is an SQLite database of another program"),
            std::string::npos);
}

TEST(Database, MissingFileIsNotCreatedByReading) {
  const ScratchDirectory scratch;
  const std::string path = scratch / "none.db";
  EXPECT_EQ(failure(Database::open(path)),
            "no database at " + path + ": run `tulkki run ...` first, or give the file with --db");
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Database, MissingFolderIsNamed) {
  EXPECT_EQ(failure(Database::open_or_create("/nonexistent/a.db")),
            "cannot open or create /nonexistent/a.db: No such file or directory; give a file in a folder that exists "
            "and that you may write with --db");
}

TEST(Database, UnwritableFolderIsSaid) {
  const ScratchDirectory scratch;
  std::filesystem::create_directory(scratch / "locked");
  std::filesystem::permissions(scratch / "locked", std::filesystem::perms(0555));
  const std::string path = scratch / "locked/a.db";
  EXPECT_EQ(failure_as_nobody(scratch, path), "cannot open or create " + path +
                                                  ": Permission denied; give a file in a folder that exists and that "
                                                  "you may write with --db");
}

TEST(Database, ReadOnlyFileIsReadableAndRefusesWriting) {
  const ScratchDirectory scratch;
  const std::string path = scratch / "a.db";
  ASSERT_EQ(failure(Database::open_or_create(path)), "opened");
  std::filesystem::permissions(path, std::filesystem::perms(0444));
  EXPECT_EQ(failure_as_nobody(scratch, path),
            path + " or its folder cannot be written: change its permissions or give another file with --db");
  EXPECT_EQ(query_text(path, "SELECT COUNT(*) FROM run"), "0\n");
}

TEST(Database, TwoWritersLoseNothing) {
  const ScratchDirectory scratch;
  const std::string path = scratch / "a.db";
  constexpr int kTransactions = 20;
  const auto write = [&](const std::string& prefix) {
    for (int number = 0; number < kTransactions; ++number) {
      Result<Database> database = Database::open_or_create(path);  // both also race to create it
      if (!database) return 1;
      Result<Transaction> transaction = Transaction::begin(*database);
      if (!transaction) return 2;
      // Looks before it writes, as the profile does: a lock taken only at the first change would fail here.
      if (!database->prepare("SELECT COUNT(*) FROM procedure")->step()) return 5;
      Result<Statement> insert = database->prepare(kInsertProcedure);
      if (!insert || !insert->bind(prefix + std::to_string(number)).run()) return 3;
      if (!transaction->commit()) return 4;
    }
    return 0;
  };
  const pid_t other = fork();
  if (other == 0) _exit(write("other"));
  EXPECT_EQ(write("this"), 0);
  int status = -1;
  waitpid(other, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(query_text(path, "SELECT COUNT(*) FROM procedure"), std::to_string(2 * kTransactions) + "\n");
}

TEST(Database, UncommittedTransactionLeavesNothing) {
  const ScratchDirectory scratch;
  Result<Database> database = Database::open_or_create(scratch / "a.db");
  {
    Result<Transaction> transaction = Transaction::begin(*database);
    ASSERT_TRUE(database->prepare(kInsertProcedure)->bind("MPI_Send").run());
  }
  EXPECT_EQ(query_text(scratch / "a.db", "SELECT COUNT(*) FROM procedure"), "0\n");
  Result<Transaction> again = Transaction::begin(*database);
  EXPECT_TRUE(again);
}

TEST(Database, ValuesComeBackAsTheyWereBound) {
  const ScratchDirectory scratch;
  Result<Database> database = Database::open_or_create(scratch / "a.db");
  Result<Statement> query = database->prepare("SELECT ?, ?, ?, ?, ?");
  const std::string text("with\0zero", 9);
  const std::vector<std::uint8_t> blob = {0, 255, 7};
  query->bind(std::int64_t{-5}, 0.1, text, std::span<const std::uint8_t>(blob), std::optional<int>());
  ASSERT_TRUE(*query->step());
  EXPECT_EQ(query->integer(0), -5);
  EXPECT_EQ(query->real(1), 0.1);
  EXPECT_EQ(query->text(2), text);
  EXPECT_TRUE(std::equal(blob.begin(), blob.end(), query->blob(3).begin(), query->blob(3).end()));
  EXPECT_TRUE(query->is_null(4));
  Result<Statement> wrong = database->prepare("SELECT ?");
  EXPECT_FALSE(wrong->bind(1, 2).step());
  EXPECT_FALSE(database->prepare("SELECT nonsense FROM nowhere"));
}

}  // namespace
}  // namespace tulkki::test
