// SPDX-License-Identifier: Apache-2.0
// Which launches an expression names, which series they make, and what a wrong one is told.
#include "viewer/analysis/selection.h"

#include <gtest/gtest.h>

#include "viewer/analysis/factors.h"

namespace tulkki {
namespace {

RunInfo run(std::int64_t id, const std::string& backend, const std::string& transport, const std::string& label = "",
            std::int64_t ranks = 2) {
  RunInfo info;
  info.run_id = id;
  info.backend = backend;
  info.backend_version = backend + " 1.0";
  info.transport = transport;
  info.label = label;
  info.ranks = ranks;
  info.outcome = "finalized";
  info.wall_ns = 1000;
  return info;
}

const std::vector<RunInfo> kRuns{run(1, "openmpi", "tcp"),         run(2, "mpich", "tcp", "melt, tuned"),
                                 run(3, "openmpi", "shm", "melt"), run(4, "mpich", "shm", "melt"),
                                 run(6, "openmpi", "tcp", "", 16), run(7, "openmpi", "tcp", "", 4)};

std::vector<std::int64_t> ids(const std::vector<RunInfo>& runs) {
  std::vector<std::int64_t> result;
  for (const RunInfo& one : runs)
    result.push_back(one.run_id);
  return result;
}

std::vector<std::int64_t> selected(const std::string& expression) {
  const auto found = select_runs(kRuns, expression);
  return found ? ids(*found) : std::vector<std::int64_t>{};
}

std::string refusal(const std::string& expression) {
  const auto found = select_runs(kRuns, expression);
  return found ? "" : found.message();
}

using Ids = std::vector<std::int64_t>;

TEST(Selection, NumbersAndRanges) {
  EXPECT_EQ(selected("3"), (Ids{3}));
  EXPECT_EQ(selected("2-4"), (Ids{2, 3, 4}));
  EXPECT_EQ(selected("4,1-2,2"), (Ids{1, 2, 4}));
  EXPECT_EQ(selected("3-9"), (Ids{3, 4, 6, 7}));
  EXPECT_EQ(selected("last"), (Ids{7}));
}

TEST(Selection, LabelsAndFactors) {
  EXPECT_EQ(selected("melt"), (Ids{3, 4}));
  EXPECT_EQ(selected("label=melt"), (Ids{3, 4}));
  EXPECT_EQ(selected("label=melt, tuned"), (Ids{2}));
  EXPECT_EQ(selected("transport=tcp,backend=openmpi"), (Ids{1, 6, 7}));
  EXPECT_EQ(selected("backend=openmpi,ranks=16"), (Ids{6}));
}

TEST(Selection, RefusalsSayWhatExists) {
  EXPECT_NE(refusal("5").find("no run 5"), std::string::npos);
  EXPECT_NE(refusal("8-12").find("no run from 8 to 12"), std::string::npos);
  EXPECT_NE(refusal("4-2").find("smaller number"), std::string::npos);
  EXPECT_NE(refusal("transport=ucx").find("shm, tcp"), std::string::npos);
  EXPECT_NE(refusal("colour=red").find("there is no factor 'colour'"), std::string::npos);
  EXPECT_NE(refusal("absent").find("melt"), std::string::npos);
  EXPECT_NE(refusal("99999999999999999999").find("no run has the label"), std::string::npos);
  EXPECT_FALSE(select_runs({}, "1"));
}

TEST(Selection, EachExpressionIsASeries) {
  const auto set = build_series(kRuns, {"backend=openmpi,transport=tcp", "2,4"}, {});
  ASSERT_TRUE(set) << set.message();
  ASSERT_EQ(set->series.size(), 2u);
  EXPECT_EQ(set->series[0].key, "A");
  EXPECT_EQ(set->series[0].name, "openmpi tcp");
  EXPECT_EQ(set->series[1].name, "runs 2,4");
  EXPECT_EQ(set->under_test, (std::vector<std::string>{"backend", "transport"}));
}

TEST(Selection, ByCutsIntoSeriesInTheOrderOfValues) {
  const auto set = build_series(kRuns, {}, {.by = {"backend", "ranks"}});
  ASSERT_TRUE(set) << set.message();
  std::vector<std::string> names;
  for (const Series& series : set->series)
    names.push_back(series.name);
  EXPECT_EQ(names,
            (std::vector<std::string>{"mpich 2 ranks", "openmpi 2 ranks", "openmpi 4 ranks", "openmpi 16 ranks"}));
  EXPECT_EQ(ids(set->series[1].runs), (Ids{1, 3}));
  EXPECT_FALSE(build_series(kRuns, {"1,7"}, {.by = {"backend"}}));
  EXPECT_FALSE(build_series(kRuns, {}, {.by = {"colour"}}));
}

TEST(Selection, SeriesMustBeTwoAndApart) {
  EXPECT_FALSE(build_series(kRuns, {"1"}, {}));
  const auto overlapping = build_series(kRuns, {"1-3", "3-4"}, {});
  ASSERT_FALSE(overlapping);
  EXPECT_NE(overlapping.message().find("run 3"), std::string::npos);
}

TEST(Selection, LaunchesThatDidNotFinishAreLeftOut) {
  std::vector<RunInfo> runs = kRuns;
  runs[0].outcome = "died";
  runs[4].exit_code = 3;
  const auto set = build_series(runs, {"1,6,7", "2,4"}, {});
  ASSERT_TRUE(set);
  EXPECT_EQ(ids(set->series[0].runs), (Ids{7}));
  EXPECT_EQ(ids(set->left_out), (Ids{1, 6}));
  EXPECT_FALSE(build_series(runs, {"1", "2"}, {}));
  const auto all = build_series(runs, {"1", "2"}, {.include_unfinished = true});
  EXPECT_TRUE(all);
}

TEST(Selection, ManySeriesHaveKeysLikeColumns) {
  std::vector<RunInfo> runs;
  for (int i = 1; i <= 30; ++i)
    runs.push_back(run(i, "openmpi", "tcp", "", i));
  const auto set = build_series(runs, {}, {.by = {"ranks"}});
  ASSERT_TRUE(set);
  EXPECT_EQ(set->series[25].key, "Z");
  EXPECT_EQ(set->series[26].key, "AA");
}

TEST(Factors, WhatDiffersAndWhatFollowsFromIt) {
  Series first{"A", "a", {run(1, "openmpi", "tcp"), run(3, "openmpi", "tcp")}};
  Series second{"B", "b", {run(2, "mpich", "tcp")}};
  second.runs[0].kernel = "6.2";
  auto differences = factor_differences({first, second}, {"backend"});
  ASSERT_EQ(differences.size(), 3u);
  EXPECT_EQ(differences[0].name, "backend");
  EXPECT_TRUE(differences[0].under_test);
  EXPECT_EQ(differences[1].name, "backend_version");
  EXPECT_TRUE(differences[1].implied);
  EXPECT_EQ(differences[2].name, "kernel");
  EXPECT_FALSE(differences[2].implied || differences[2].under_test || differences[2].mixed);
  // Inside of one series; that the launches differ there is worse than any difference between series.
  first.runs[1].transport = "shm";
  differences = factor_differences({first, second}, {"backend"});
  ASSERT_EQ(differences.size(), 4u);
  EXPECT_EQ(differences[2].name, "transport");
  EXPECT_TRUE(differences[2].mixed);
  EXPECT_EQ(differences[2].values[0], "tcp | shm");
  for (const std::string_view name : factor_names())
    EXPECT_TRUE(factor_value(first.runs[0], name)) << name;
  EXPECT_FALSE(factor_value(first.runs[0], "colour"));
}

}  // namespace
}  // namespace tulkki
