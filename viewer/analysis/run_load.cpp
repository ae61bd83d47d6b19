// SPDX-License-Identifier: Apache-2.0
// One pass over each of the tables host_load and process_load.
#include "viewer/analysis/run_load.h"

#include <fmt/core.h>
#include <algorithm>
#include <utility>

namespace tulkki {
namespace {

std::optional<double> real(const Statement& query, int column) {
  if (query.is_null(column)) return std::nullopt;
  return query.real(column);
}

std::optional<std::int64_t> integer(const Statement& query, int column) {
  if (query.is_null(column)) return std::nullopt;
  return query.integer(column);
}

// What is known of a host only while its ranks are read, by run and the rank that read the host.
struct HostRanks {
  std::size_t place = 0;                // in the run's list
  std::map<std::string, RankSet> sets;  // by affinity
};
using HostsRanks = std::map<std::pair<std::int64_t, std::int64_t>, HostRanks>;

Result<HostsRanks> read_hosts(Database& database, std::map<std::int64_t, RunLoad>& loads) {
  Result<Statement> query = database.prepare(
      "SELECT run_id, rank, host, ranks, processors, threads_per_core, governor, frequency_driver, load_start, "
      "load_end, "
      "frequency_end_hz, frequency_max_hz, busy_ns, idle_ns, stolen_ns FROM host_load ORDER BY run_id, rank");
  if (!query) return query.error();
  HostsRanks all;
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) return all;
    std::vector<HostLoad>& hosts = loads[query->integer(0)].hosts;
    all[{query->integer(0), query->integer(1)}].place = hosts.size();
    HostLoad host;
    host.host = query->text(2);
    host.ranks = query->integer(3);
    host.processors = query->integer(4);
    host.threads_per_core = std::max<std::int64_t>(1, query->integer(5));
    host.governor = query->text(6);
    host.frequency_driver = query->text(7);
    host.load_start = real(*query, 8);
    host.load_end = real(*query, 9);
    host.frequency_end_hz = integer(*query, 10);
    host.frequency_max_hz = integer(*query, 11);
    host.busy_ns = real(*query, 12);
    host.idle_ns = real(*query, 13);
    host.stolen_ns = real(*query, 14);
    hosts.push_back(std::move(host));
  }
}

// Columns of the query below.
enum Column {
  kRun,
  kRank,
  kHostRank,
  kAffinity,
  kProcessors,
  kReading,
  kSpan,
  kCpu,
  kVoluntary,
  kInvoluntary,
  kWait,
  kLifeCpu
};

void add_process(const Statement& query, RunLoad& load, HostRanks* ranks) {
  ++load.processes;
  const bool ended = query.text(kReading) == "end";
  if (!ended) ++load.without_end;
  if (ranks != nullptr) {
    HostLoad& host = load.hosts[ranks->place];
    host.complete = host.complete && ended && !query.is_null(kLifeCpu);
    host.ranks_cpu_ns += query.real(kLifeCpu);
    RankSet& set = ranks->sets[query.text(kAffinity)];
    set.affinity = query.text(kAffinity);
    set.processors = query.integer(kProcessors);
    if (++set.count <= 4) set.first_ranks.push_back(query.integer(kRank));
  }
  if (query.is_null(kSpan)) return;
  const double span_ns = query.real(kSpan), wait_ns = query.real(kWait);
  load.span_ns += span_ns;
  load.cpu_ns += query.real(kCpu);
  load.voluntary_switches += query.integer(kVoluntary);
  load.involuntary_switches += query.integer(kInvoluntary);
  if (query.is_null(kWait)) {
    ++load.without_wait;
    return;
  }
  load.wait_ns += wait_ns;
  if (load.worst_rank >= 0 && wait_ns * load.worst_span_ns <= load.worst_wait_ns * span_ns) return;
  load.worst_rank = query.integer(kRank);
  load.worst_wait_ns = wait_ns;
  load.worst_span_ns = span_ns;
}

