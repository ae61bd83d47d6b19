// SPDX-License-Identifier: Apache-2.0
// When figures are not worth much: each threshold from both sides, and the sentences as a reader sees them.
#include <gtest/gtest.h>

#include "tests/analysis/study_builder.h"
#include "viewer/analysis/factors.h"
#include "viewer/analysis/load_findings.h"

namespace tulkki::test {
namespace {

using Sentences = std::vector<std::string>;

struct RankSpec {
  double wait_ns = 1e6;
  double cpu_ns = 29e9, span_ns = 29e9;
  std::string affinity = "0-1";
  std::int64_t involuntary = 20;
  std::string reading = "end";
};

// A host of two processors with two ranks that ran undisturbed for 29 s.
struct Quiet {
  std::vector<RankSpec> ranks{{}, {}};
  std::int64_t processors = 2, threads_per_core = 1;
  std::string governor = "", driver = "", host = "alpha";
  double load_start = 0.3, busy_ns = 58.3e9, idle_ns = 0, stolen_ns = 0;
  bool wait_known = true, end_known = true;
};

HostLoad host_of(const Quiet& spec) {
  HostLoad host;
  host.host = spec.host;
  host.ranks = static_cast<std::int64_t>(spec.ranks.size());
  host.processors = spec.processors;
  host.threads_per_core = spec.threads_per_core;
  host.governor = spec.governor;
  host.frequency_driver = spec.driver;
  host.load_start = spec.load_start;
  if (spec.end_known) {
    host.busy_ns = spec.busy_ns;
    host.idle_ns = spec.idle_ns;
    host.stolen_ns = spec.stolen_ns;
  }
  return host;
}

void execute(Database& database, const std::string& sql) {
  const Result<void> done = database.execute(sql);
  ASSERT_TRUE(done) << done.message() << "\n" << sql;
}

// Through the database, as everything that shows a run reads it.
RunInfo recorded(StudyBuilder& study, const Quiet& spec) {
  const std::int64_t run = study.run({.ranks = static_cast<std::int64_t>(spec.ranks.size())});
  const auto number = [](double value) { return std::to_string(static_cast<std::int64_t>(value)); };
  const HostLoad host = host_of(spec);
  const auto or_null = [&](const std::optional<double>& value) { return value ? number(*value) : std::string("NULL"); };
  execute(study.database(),
          "INSERT INTO host_load (run_id, rank, host, ranks, processors, threads_per_core, governor, frequency_driver, "
          "load_start, "
          "busy_ns, idle_ns, stolen_ns) VALUES (" +
              std::to_string(run) + ", 0, '" + host.host + "', " + std::to_string(host.ranks) + ", " +
              std::to_string(host.processors) + ", " + std::to_string(host.threads_per_core) + ", '" + host.governor +
              "', '" + host.frequency_driver + "', " + std::to_string(spec.load_start) + ", " + or_null(host.busy_ns) +
              ", " + or_null(host.idle_ns) + ", " + or_null(host.stolen_ns) + ")");
  for (std::size_t rank = 0; rank < spec.ranks.size(); ++rank) {
    const RankSpec& one = spec.ranks[rank];
    study.process(run, static_cast<std::int64_t>(rank), 1'000'000'000, 1'000'000);
    execute(study.database(), "UPDATE process SET user_cpu_ns = " + number(one.cpu_ns) +
                                  " WHERE run_id = " + std::to_string(run) + " AND rank = " + std::to_string(rank));
    const std::string size = one.affinity == "0-1" ? "2" : one.affinity == "0-3" ? "4" : "1";
    execute(study.database(), "INSERT INTO process_load VALUES (" + std::to_string(run) + ", " + std::to_string(rank) +
                                  ", 0, '" + one.affinity + "', " + size + ", 0, 0, '" + one.reading + "', " +
                                  number(one.span_ns) + ", " + number(one.cpu_ns) + ", 0, 1000000, " +
                                  std::to_string(one.involuntary) + ", " +
                                  (spec.wait_known ? number(one.wait_ns) : "NULL") + ")");
  }
  return study.runs().back();
}

Sentences sentences(const Quiet& spec) {
  StudyBuilder study;
  return load_sentences(recorded(study, spec).load);
}

TEST(Load, NothingIsSaidOfAQuietRun) {
  EXPECT_EQ(sentences({}), Sentences{});
  // Ranks that yield switch a million times and wait for nobody; intel_pstate's powersave follows the load.
  EXPECT_EQ(sentences({.governor = "powersave", .driver = "intel_pstate"}), Sentences{});
  // A run of an eighth of a second, with the disturbances that every start has.
  const RankSpec brief{.wait_ns = 20e6, .cpu_ns = 0.1e9, .span_ns = 0.125e9};
  EXPECT_EQ(sentences({.ranks = {brief, brief}, .busy_ns = 0.24e9, .idle_ns = 0.01e9, .stolen_ns = 0.01e9}),
            Sentences{});
  EXPECT_EQ(load_sentences(RunLoad{}), Sentences{});
}

TEST(Load, RanksThatWaited) {
  const RankSpec crowded{.wait_ns = 26e9, .cpu_ns = 2e9};
  EXPECT_EQ(sentences({.ranks = {crowded, crowded}, .busy_ns = 4e9, .idle_ns = 54e9}),
            Sentences{"CPU time 2 s of 29 s per rank: the ranks waited 26 s (90 %) for a processor"});
  EXPECT_EQ(sentences({.ranks = {{}, {.wait_ns = 2e9}}}), Sentences{"rank 1 waited 2 s of 29 s for a processor"});
  EXPECT_EQ(sentences({.ranks = {{}, {.wait_ns = 0.049 * 29e9}}}), Sentences{});
  EXPECT_EQ(sentences({.ranks = {{}, {.wait_ns = 49e6, .cpu_ns = 0.2e9, .span_ns = 0.2e9}}, .busy_ns = 29.2e9}),
            Sentences{});
}

TEST(Load, RanksThatTookTurnsWhereTheKernelTellsNoWaiting) {
  const RankSpec crowded{.cpu_ns = 14e9, .involuntary = 1500};
  EXPECT_EQ(
      sentences({.ranks = {crowded, crowded}, .busy_ns = 28e9, .idle_ns = 30e9, .wait_known = false}),
      Sentences{
          "CPU time 14 s of 29 s per rank, and the kernel took the processor from the ranks 3000 times: they shared it "
          "with others"});
  // Waiting for a disk or asleep: nobody took anything from them.
  const RankSpec asleep{.cpu_ns = 14e9, .involuntary = 20};
  EXPECT_EQ(sentences({.ranks = {asleep, asleep}, .busy_ns = 28e9, .idle_ns = 30e9, .wait_known = false}), Sentences{});
}

TEST(Load, RanksThatSharedProcessors) {
  EXPECT_EQ(sentences({.ranks = {{}, {}, {}, {}}, .busy_ns = 116e9}), Sentences{"4 ranks shared 2 processors"});
  EXPECT_EQ(sentences({.threads_per_core = 2}), Sentences{"2 ranks shared 1 core (2 hardware threads each)"});
  EXPECT_EQ(sentences({.ranks = {{.affinity = "1"}, {.affinity = "1"}}}),
            Sentences{"ranks 0, 1 were bound to the same processor (1)"});
  EXPECT_EQ(sentences({.ranks = {{.affinity = "0"}, {.affinity = "1"}}}), Sentences{});
  const RankSpec bound{.affinity = "0-1"};
  EXPECT_EQ(sentences({.ranks = {bound, bound, bound, bound, bound}, .processors = 8, .busy_ns = 150e9}),
            Sentences{"5 ranks were bound to the same 2 processors (0-1)"});
}

TEST(Load, WhatElseTheHostDid) {
  EXPECT_EQ(sentences({.idle_ns = 1e9, .stolen_ns = 8e9}),
            Sentences{"the hypervisor took 12 % of the processor time for other guests"});
  EXPECT_EQ(sentences({.stolen_ns = 1.1e9}), Sentences{});
  EXPECT_EQ(sentences({.processors = 4, .busy_ns = 90e9, .idle_ns = 26e9}),
            Sentences{"other programs kept 1.1 of 4 processors busy"});
  EXPECT_EQ(sentences({.processors = 4, .busy_ns = 69e9, .idle_ns = 47e9}), Sentences{});
  EXPECT_EQ(sentences({.load_start = 8.1}), Sentences{"load 8.1 on 2 processors before the run began"});
  // Repetitions of the run itself leave as much.
  EXPECT_EQ(sentences({.load_start = 2.9}), Sentences{});
  EXPECT_EQ(sentences({.governor = "powersave", .driver = "acpi-cpufreq"}),
            Sentences{"frequency governor powersave: the lowest frequency"});
}

TEST(Load, MissingEndsAreSaidAndNoGroundForBlame) {
  const RankSpec killed{.reading = "latest"};
  EXPECT_EQ(sentences({.ranks = {{}, killed}, .processors = 4, .busy_ns = 90e9, .idle_ns = 26e9}),
            Sentences{"1 of 2 ranks did not reach the end of MPI_Finalize: their load at the end is not known"});
  EXPECT_EQ(sentences({.end_known = false}), Sentences{});
}

TEST(Load, SeriesAreToldApartByTheirLoad) {
  StudyBuilder study;
  const RankSpec crowded{.wait_ns = 12e9, .cpu_ns = 16e9};
  Series quiet{"A", "quiet", {recorded(study, {}), recorded(study, {})}};
  Series loaded{
      "B",
      "loaded",
      {recorded(study, {.ranks = {crowded, crowded}, .busy_ns = 32.3e9, .idle_ns = 26e9}), recorded(study, {})}};
  EXPECT_EQ(
      load_sentences(std::vector{quiet, loaded}),
      (Sentences{
          "B: 1 of 2 launches, run 3: CPU time 16 s of 29 s per rank: the ranks waited 12 s (41 %) for a processor",
          "the load differs: time that ranks waited for a processor A 0.0034 %, B 21 %"}));
  EXPECT_EQ(load_sentences(std::vector{quiet, quiet}), Sentences{});
}

TEST(Load, BindingAndGovernorAreConditions) {
  StudyBuilder study;
  Series free{"A", "free", {recorded(study, {.governor = "performance"})}};
  Series bound{
      "B", "bound", {recorded(study, {.ranks = {{.affinity = "0"}, {.affinity = "1"}}, .governor = "performance"})}};
  EXPECT_EQ(factor_value(free.runs[0], "binding"), "none");
  EXPECT_EQ(factor_value(bound.runs[0], "binding"), "1 core each");
  auto differences = factor_differences({free, bound}, {});
  ASSERT_EQ(differences.size(), 1u);
  EXPECT_EQ(differences[0].name, "binding");
  // A run that was recorded before these were known differs from nothing.
  Series old{"C", "old", {study.runs()[0]}};
  old.runs[0].load = RunLoad{};
  EXPECT_TRUE(factor_differences({old, bound}, {}).empty());
}

}  // namespace
}  // namespace tulkki::test
