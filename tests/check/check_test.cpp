// SPDX-License-Identifier: Apache-2.0
// The validator finds each seeded defect, under its kind and no other, and nothing in the valid traces.
#include "storage/check/check.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "check/seed_trace.h"

namespace tulkki::test {
namespace {

namespace fs = std::filesystem;

std::string directory_for(const std::string& name) {
  return (fs::path(testing::TempDir()) / ("tulkki-check-" + name)).string();
}

std::set<std::string> kinds_of(const check::Report& report) {
  std::set<std::string> kinds;
  for (std::size_t index = 0; index < report.findings.size(); ++index) {
    if (report.findings[index].count != 0) kinds.insert(check::info(check::Kind(index)).name);
  }
  return kinds;
}

std::string examples_of(const check::Report& report) {
  std::string text;
  for (const check::Finding& finding : report.findings) {
    for (const check::Example& example : finding.examples)
      text += example.place.location + ": " + example.text + "\n";
  }
  return text;
}

struct SeedCase {
  const char* defect;
  std::set<std::string> kinds;  // what must be found
};

// Seen in test names and failures.
void PrintTo(const SeedCase& seed, std::ostream* stream) { *stream << seed.defect; }

class Seeds : public testing::TestWithParam<std::tuple<SeedCase, int>> {};

TEST_P(Seeds, FoundUnderItsKindAndNoOther) {
  const auto& [seed, ranks] = GetParam();
  const std::string directory = directory_for(std::string(seed.defect) + "-" + std::to_string(ranks));
  ASSERT_TRUE(write_seed(directory, ranks, seed.defect));
  const Result<check::Report> report = check::check_trace(directory + "/seed.otf2", {});
  ASSERT_TRUE(report) << report.message();
  EXPECT_EQ(kinds_of(*report), seed.kinds) << examples_of(*report);
  EXPECT_EQ(report->locations, static_cast<std::uint64_t>(ranks) + 1);
  EXPECT_GT(report->events, 100u);
  fs::remove_all(directory);
}

// The first two are valid; of the others otf2-print --silent -Werror takes all but duplicates and forward references.
const SeedCase kCases[] = {
    {"", {}},
    {"clock-corrected", {}},
    {"dangling-communicator", {"dangling-reference"}},
    {"tag-mismatch", {"unmatched-send", "unmatched-receive"}},
    {"missing-leave", {"missing-leave"}},
    {"event-count", {"event-count"}},
    {"missing-paradigm", {"missing-paradigm"}},
    {"missing-clock", {"missing-clock"}},
    {"outside-epoch", {"time-outside-epoch"}},
    {"time-decreases", {"time-decreases"}},
    {"receive-before-send", {"receive-before-send"}},
    {"receive-longer", {"receive-longer"}},
    {"receive-shorter", {"receive-shorter"}},
    {"matched-by-completion", {"receive-longer", "receive-shorter"}},
    {"rank-out-of-range", {"rank-out-of-range"}},
    {"not-a-member", {"not-a-member"}},
    {"request-reused", {"request-reused"}},
    {"request-completed-twice", {"request-not-live"}},
    {"request-wrong-kind", {"request-wrong-kind"}},
    {"request-open", {"request-open"}},
    {"test-not-live", {"request-not-live"}},
    {"other-operation", {"collective-operation"}},
    {"other-root", {"collective-root"}},
    {"root-out-of-range", {"rank-out-of-range"}},
    {"missing-member", {"collective-missing-member"}},
    {"collective-unpaired", {"collective-unpaired"}},
    {"barrier-too-early", {"collective-too-early"}},
    {"communicator-unborn", {"communicator-life"}},
    {"rma-id-reused", {"rma-id-reused"}},
    {"rma-not-completed", {"rma-not-completed"}},
    {"rma-not-started", {"rma-not-started"}},
    {"lock-not-released", {"rma-lock"}},
    {"window-gone", {"window-life"}},
    {"io-not-begun", {"io-not-begun"}},
    {"io-not-completed", {"io-not-completed"}},
    {"file-not-closed", {"file-handle-open"}},
    {"file-closed", {"file-handle-life"}},
    {"attribute-type", {"attribute-type"}},
    {"dangling-attribute", {"dangling-reference"}},
    {"dangling-region", {"dangling-reference"}},
    {"dangling-string", {"dangling-reference"}},
    {"dangling-parent", {"dangling-reference"}},
    {"dangling-file", {"dangling-reference"}},
    {"dangling-mapping", {"dangling-reference"}},
    {"region-unnamed", {"missing-value"}},
    {"duplicate-region", {"duplicate-definition"}},
    {"forward-reference", {"definition-order"}},
    {"tree-cycle", {"tree-cycle"}},
    {"member-out-of-range", {"bad-group"}},
    {"missing-comm-locations", {"missing-comm-locations", "not-checked"}},
    {"leave-without-enter", {"leave-without-enter"}},
    {"outside-region", {"outside-region"}},
    {"ends-inside", {"ends-inside"}},
};

INSTANTIATE_TEST_SUITE_P(Defects, Seeds, testing::Combine(testing::ValuesIn(kCases), testing::Values(2, 4)),
                         [](const auto& info) {
                           std::string name = std::get<0>(info.param).defect;
                           for (char& letter : name)
                             letter = letter == '-' ? '_' : letter;
                           return (name.empty() ? "valid" : name) + "_" + std::to_string(std::get<1>(info.param));
                         });

check::Report checked(const std::string& name, const std::string& defect) {
  const std::string directory = directory_for(name);
  EXPECT_TRUE(write_seed(directory, 2, defect));
  Result<check::Report> report = check::check_trace(directory, {});
  EXPECT_TRUE(report);
  return report ? *report : check::Report{};
}

TEST(Check, SaysHowMuchTooEarly) {
  const check::Report report = checked("amount", "clock-skewed");
  const check::Finding& early = report.findings[std::size_t(check::Kind::receive_before_send)];
  ASSERT_GE(early.count, 1u) << examples_of(report);
  // Rank 1 runs 500 us fast; a handful of events of 10 ns lie between its send and the receive.
  EXPECT_NE(early.examples[0].text.find("completes 500.0 us before"), std::string::npos) << early.examples[0].text;
}

TEST(Check, CountsMessagesAndCollectives) {
  const check::Report report = checked("counts", "");
  // Ring 2, self 1, intercommunicator 1, nonblocking 2, thread 1.
  EXPECT_EQ(report.messages, 7u);
  // World: barrier, allreduce, reduce, bcast, ibarrier, allreduce, barrier; self 1; duplicate 1; window 2.
  EXPECT_EQ(report.collectives, 11u);
}

TEST(Check, NamesThePlace) {
  const check::Report report = checked("place", "missing-leave");
  const check::Finding& finding = report.findings[std::size_t(check::Kind::missing_leave)];
  ASSERT_EQ(finding.examples.size(), 1u);
  EXPECT_EQ(finding.examples[0].place.location, "Rank 1");
  EXPECT_GT(finding.examples[0].place.event, 0u);
  EXPECT_NE(finding.examples[0].text.find("work"), std::string::npos);
}

TEST(Check, KeepsNoMoreExamplesThanAsked) {
  const std::string directory = directory_for("examples");
  ASSERT_TRUE(write_seed(directory, 4, "receive-before-send"));
  const Result<check::Report> report = check::check_trace(directory, {.max_examples = 1, .progress = {}});
  ASSERT_TRUE(report);
  const check::Finding& finding = report->findings[std::size_t(check::Kind::receive_before_send)];
  EXPECT_EQ(finding.count, 4u);
  EXPECT_EQ(finding.examples.size(), 1u);
}

class Damage : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = directory_for("damage");
    ASSERT_TRUE(write_seed(directory_, 2, ""));
  }
  void TearDown() override { fs::remove_all(directory_); }
  // True if the damage was seen; a crash or silence is the failure. OTF2 takes a file cut between two records for
  // a short one, which the count of events gives away.
  bool seen() {
    const Result<check::Report> report = check::check_trace(directory_ + "/seed.otf2", {});
    message_ = report ? examples_of(*report) : report.message();
    return !report || kinds_of(*report).contains("unreadable") || kinds_of(*report).contains("event-count");
  }
  void cut(const std::string& file, double share) {
    fs::resize_file(directory_ + file, static_cast<std::uintmax_t>(share * double(fs::file_size(directory_ + file))));
  }
  std::string directory_, message_;
};