Result<void> read_processes(Database& database, HostsRanks& hosts, std::map<std::int64_t, RunLoad>& loads) {
  Result<Statement> query = database.prepare(
      "SELECT run_id, rank, host_rank, affinity, COALESCE(processors, 0), reading, span_ns, "
      "process_load.user_cpu_ns + process_load.system_cpu_ns, voluntary_switches, involuntary_switches, wait_ns, "
      "process.user_cpu_ns + process.system_cpu_ns "
      "FROM process_load LEFT JOIN process USING (run_id, rank) ORDER BY run_id, rank");
  if (!query) return query.error();
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) return {};
    RunLoad& load = loads[query->integer(kRun)];
    const auto host = hosts.find({query->integer(kRun), query->integer(kHostRank)});
    add_process(*query, load, host == hosts.end() ? nullptr : &host->second);
  }
}

std::string binding_text(std::int64_t processors, std::int64_t threads_per_core) {
  const bool cores = processors % threads_per_core == 0;
  const std::int64_t count = cores ? processors / threads_per_core : processors;
  return fmt::format("{} {}{} each", count, cores ? "core" : "processor", count == 1 ? "" : "s");
}

// Takes what stays of the ranks of a host: the most crowded set, and how they are bound.
void judge_sets(RunLoad& load, const HostRanks& ranks) {
  HostLoad& host = load.hosts[ranks.place];
  for (const auto& [affinity, set] : ranks.sets) {
    // Processors of the whole host are no bond. One core of a host that has no more is one, but nobody could tell.
    const std::string text = set.processors == 0                 ? "unknown"
                             : set.processors == host.processors ? "none"
                                                                 : binding_text(set.processors, host.threads_per_core);
    load.binding = load.binding.empty() || load.binding == text ? text : "mixed";
    if (set.processors == 0 || set.count < 2 || host.ranks_per_core(set) <= 1) continue;
    if (!host.crowded || host.ranks_per_core(set) > host.ranks_per_core(*host.crowded)) host.crowded = set;
  }
}

std::string governor_of(const RunLoad& load) {
  std::string governor;
  for (const HostLoad& host : load.hosts) {
    if (!governor.empty() && host.governor != governor) return "mixed";
    governor = host.governor;
  }
  return governor;
}

}  // namespace

double HostLoad::ranks_per_core(const RankSet& set) const {
  const double cores = static_cast<double>(set.processors) / static_cast<double>(threads_per_core);
  return static_cast<double>(set.count) / std::max(1.0, cores);
}

std::optional<double> HostLoad::other_processors() const {
  if (!complete || !busy_ns || !idle_ns || !stolen_ns || processors == 0) return std::nullopt;
  const double whole_ns = *busy_ns + *idle_ns + *stolen_ns;
  if (whole_ns <= 0) return std::nullopt;
  return std::max(0.0, *busy_ns - ranks_cpu_ns) / whole_ns * static_cast<double>(processors);
}

std::optional<double> HostLoad::stolen_share() const {
  if (!busy_ns || !stolen_ns || *busy_ns + *stolen_ns <= 0) return std::nullopt;
  return *stolen_ns / (*busy_ns + *stolen_ns);
}

Result<std::map<std::int64_t, RunLoad>> read_loads(Database& database) {
  std::map<std::int64_t, RunLoad> loads;
  if (!database.has_table("process_load")) return loads;
  Result<HostsRanks> hosts = read_hosts(database, loads);
  if (!hosts) return hosts.error();
  if (const Result<void> read = read_processes(database, *hosts, loads); !read) return read.error();
  for (const auto& [reader, ranks] : *hosts)
    judge_sets(loads[reader.first], ranks);
  for (auto& [run_id, load] : loads) {
    if (load.binding == "unknown") load.binding.clear();
    load.governor = governor_of(load);
  }
  return loads;
}

}  // namespace tulkki
