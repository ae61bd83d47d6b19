// SPDX-License-Identifier: Apache-2.0
// Deleting, describing and merging runs, and what may be removed of a trace's folder.
#include <gtest/gtest.h>

#include <filesystem>

#include "storage/recover.h"
#include "storage/run_edits.h"
#include "storage/run_merge.h"
#include "storage/sweep_store.h"
#include "storage/trace_folder.h"
#include "tests/storage_profile/support.h"

namespace tulkki::test {
namespace {

namespace files = std::filesystem;

// Every table, and how many rows of it a run has.
constexpr const char* kRowsOfRuns =
    "SELECT 'call', run_id, COUNT(*) FROM call GROUP BY run_id UNION ALL "
    "SELECT 'context', run_id, COUNT(*) FROM context GROUP BY run_id UNION ALL "
    "SELECT 'matrix', run_id, COUNT(*) FROM matrix GROUP BY run_id UNION ALL "
    "SELECT 'measurement', run_id, COUNT(*) FROM measurement GROUP BY run_id UNION ALL "
    "SELECT 'process', run_id, COUNT(*) FROM process GROUP BY run_id UNION ALL "
    "SELECT 'property', run_id, COUNT(*) FROM run_property GROUP BY run_id";

// What the rows of a run say, without numbers that belong to the file.
std::string content(const std::string& database, const std::string& launch) {
  return query_text(database,
                    "SELECT rank, procedure.name, peer, calls, time_ns, bytes_sent, context.name, context.members, "
                    "hex(histogram) FROM call JOIN run USING (run_id) JOIN procedure USING (procedure_id) LEFT JOIN "
                    "context USING (context_id) WHERE launch = '" +
                        launch + "' ORDER BY call.rowid") +
         query_text(database,
                    "SELECT source, destination, messages, bytes FROM matrix JOIN run USING (run_id) WHERE "
                    "launch = '" +
                        launch + "' ORDER BY 1, 2") +
         query_text(database,
                    "SELECT child.name, parent.name FROM context AS child JOIN run USING (run_id) JOIN context "
                    "AS parent ON parent.context_id = child.parent_id WHERE launch = '" +
                        launch + "'");
}

void record(const ScratchDirectory& scratch, const std::string& database, const std::string& launch, int ranks) {
  write_launch(scratch / launch, ranks, 10, launch);
  RecoverOptions options;
  options.directories = {scratch / launch};
  options.database = database;
  options.trace_directory = scratch / "traces";
  const auto done = recover(options);
  ASSERT_TRUE(done) << done.message();
}

class Runs : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto& [launch, ranks] : {std::pair{"one", 2}, {"two", 3}, {"three", 2}})
      record(scratch_, ours_, launch, ranks);
    record(scratch_, theirs_, "four", 4);
    record(scratch_, theirs_, "five", 2);
  }
  Result<MergeSummary> merge(std::vector<std::int64_t> runs = {}) {
    Result<Database> database = Database::open_or_create(ours_);
    return merge_runs(*database, theirs_, runs);
  }
  // A sweep of two launches, the first done as `run_id`, with a measurement.
  void sweep(const std::string& path, std::int64_t run_id) {
    Result<Database> database = Database::open_or_create(path);
    auto store = SweepStore::open(*database, "study", 7, {"{\"n\":1}", "{\"n\":2}"});
    const auto point = store->find("{\"n\":1}");
    ASSERT_TRUE(store->claim(point->point_id, "me", [](const std::string&) { return true; }));
    ASSERT_TRUE(store->finish(point->point_id, "", run_id, {{"loop", 8, "time", "s", 1.5}}));
    ASSERT_TRUE(database->execute("INSERT OR REPLACE INTO run_property VALUES (" + std::to_string(run_id) +
                                  ", 'sweep_point', '" + store->mark(point->point_id) + "')"));
  }
  const ScratchDirectory scratch_;
  const std::string ours_ = scratch_ / "ours.db", theirs_ = scratch_ / "theirs.db";
};

TEST_F(Runs, DeletingTakesEveryRowAndNothingElse) {
  sweep(ours_, 2);
  const std::string others = content(ours_, "one") + content(ours_, "three");
  ASSERT_NE(query_text(ours_, kRowsOfRuns).find("measurement|2|1"), std::string::npos);
  {
    Result<Database> database = Database::open_or_create(ours_);
    ASSERT_TRUE(delete_runs(*database, std::vector<std::int64_t>{2, 99}));
  }
  EXPECT_EQ(query_text(ours_, kRowsOfRuns).find("|2|"), std::string::npos);
  EXPECT_EQ(content(ours_, "one") + content(ours_, "three"), others);
  EXPECT_EQ(query_text(ours_, "SELECT state, run_id FROM sweep_point"), "waiting|-\nwaiting|-\n");
  EXPECT_EQ(query_text(ours_, "PRAGMA foreign_key_check"), "");
}