TEST_F(Damage, NoSuchFile) {
  const Result<check::Report> report = check::check_trace(directory_ + "/none.otf2", {});
  ASSERT_FALSE(report);
  EXPECT_NE(report.message().find("no such file"), std::string::npos);
}

TEST_F(Damage, NotAnArchive) {
  std::ofstream(directory_ + "/seed.otf2") << "This is text, no archive.\n";
  ASSERT_TRUE(seen());
  EXPECT_NE(message_.find("not a readable OTF2 archive"), std::string::npos) << message_;
}

TEST_F(Damage, DirectoryWithoutArchive) {
  const Result<check::Report> report = check::check_trace(directory_ + "/seed", {});
  ASSERT_FALSE(report);
  EXPECT_NE(report.message().find("holds no *.otf2"), std::string::npos);
}

TEST_F(Damage, TruncatedAnchor) {
  cut("/seed.otf2", 0.5);
  EXPECT_TRUE(seen()) << message_;
}

TEST_F(Damage, TruncatedDefinitions) {
  cut("/seed.def", 0.5);
  EXPECT_TRUE(seen()) << message_;
}

TEST_F(Damage, MissingDefinitions) {
  fs::remove(directory_ + "/seed.def");
  EXPECT_TRUE(seen()) << message_;
}

TEST_F(Damage, TruncatedEvents) {
  cut("/seed/1.evt", 0.5);
  ASSERT_TRUE(seen()) << message_;
  EXPECT_NE(message_.find("Rank 1"), std::string::npos) << message_;
}

TEST_F(Damage, MissingEvents) {
  fs::remove(directory_ + "/seed/1.evt");
  ASSERT_TRUE(seen()) << message_;
  EXPECT_NE(message_.find("Rank 1"), std::string::npos) << message_;
}

TEST_F(Damage, ExtraEvents) {
  fs::copy(directory_ + "/seed/1.evt", directory_ + "/seed/17.evt");
  const Result<check::Report> report = check::check_trace(directory_, {});
  ASSERT_TRUE(report);
  EXPECT_EQ(kinds_of(*report), std::set<std::string>{"extra-file"});
}

}  // namespace
}  // namespace tulkki::test
