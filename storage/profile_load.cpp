// SPDX-License-Identifier: Apache-2.0
// Differences of two readings. What was not read stays empty: a zero would be taken for a quiet machine.
#include "storage/profile_load.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <sstream>

#include "storage/profile_launch.h"

namespace tulkki {
namespace {

std::string property(const ProcessLog& log, const char* name) {
  const auto found = log.properties.find(name);
  return found == log.properties.end() ? "" : found->second;
}

// Nothing where a counter runs backwards: a damaged log.
std::optional<std::int64_t> grown(std::uint64_t from, std::uint64_t to) {
  const std::uint64_t difference = to - from;
  if (to < from || difference > std::uint64_t{1} << 62) return std::nullopt;
  return static_cast<std::int64_t>(difference);
}

std::optional<std::int64_t> known(std::uint64_t value) {
  if (value == 0 || value > std::uint64_t{1} << 62) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

std::optional<std::int64_t> processor(const raw::ProcessLoad& load) {
  if (load.ticks == 0 || load.processor < 0) return std::nullopt;
  return load.processor;
}

ProcessLoadRow describe_process(const ProcessLog& log, int rank) {
  const raw::FileHeader& header = log.header;
  const raw::ProcessLoad &start = header.load_start, &latest = header.load_latest;
  ProcessLoadRow row;
  row.rank = rank;
  row.affinity = property(log, "affinity");
  row.processors = count_processors(row.affinity);
  row.processor_start = processor(start);
  row.processor_end = processor(latest);
  row.reading = "none";
  if (start.ticks == 0 || latest.ticks <= start.ticks) return row;
  const bool ended = header.finalize_end_ticks != 0 && latest.ticks >= header.finalize_end_ticks;
  row.reading = ended ? "end" : "latest";
  row.span_ns = std::llround(static_cast<double>(latest.ticks - start.ticks) / ticks_per_ns(header));
  row.user_cpu_ns = grown(start.user_cpu_ns, latest.user_cpu_ns);
  row.system_cpu_ns = grown(start.system_cpu_ns, latest.system_cpu_ns);
  row.voluntary_switches = grown(start.voluntary_switches, latest.voluntary_switches);
  row.involuntary_switches = grown(start.involuntary_switches, latest.involuntary_switches);
  if (start.wait_ns != raw::kLoadUnknown && latest.wait_ns != raw::kLoadUnknown)
    row.wait_ns = grown(start.wait_ns, latest.wait_ns);
  return row;
}

std::optional<double> load_of(const raw::HostLoad& load) {
  if (load.ticks == 0 || !std::isfinite(load.load) || load.load < 0) return std::nullopt;
  return load.load;
}

HostLoadRow describe_host(const ProcessLog& log, int rank) {
  const raw::HostLoad &start = log.header.host_start, &end = log.header.host_end;
  HostLoadRow row;
  row.rank = rank;
  row.host = log.header.host;
  row.processors = start.processors;
  row.threads_per_core = std::max(1L, std::strtol(property(log, "threads_per_core").c_str(), nullptr, 10));
  row.governor = property(log, "governor");
  row.frequency_driver = property(log, "frequency_driver");
  row.load_start = load_of(start);
  row.running_start = known(start.running);
  row.frequency_start_hz = known(start.frequency_hz);
  row.frequency_max_hz = known(start.frequency_max_hz);
  if (end.ticks <= start.ticks) return row;
  row.load_end = load_of(end);
  row.running_end = known(end.running);
  row.frequency_end_hz = known(end.frequency_hz);
  if (start.busy_ns + start.idle_ns == 0) return row;
  row.busy_ns = grown(start.busy_ns, end.busy_ns);
  row.idle_ns = grown(start.idle_ns, end.idle_ns);
  row.stolen_ns = grown(start.stolen_ns, end.stolen_ns);
  return row;
}

}  // namespace

std::optional<std::int64_t> count_processors(const std::string& list) {
  std::istringstream ranges(list);
  std::int64_t count = 0;
  for (std::string range; std::getline(ranges, range, ',');) {
    char* rest = nullptr;
    const long first = std::strtol(range.c_str(), &rest, 10);
    const long last = *rest == '-' ? std::strtol(rest + 1, &rest, 10) : first;
    if (rest == range.c_str() || (*rest != '\0' && *rest != '\n') || last < first || first < 0) return std::nullopt;
    count += last - first + 1;
  }
  if (count == 0) return std::nullopt;
  return count;
}

LaunchLoad describe_load(std::span<const ProcessLog> logs, const std::vector<int>& ranks) {
  LaunchLoad load;
  std::map<std::uint64_t, std::int64_t> on_host;  // processes
  std::map<std::uint64_t, std::size_t> hosts;     // rows; the first process that read a host stands for it
  for (std::size_t index = 0; index < logs.size(); ++index) {
    const raw::FileHeader& header = logs[index].header;
    ++on_host[header.node_id];
    if (header.host_start.ticks == 0 || hosts.contains(header.node_id)) continue;
    hosts[header.node_id] = load.hosts.size();
    load.hosts.push_back(describe_host(logs[index], ranks[index]));
  }
  for (std::size_t index = 0; index < logs.size(); ++index) {
    const auto host = hosts.find(logs[index].header.node_id);
    load.processes.push_back(describe_process(logs[index], ranks[index]));
    load.processes.back().host_rank = host == hosts.end() ? -1 : load.hosts[host->second].rank;
  }
  for (const auto& [node, row] : hosts)
    load.hosts[row].ranks = on_host[node];
  return load;
}

Result<void> write_load(Database& database, std::int64_t run_id, const LaunchLoad& load) {
  Result<Statement> process = database.prepare(
      "INSERT INTO process_load (run_id, rank, host_rank, affinity, processors, processor_start, processor_end, "
      "reading, "
      "span_ns, user_cpu_ns, system_cpu_ns, voluntary_switches, involuntary_switches, wait_ns) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!process) return process.error();
  for (const ProcessLoadRow& row : load.processes) {
    process->bind(run_id, row.rank, row.host_rank, row.affinity, row.processors, row.processor_start, row.processor_end,
                  row.reading, row.span_ns, row.user_cpu_ns, row.system_cpu_ns, row.voluntary_switches,
                  row.involuntary_switches, row.wait_ns);
    if (const Result<void> done = process->run(); !done) return done;
  }
  Result<Statement> host = database.prepare(
      "INSERT INTO host_load (run_id, rank, host, ranks, processors, threads_per_core, governor, frequency_driver, "
      "load_start, load_end, running_start, running_end, frequency_start_hz, frequency_end_hz, frequency_max_hz, "
      "busy_ns, "
      "idle_ns, stolen_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!host) return host.error();
  for (const HostLoadRow& row : load.hosts) {
    host->bind(run_id, row.rank, row.host, row.ranks, row.processors, row.threads_per_core, row.governor,
               row.frequency_driver, row.load_start, row.load_end, row.running_start, row.running_end,
               row.frequency_start_hz, row.frequency_end_hz, row.frequency_max_hz, row.busy_ns, row.idle_ns,
               row.stolen_ns);
    if (const Result<void> done = host->run(); !done) return done;
  }
  return {};
}

}  // namespace tulkki