TEST_F(Runs, ShrinkingGivesSpaceBack) {
  Result<Database> database = Database::open_or_create(ours_);
  ASSERT_TRUE(database->execute("INSERT INTO run_property VALUES (1, 'large', hex(zeroblob(100000)))"));
  const auto before = files::file_size(ours_);
  ASSERT_TRUE(delete_runs(*database, std::vector<std::int64_t>{1, 2, 3}));
  ASSERT_TRUE(shrink(*database));
  EXPECT_LT(files::file_size(ours_), before - 150'000);
}

TEST_F(Runs, DescribingIsAllOrNothing) {
  Result<Database> database = Database::open_or_create(ours_);
  EXPECT_FALSE(describe_runs(*database, std::vector<std::int64_t>{1, 99}, "label", std::nullopt));
  EXPECT_EQ(query_text(ours_, "SELECT label, note FROM run"), "|\n|\n|\n");
  EXPECT_TRUE(describe_runs(*database, std::vector<std::int64_t>{1, 3}, std::nullopt, "a note"));
  EXPECT_TRUE(describe_runs(*database, std::vector<std::int64_t>{1}, "label", std::nullopt));
  EXPECT_EQ(query_text(ours_, "SELECT label, note FROM run"), "label|a note\n|\n|a note\n");
}

TEST_F(Runs, MergedRunsHaveTheSameContentUnderNewNumbers) {
  const std::string before = content(ours_, "one") + content(ours_, "two");
  const auto summary = merge();
  ASSERT_TRUE(summary) << summary.message();
  ASSERT_EQ(summary->runs.size(), 2u);
  EXPECT_EQ(summary->runs[0].run_id, 4);
  EXPECT_EQ(summary->runs[1].run_id, 5);
  for (const char* launch : {"four", "five"}) {
    EXPECT_NE(content(ours_, launch), "");
    EXPECT_EQ(content(ours_, launch), content(theirs_, launch));
  }
  EXPECT_EQ(content(ours_, "one") + content(ours_, "two"), before);
  EXPECT_EQ(query_text(ours_, "PRAGMA foreign_key_check"), "");
  EXPECT_EQ(query_text(ours_, "SELECT COUNT(*) FROM run_property GROUP BY run_id ORDER BY run_id").substr(0, 1) != "0",
            true);
  record(scratch_, ours_, "six", 2);  // numbers that follow are free
  EXPECT_EQ(query_text(ours_, "PRAGMA foreign_key_check"), "");
}

TEST_F(Runs, MergingAgainAddsNothing) {
  ASSERT_TRUE(merge({2}));
  const auto again = merge();
  ASSERT_TRUE(again) << again.message();
  EXPECT_EQ(again->runs[0].added, true);
  EXPECT_EQ(again->runs[1].added, false);
  EXPECT_EQ(again->runs[1].run_id, 4);
  EXPECT_EQ(query_text(ours_, "SELECT group_concat(launch) FROM (SELECT launch FROM run ORDER BY run_id)"), "one,two,three,five,four\n");
}

TEST_F(Runs, SweepsComeAlongAndTheirMarksAreOurs) {
  sweep(theirs_, 1);
  {
    // Another sweep here takes the numbers that theirs has, and "study" waits here.
    Result<Database> database = Database::open_or_create(ours_);
    ASSERT_TRUE(SweepStore::open(*database, "other", 1, {"{\"n\":1}", "{\"n\":2}", "{\"n\":3}"}));
    ASSERT_TRUE(SweepStore::open(*database, "study", 9, {"{\"n\":1}"}));
  }
  const auto summary = merge();
  ASSERT_TRUE(summary) << summary.message();
  EXPECT_EQ(summary->sweeps, std::vector<std::string>{"study"});
  EXPECT_EQ(query_text(ours_,
                       "SELECT name, factors, state, run_id FROM sweep_point JOIN sweep USING (sweep_id) WHERE "
                       "name = 'study' ORDER BY factors"),
            "study|{\"n\":1}|done|4\nstudy|{\"n\":2}|waiting|-\n");
  EXPECT_EQ(query_text(ours_,
                       "SELECT run_id, value = sweep_id || '/' || point_id FROM run_property JOIN sweep_point "
                       "USING (run_id) WHERE name = 'sweep_point'"),
            "4|1\n");
  EXPECT_EQ(query_text(ours_, "SELECT run_id, workload, value FROM measurement"), "4|loop|1.500000\n");
}

TEST_F(Runs, OlderDatabaseIsMergedAsItIs) {
  Result<Database> database = Database::open_or_create(theirs_);
  ASSERT_TRUE(
      database->execute("DROP TABLE measurement; DROP TABLE sweep_point; DROP TABLE sweep; "
                        "ALTER TABLE run DROP COLUMN note; PRAGMA user_version = 1"));
  const auto summary = merge();
  ASSERT_TRUE(summary) << summary.message();
  EXPECT_EQ(query_text(ours_, "SELECT COUNT(*), MAX(note) FROM run"), "5|\n");
  EXPECT_EQ(query_text(theirs_, "SELECT user_version FROM pragma_user_version"), "1\n");
}

TEST_F(Runs, FailedMergeAddsNothing) {
  Result<Database> other = Database::open_or_create(theirs_);
  ASSERT_TRUE(
      other->execute("UPDATE matrix SET kind = 'rma'; CREATE TABLE copy AS SELECT * FROM matrix; DROP TABLE matrix;"
                     "ALTER TABLE copy RENAME TO matrix; INSERT INTO matrix SELECT * FROM matrix"));  // no keys
  const std::string before = query_text(ours_, kRowsOfRuns);
  EXPECT_FALSE(merge());
  EXPECT_EQ(query_text(ours_, kRowsOfRuns), before);
  EXPECT_EQ(query_text(ours_, "SELECT COUNT(*) FROM run"), "3\n");
}

TEST_F(Runs, WhatCannotBeMerged) {
  Result<Database> database = Database::open_or_create(ours_);
  EXPECT_NE(merge_runs(*database, ours_, {}).message().find("is the database itself"), std::string::npos);
  EXPECT_NE(merge_runs(*database, scratch_ / "absent.db", {}).message().find("no database at"), std::string::npos);
}

TEST_F(Runs, TracesBesideAMovedDatabaseAreFound) {
  files::create_directory(scratch_ / "away");
  files::rename(theirs_, scratch_ / "away/theirs.db");
  files::rename(scratch_ / "traces", scratch_ / "away/traces");
  Result<Database> database = Database::open_or_create(ours_);
  const auto summary = merge_runs(*database, scratch_ / "away/theirs.db", {});
  ASSERT_TRUE(summary) << summary.message();
  EXPECT_TRUE(summary->missing_traces.empty());
  const std::string path = query_text(ours_, "SELECT trace_path FROM run WHERE run_id = 4");
  EXPECT_TRUE(files::exists(path.substr(0, path.size() - 1))) << path;
}

// The anchor and the folder's name of the first run.
std::pair<std::string, std::string> first_trace(const std::string& database) {
  const auto text = [&](const std::string& column) {
    const std::string line = query_text(database, "SELECT " + column + " FROM run WHERE run_id = 1");
    return line.substr(0, line.size() - 1);
  };
  return {text("trace_path"), trace_folder_name(text("program"), text("launch"), text("started_at"))};
}

TEST_F(Runs, TraceIsRemovedWithItsFolder) {
  const auto [anchor, name] = first_trace(ours_);
  ASSERT_TRUE(files::exists(anchor));
  EXPECT_GT(describe_trace(anchor, name).bytes, 0u);
  const TraceRemoval removal = remove_trace(anchor, name);
  EXPECT_EQ(removal.left, "");
  EXPECT_GT(removal.bytes, 0u);
  EXPECT_FALSE(files::exists(files::path(anchor).parent_path()));
  EXPECT_TRUE(files::exists(scratch_ / "traces"));
  EXPECT_EQ(remove_trace(anchor, name).left, "");  // gone already
}

TEST_F(Runs, OtherFilesAndWhatLinksLeadToStay) {
  const auto [anchor, name] = first_trace(ours_);
  const files::path folder = files::path(anchor).parent_path();
  write_file(folder / "notes.txt", "mine");
  write_file(scratch_ / "outside.evt", "mine");
  files::create_symlink(scratch_ / "outside.evt", folder / "traces" / "99.evt");
  EXPECT_NE(remove_trace(anchor, name).left, "");
  EXPECT_EQ(read_file(folder / "notes.txt"), "mine");
  EXPECT_EQ(read_file(scratch_ / "outside.evt"), "mine");
  EXPECT_FALSE(files::exists(anchor));
}

TEST_F(Runs, FolderThatIsALinkOrHasAnotherNameStays) {
  const auto [anchor, name] = first_trace(ours_);
  const files::path folder = files::path(anchor).parent_path();
  EXPECT_NE(remove_trace(anchor, "lmp-20261121-103500-000000").left, "");
  files::rename(folder, scratch_ / "elsewhere");
  files::create_directory_symlink(scratch_ / "elsewhere", folder);
  EXPECT_NE(remove_trace(anchor, name).left, "");
  EXPECT_TRUE(files::exists(scratch_ / "elsewhere/traces.otf2"));
}

}  // namespace
}  // namespace tulkki::test
