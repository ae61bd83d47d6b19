// SPDX-License-Identifier: Apache-2.0
// What programs printed, as a metric: values, senses, names, verdicts by workload and size, and rows within factors.
#include "viewer/analysis/measurement.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/analysis/study_builder.h"
#include "viewer/analysis/comparison.h"

namespace tulkki::test {
namespace {

using Ids = std::vector<std::int64_t>;

const Quantity kLatency8{"ping", "latency", "us", 8}, kLatency64{"ping", "latency", "us", 64};
const Quantity kRate{"ping", "rate", "1/s", 0}, kTime{"sync", "time", "s", 0};

// Two workloads on two MPIs over two transports: the second MPI is half as fast over tcp and equal over shm.
struct Bench {
  StudyBuilder builder;
  Ids first, second;

  Bench() {
    for (int launch = 0; launch < 6; ++launch) {
      for (const char* transport : {"shm", "tcp"}) {
        for (const char* backend : {"openmpi", "mpich"}) {
          const bool slow = std::string(backend) == "mpich" && std::string(transport) == "tcp";
          const double wobble = 1 + 0.01 * launch + (std::string(backend) == "mpich" ? 0.005 : 0);
          const std::int64_t ping = builder.simple_run(
              {.backend = backend, .transport = transport, .transport_verified = "seen", .arguments = "./bench ping"},
              "MPI_Send", 8, 1, 1000);
          builder.measured(ping, kLatency8, (slow ? 20 : 10) * wobble);
          builder.measured(ping, kLatency64, (slow ? 40 : 20) * wobble);
          builder.measured(ping, kRate, 1e6 / wobble / (slow ? 2 : 1));
          const std::int64_t sync = builder.simple_run(
              {.backend = backend, .transport = transport, .transport_verified = "seen", .arguments = "./bench sync"},
              "MPI_Alltoall", 8, 1, 1000);
          builder.measured(sync, kTime, (slow ? 2 : 1) * wobble);
          Ids& ids = std::string(backend) == "mpich" ? second : first;
          ids.insert(ids.end(), {ping, sync});
        }
      }
    }
  }
  Comparison compared(ComparisonOptions options, const std::vector<std::string>& under_test = {"backend"}) {
    options.metrics = {Metric::measurement};
    Result<Comparison> result = compare(builder.series({first, second}), under_test, options);
    EXPECT_TRUE(result) << result.message();
    return std::move(*result);
  }
};

const ComparedRow* find(const Comparison& comparison, const Quantity& quantity, const std::string& within = "") {
  for (const ComparedRow& row : comparison.rows) {
    if (row.subject.quantity == quantity && row.within == within) return &row;
  }
  return nullptr;
}

TEST(Measurement, AreReadOnceForEachQuantityAndTheLastCounts) {
  StudyBuilder builder;
  const std::int64_t id = builder.simple_run({}, "MPI_Send", 8, 1, 1000);
  builder.measured(id, kLatency8, 3);
  builder.measured(id, kRate, 7);
  builder.measured(id, kLatency8, 4);
  const std::vector<SeriesProfile> series = builder.series({{id}});
  EXPECT_EQ(series[0].launches[0].measurements, (Measurements{{kLatency8, 4}, {kRate, 7}}));
  EXPECT_EQ(observations(series[0], Metric::measurement, {.procedure = {}, .quantity = kLatency8}), std::vector<double>{4});
  EXPECT_TRUE(observations(series[0], Metric::measurement, {.procedure = {}, .quantity = kTime}).empty());
  EXPECT_EQ(quantities(series), (std::vector<Quantity>{kLatency8, kRate}));
  EXPECT_EQ(quantities(series, {{"rate"}, {}, {}}), std::vector<Quantity>{kRate});
  EXPECT_EQ(quantities(series, {{}, {"ping"}, {8}}), std::vector<Quantity>{kLatency8});
}

TEST(Measurement, AFileOfTheFirstSchemaHasNone) {
  StudyBuilder builder;
  const std::int64_t id = builder.simple_run({}, "MPI_Send", 8, 1, 1000);
  ASSERT_TRUE(builder.database().execute("DROP TABLE measurement"));
  EXPECT_TRUE(builder.series({{id}})[0].launches[0].measurements.empty());
}

TEST(Measurement, WhatIsBetterFollowsFromTheUnit) {
  const auto sense = [](const char* name, const char* unit) { return sense_of({"w", name, unit, 0}); };
  for (const char* unit : {"s", "us", "ns", "ms", "s/step"}) EXPECT_EQ(sense("x", unit), Sense::lower_is_better) << unit;
  for (const char* unit : {"MB/s", "Mbit/s", "1/s", "Matom-step/s", "ns/day", "GFLOPS"})
    EXPECT_EQ(sense("x", unit), Sense::higher_is_better) << unit;
  EXPECT_EQ(sense("memory", "B"), Sense::lower_is_better);
  for (const char* unit : {"B", "1", "", "K", "m/kg"}) EXPECT_EQ(sense("transfer", unit), Sense::neutral) << unit;
}

TEST(Measurement, NamesOfMetricsAreThoseOfTheRecorder) {
  EXPECT_EQ(metric_choice("latency").metric, Metric::latency);
  EXPECT_EQ(metric_choice("measurement").metric, Metric::measurement);
  EXPECT_EQ(metric_choice("measurement").quantity, "");
  for (const char* name : {"measured:latency", "IOPS", "loop time"}) EXPECT_EQ(metric_choice(name).metric, Metric::measurement) << name;
  EXPECT_EQ(metric_choice("measured:latency").quantity, "latency");
  EXPECT_EQ(metric_choice("loop time").quantity, "loop time");
  EXPECT_EQ(metric_name(Metric::measurement, {.procedure = {}, .quantity = kLatency8}), "measured:latency");
  EXPECT_EQ(metric_unit(Metric::measurement, {.procedure = {}, .quantity = kLatency8}), "us");
}

TEST(Measurement, ComparedByWorkloadAndSize) {
  Bench bench;
  const Comparison comparison = bench.compared({});
  ASSERT_EQ(comparison.rows.size(), 4u);
  EXPECT_EQ(find(comparison, kLatency8)->series[0].summary.count, 12u);
  // Launches of the other workload are in no row of this one: no reason to warn of their arguments, but of transports.
  const auto warned = [&](const std::string& text) {
    return std::any_of(comparison.warnings.begin(), comparison.warnings.end(),
                       [&](const std::string& warning) { return warning.find(text) != std::string::npos; });
  };
  EXPECT_FALSE(warned("arguments"));
  EXPECT_TRUE(warned("differ in transport"));
  EXPECT_EQ(bench.compared({.quantities = {{"latency"}, {}, {64}}}).rows.size(), 1u);
}

TEST(Measurement, WithinAFactorEveryValueHasItsOwnVerdict) {
  Bench bench;
  const Comparison comparison = bench.compared({.within = {"transport"}, .quantities = {{"latency", "rate", "time"}, {}, {}}});
  ASSERT_EQ(comparison.rows.size(), 8u);
  EXPECT_EQ(comparison.tests, 8u);
  EXPECT_EQ(find(comparison, kRate, "tcp")->contrasts[1].verdict, Verdict::slower);  // less, and more is better
  for (const Quantity& quantity : {kLatency8, kLatency64, kTime}) {
    EXPECT_EQ(find(comparison, quantity, "shm")->contrasts[1].verdict, Verdict::not_shown);
    EXPECT_EQ(find(comparison, quantity, "tcp")->contrasts[1].verdict, Verdict::slower);
    EXPECT_NEAR(*find(comparison, quantity, "tcp")->contrasts[1].ratio, 2.01, 0.02);
    EXPECT_EQ(find(comparison, quantity, "tcp")->series[1].summary.count, 6u);
  }
  EXPECT_TRUE(comparison.warnings.empty()) << comparison.warnings.front();
}

TEST(Measurement, WithinAppliesToRecordedMetricsToo) {
  Bench bench;
  ComparisonOptions options{.metrics = {Metric::wall_time}, .within = {"transport"}};
  const Result<Comparison> comparison = compare(bench.builder.series({bench.first, bench.second}), {"backend"}, options);
  ASSERT_TRUE(comparison);
  ASSERT_EQ(comparison->rows.size(), 2u);
  EXPECT_EQ(comparison->rows[0].within, "shm");
  EXPECT_EQ(comparison->rows[0].series[0].summary.count, 12u);
  ASSERT_FALSE(comparison->warnings.empty());
  EXPECT_NE(comparison->warnings[0].find("differ in arguments"), std::string::npos);
}

TEST(Measurement, ASeriesWithoutLaunchesThereIsAbsent) {
  Bench bench;
  Ids only_tcp;
  for (const RunInfo& run : bench.builder.runs()) {
    if (run.backend == "mpich" && run.transport == "tcp") only_tcp.push_back(run.run_id);
  }
  bench.second = only_tcp;
  const Comparison comparison = bench.compared({.within = {"transport"}});
  EXPECT_EQ(find(comparison, kTime, "shm")->contrasts[1].verdict, Verdict::absent);
  EXPECT_EQ(find(comparison, kTime, "tcp")->contrasts[1].verdict, Verdict::slower);
}

TEST(Measurement, WhatNobodyMeasuredIsAnErrorThatSaysWhatThereIs) {
  Bench bench;
  const std::vector<SeriesProfile> series = bench.builder.series({bench.first, bench.second});
  const Result<Comparison> wrong =
      compare(series, {}, {.metrics = {Metric::measurement}, .quantities = {{"energy"}, {}, {}}});
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.message().find("no launch measured energy; there are measurements of latency of ping, rate of ping, time of sync"),
            std::string::npos)
      << wrong.message();
  StudyBuilder plain;
  const std::int64_t one = plain.simple_run({}, "MPI_Send", 8, 1, 1000), two = plain.simple_run({}, "MPI_Send", 8, 1, 1000);
  const Result<Comparison> none = compare(plain.series({{one}, {two}}), {}, {.metrics = {Metric::measurement}});
  ASSERT_FALSE(none);
  EXPECT_NE(none.message().find("printed no measurements"), std::string::npos);
}

TEST(Measurement, CurveOverSizes) {
  Bench bench;
  const std::vector<SeriesProfile> series = bench.builder.series({bench.first});
  const std::vector<CurvePoint> points = curve(series[0], kLatency8);
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[0].bytes, 8);
  EXPECT_EQ(points[1].bytes, 64);
  EXPECT_NEAR(points[1].value.median, 20.5, 1e-9);
}

}  // namespace
}  // namespace tulkki::test
