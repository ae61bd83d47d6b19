// SPDX-License-Identifier: Apache-2.0
// Two tables: the alltoall workloads with a line for each combination (Time, Transfer, Operations, Memory, IOPS, Mbps), and the
// others with a line for each size and metric. Markdown, so that it can be put into a page as it is.
#include "viewer/cli/bench_table.h"

#include <algorithm>
#include <fmt/core.h>
#include <map>
#include <nlohmann/json.hpp>

#include "viewer/analysis/bench_results.h"
#include "viewer/analysis/statistics.h"
#include "viewer/cli/command.h"
#include "viewer/cli/json_text.h"
#include "viewer/cli/terminal.h"

namespace tulkki {
namespace {

bool is_alltoall(const BenchSeries& series) {
  return series.bytes == 0 && (series.workload == "sync" || series.workload == "async" || series.workload == "mix");
}

// Three significant digits, without an exponent.
std::string number_text(double value) {
  if (value >= 1000) return fmt::format("{:.0f}", value);
  if (value >= 100) return fmt::format("{:.0f}", value);
  if (value >= 10) return fmt::format("{:.1f}", value);
  return value >= 1 ? fmt::format("{:.2f}", value) : fmt::format("{:.3g}", value);
}

// "12.1 (11.9 - 12.4)"; without interval where the launches are too few for one.
std::string summary_text(std::vector<double> values, double scale = 1) {
  for (double& value : values) value *= scale;
  const Summary summary = summarize(std::move(values));
  if (!summary.interval) return number_text(summary.median);
  return fmt::format("{} ({} - {})", number_text(summary.median), number_text(summary.interval->low),
                     number_text(summary.interval->high));
}

std::string transport_text(const BenchSeries& series) {
  return series.transport + (series.transport_verified ? "" : " (not verified)");
}

std::string mode_text(const BenchSeries& series) {
  return series.translated ? "translated from " + series.front : "native";
}

void print_alltoall(const BenchResults& results) {
  // workload, then backend, transport and mode, in the order of the list
  std::map<std::string, std::vector<std::map<std::string, const BenchSeries*>>> tests;
  const BenchSeries* before = nullptr;
  for (const BenchSeries& series : results.series) {
    if (!is_alltoall(series)) continue;
    auto& lines = tests[series.workload];
    const bool same = before != nullptr && before->workload == series.workload && before->backend == series.backend &&
                      before->transport == series.transport && before->front == series.front && before->ranks == series.ranks;
    if (!same) lines.emplace_back();
    lines.back()[series.metric] = &series;
    before = &series;
  }
  if (tests.empty()) return;
  fmt::print("| Test | MPI | Transport | | Ranks | Time, s | Transfer, MB | Operations | Memory, MB | IOPS | Mbps | Launches |\n");
  fmt::print("| --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
  for (const char* test : {"sync", "async", "mix"}) {
    for (const auto& line : tests[test]) {
      const auto cell = [&line](const char* metric, double scale) {
        const auto found = line.find(metric);
        return found == line.end() ? std::string("-") : summary_text(found->second->values, scale);
      };
      const auto exact = [&line](const char* metric, double scale) {
        const auto found = line.find(metric);
        return found == line.end() ? std::string("-") : fmt::format("{:.0f}", median(found->second->values) * scale);
      };
      const BenchSeries& any = *line.begin()->second;
      fmt::print("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", test, any.backend, transport_text(any), mode_text(any),
                 any.ranks, cell("time", 1), exact("transfer", 1e-6), exact("operations", 1), cell("memory", 1e-6), cell("IOPS", 1),
                 cell("throughput", 1), any.values.size());
    }
  }
  fmt::print("\n");
}

void print_others(const BenchResults& results) {
  const auto is_other = [](const BenchSeries& series) { return !is_alltoall(series); };
  if (std::none_of(results.series.begin(), results.series.end(), is_other)) return;
  fmt::print("| Test | Bytes | MPI | Transport | | Ranks | Metric | Median (95 % interval) | Launches |\n");
  fmt::print("| --- | ---: | --- | --- | --- | ---: | --- | ---: | ---: |\n");
  for (const BenchSeries& series : results.series) {
    if (!is_other(series)) continue;
    fmt::print("| {} | {} | {} | {} | {} | {} | {}, {} | {} | {} |\n", series.workload, series.bytes, series.backend, transport_text(series),
               mode_text(series), series.ranks, series.metric, series.unit, summary_text(series.values), series.values.size());
  }
  fmt::print("\n");
}

std::string as_json(const BenchResults& results) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array(), failures = nlohmann::ordered_json::array();
  for (const BenchSeries& series : results.series) {
    const Summary summary = summarize(series.values);
    nlohmann::ordered_json one{{"workload", series.workload}, {"bytes", series.bytes}, {"backend", series.backend},
                               {"transport", series.transport}, {"transport_verified", series.transport_verified},
                               {"front", series.front}, {"translated", series.translated}, {"ranks", series.ranks},
                               {"metric", series.metric}, {"unit", series.unit}, {"median", summary.median}};
    one["interval"] = summary.interval ? nlohmann::ordered_json{summary.interval->low, summary.interval->high} : nlohmann::ordered_json();
    one["values"] = series.values;
    list.push_back(std::move(one));
  }
  for (const BenchFailure& failure : results.failures) {
    nlohmann::ordered_json one{{"factors", nlohmann::ordered_json::parse(failure.factors, nullptr, false)}, {"reason", failure.reason},
                               {"launches", failure.launches}};
    failures.push_back(std::move(one));
  }
  const nlohmann::ordered_json all{{"series", list}, {"failures", failures}, {"warnings", results.load}};
  return json_text(all);
}

}  // namespace

int print_bench_table(const char* command, const std::string& path, const std::string& sweep, bool json) {
  Result<Database> database = Database::open(path);
  if (!database) return failed(command, database.message());
  if (!database->has_table("sweep")) return failed(command, path + " holds no sweep: `tulkki bench` makes one");
  const Result<BenchResults> results = bench_results(*database, sweep);
  if (!results) return failed(command, results.message());
  if (results->series.empty() && results->failures.empty())
    return failed(command, fmt::format("{} has no measurement of a sweep named {}", path, sweep));
  if (json) {
    fmt::print("{}", as_json(*results));
    return 0;
  }
  print_alltoall(*results);
  print_others(*results);
  for (const std::string& sentence : results->load) fmt::print("note: {}\n", printable(sentence));
  for (const BenchFailure& failure : results->failures)
    fmt::print("failed: {} launch{}, {}: {}\n", failure.launches, failure.launches == 1 ? "" : "es", failure.factors, failure.reason);
  return 0;
}

}  // namespace tulkki
