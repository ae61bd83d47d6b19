// SPDX-License-Identifier: Apache-2.0
// From the sums of a launch to one number; the definitions are repeated in docs/statistics.md.
#include "viewer/analysis/metrics.h"

#include <algorithm>
#include <array>

#include "viewer/analysis/profile_queries.h"

namespace tulkki {
namespace {

constexpr std::array kMetrics{
    MetricInfo{Metric::wall_time, "wall_time", "wall time", "ns", Sense::lower_is_better, true, false},
    MetricInfo{Metric::mpi_time, "mpi_time", "time in MPI", "ns", Sense::lower_is_better, true, false},
    MetricInfo{Metric::compute_time, "compute_time", "time outside MPI", "ns", Sense::lower_is_better, true, false},
    MetricInfo{Metric::peak_memory, "peak_memory", "peak memory", "bytes", Sense::lower_is_better, true, false},
    MetricInfo{Metric::time, "time", "time", "ns", Sense::lower_is_better, false, true},
    MetricInfo{Metric::calls, "calls", "calls", "1", Sense::neutral, true, true},
    MetricInfo{Metric::bytes, "bytes", "bytes", "bytes", Sense::neutral, true, true},
    MetricInfo{Metric::throughput, "throughput", "throughput", "bytes/s", Sense::higher_is_better, true, true},
    MetricInfo{Metric::call_time, "call_time", "mean call", "ns", Sense::lower_is_better, false, true},
    MetricInfo{Metric::latency, "latency", "median call", "ns", Sense::lower_is_better, false, true},
    MetricInfo{Metric::tail_latency, "tail_latency", "p99 call", "ns", Sense::lower_is_better, false, true},
    MetricInfo{Metric::iops, "iops", "operations/s", "1/s", Sense::higher_is_better, true, true},
    MetricInfo{Metric::measurement, "measurement", "measured by the program", "", Sense::neutral, false, false},
};

// Error of a percentile from histograms, docs/formats.md.
constexpr double kBucketError = 0.024;

using Value = std::optional<double>;

Value quotient(double numerator, double denominator) {
  if (!(denominator > 0)) return std::nullopt;
  return numerator / denominator;
}

double processes(const LaunchProfile& launch) {
  return static_cast<double>(std::max<std::int64_t>(1, launch.processes));
}

const CallTotals* totals_of(const LaunchProfile& launch, const Subject& subject) {
  const auto procedure = launch.procedures.find(subject.procedure);
  if (procedure == launch.procedures.end()) return nullptr;
  if (!subject.size_class) return &procedure->second.all;
  const auto size = procedure->second.by_size.find(*subject.size_class);
  return size == procedure->second.by_size.end() ? nullptr : &size->second;
}

Value run_value(const LaunchProfile& launch, Metric metric) {
  const double wall_ns = static_cast<double>(launch.run.wall_ns);
  std::int64_t bytes = 0;
  for (const auto& [name, procedure] : launch.procedures)
    bytes += procedure.all.bytes();
  switch (metric) {
    case Metric::wall_time:
      return wall_ns > 0 ? Value(wall_ns) : std::nullopt;
    case Metric::mpi_time:
      return quotient(launch.mpi_sum_ns, static_cast<double>(launch.processes));
    case Metric::compute_time:
      return quotient(launch.wall_sum_ns - launch.mpi_sum_ns, static_cast<double>(launch.processes));
    case Metric::peak_memory:
      return static_cast<double>(launch.peak_memory_bytes);
    case Metric::calls:
      return static_cast<double>(launch.calls);
    case Metric::bytes:
      return static_cast<double>(bytes);
    case Metric::throughput:
      return bytes > 0 ? quotient(static_cast<double>(bytes) * 1e9, wall_ns) : std::nullopt;
    case Metric::iops:
      return quotient(static_cast<double>(launch.calls) * 1e9, wall_ns);
    default:
      return std::nullopt;
  }
}

Value procedure_value(const LaunchProfile& launch, Metric metric, const std::string& name, const CallTotals& totals) {
  const double calls = static_cast<double>(totals.calls), bytes = static_cast<double>(totals.bytes());
  switch (metric) {
    case Metric::bytes:
      return bytes;
    case Metric::throughput:
      return bytes > 0 && has_rate(name) ? quotient(bytes * 1e9, totals.time_ns) : std::nullopt;
    default:
      break;
  }
  // Rows without calls hold bytes that other calls received: no time was spent in them.
  if (totals.calls == 0) return std::nullopt;
  switch (metric) {
    case Metric::time:
      return totals.time_ns / processes(launch);
    case Metric::calls:
      return calls;
    case Metric::call_time:
      return totals.time_ns / calls;
    case Metric::latency:
      return totals.durations.empty() ? std::nullopt : Value(totals.quantile_ns(0.5));
    case Metric::tail_latency:
      return totals.durations.empty() ? std::nullopt : Value(totals.quantile_ns(0.99));
    case Metric::iops:
      return has_rate(name) ? quotient(calls * 1e9, totals.time_ns) : std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::span<const MetricInfo> metric_infos() { return std::span(kMetrics).first<kMetrics.size() - 1>(); }

const MetricInfo& metric_info(Metric metric) {
  return *std::find_if(kMetrics.begin(), kMetrics.end(), [&](const MetricInfo& info) { return info.metric == metric; });
}

std::optional<Metric> metric_named(std::string_view name) {
  for (const MetricInfo& info : metric_infos()) {
    if (info.name == name) return info.metric;
  }
  return std::nullopt;
}

std::string metric_name(Metric metric, const Subject& subject) {
  return subject.quantity ? "measured:" + subject.quantity->name : std::string(metric_info(metric).name);
}

std::string metric_unit(Metric metric, const Subject& subject) {
  return subject.quantity ? subject.quantity->unit : std::string(metric_info(metric).unit);
}

Sense metric_sense(Metric metric, const Subject& subject) {
  return subject.quantity ? sense_of(*subject.quantity) : metric_info(metric).sense;
}

std::optional<double> metric_value(const LaunchProfile& launch, Metric metric, const Subject& subject) {
  if (subject.quantity) {
    const auto measured = launch.measurements.find(*subject.quantity);
    return measured == launch.measurements.end() ? std::nullopt : Value(measured->second);
  }
  if (subject.procedure.empty()) return run_value(launch, metric);
  const CallTotals* totals = totals_of(launch, subject);
  if (totals == nullptr) return std::nullopt;
  return procedure_value(launch, metric, subject.procedure, *totals);
}

double recorder_band(const LaunchProfile& launch, Metric metric, const Subject& subject) {
  // How many calls lie in a number that the program made is not known.
  if (subject.quantity) return 0;
  const double per_call = launch.run.own_cost_ns + launch.run.clock_resolution_ns;
  const double value = metric_value(launch, metric, subject).value_or(0);
  if (subject.procedure.empty()) {
    // The rank with most calls is delayed most.
    const double delay_ns = per_call * static_cast<double>(launch.most_calls);
    switch (metric) {
      case Metric::wall_time:
        return delay_ns;
      case Metric::mpi_time:
      case Metric::compute_time:
        return per_call * static_cast<double>(launch.calls) / processes(launch);
      case Metric::throughput:
      case Metric::iops:
        return launch.run.wall_ns > 0 ? value * delay_ns / static_cast<double>(launch.run.wall_ns) : 0;
      default:
        return 0;
    }
  }
  const CallTotals* totals = totals_of(launch, subject);
  if (totals == nullptr || totals->calls == 0) return 0;
  const double delay_ns = per_call * static_cast<double>(totals->calls);
  switch (metric) {
    case Metric::time:
      return delay_ns / processes(launch);
    case Metric::call_time:
      return per_call;
    case Metric::latency:
    case Metric::tail_latency:
      return per_call + kBucketError * value;
    case Metric::throughput:
    case Metric::iops:
      return totals->time_ns > 0 ? value * delay_ns / totals->time_ns : 0;
    default:
      return 0;
  }
}

}  // namespace tulkki
