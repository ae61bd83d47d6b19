// SPDX-License-Identifier: Apache-2.0
// The thresholds and the sentences. A quiet run passes all of them with room to spare: MPI polls, so a rank uses its
// processor all the time; where ranks yield, they switch often but do not wait.
#include "viewer/analysis/load_findings.h"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <array>
#include <optional>

#include "viewer/analysis/statistics.h"

namespace tulkki {
namespace {

constexpr double kWaitShare = 0.05, kWaitNs = 50e6;         // of the rank that waited most
constexpr double kLowCpuShare = 0.9, kTakenPerSecond = 50;  // where the kernel does not tell of waiting
constexpr double kStolenShare = 0.02, kStolenNs = 50e6;     // the kernel counts in steps of 10 ms
constexpr double kOtherShare = 0.1, kOtherNs = 200e6;
constexpr double kLoadFactor = 1.5;

std::string seconds(double ns) {
  return ns < 1e9 ? fmt::format("{:.0f} ms", ns / 1e6) : fmt::format("{:.3g} s", ns / 1e9);
}

std::string percent(double share) { return fmt::format("{:.2g} %", share * 100); }

std::string count_of(std::int64_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

void add_waiting(const RunLoad& load, std::vector<LoadFinding>& findings) {
  if (load.span_ns <= 0) return;
  const double ranks = static_cast<double>(std::max<std::int64_t>(1, load.processes));
  const std::string used =
      fmt::format("CPU time {} of {} per rank", seconds(load.cpu_ns / ranks), seconds(load.span_ns / ranks));
  if (load.without_wait == 0) {
    if (load.worst_wait_share() < kWaitShare || load.worst_wait_ns < kWaitNs) return;
    // One late rank makes all wait: it is named where the others had their processors.
    const bool all = load.wait_share() >= kWaitShare;
    findings.push_back({LoadReason::waited, load.worst_wait_share(),
                        all ? fmt::format("{}: the ranks waited {} ({}) for a processor", used,
                                          seconds(load.wait_ns / ranks), percent(load.wait_share()))
                            : fmt::format("rank {} waited {} of {} for a processor", load.worst_rank,
                                          seconds(load.worst_wait_ns), seconds(load.worst_span_ns))});
    return;
  }
  const double taken = static_cast<double>(load.involuntary_switches);
  if (load.cpu_share() >= kLowCpuShare || taken * 1e9 < kTakenPerSecond * load.cpu_ns || taken < kTakenPerSecond)
    return;
  findings.push_back(
      {LoadReason::waited, 1 - load.cpu_share(),
       fmt::format("{}, and the kernel took the processor from the ranks {} times: they shared it with others", used,
                   load.involuntary_switches)});
}

// "ranks 0, 1 were bound to the same processor (3)", "4 ranks shared 2 processors", "4 ranks shared 2 cores (2 hardware
// threads each)"
std::string shared_text(const HostLoad& host, const RankSet& set) {
  const bool cores = set.count <= set.processors;  // a processor for each, but not a core
  const std::int64_t places =
      cores ? std::max<std::int64_t>(1, set.processors / host.threads_per_core) : set.processors;
  const std::string place = count_of(places, cores ? "core" : "processor");
  if (set.processors == host.processors)
    return fmt::format("{} shared {}{}", count_of(set.count, "rank"), place,
                       cores ? fmt::format(" ({} hardware threads each)", host.threads_per_core) : "");
  const std::string who =
      set.count <= 4 ? fmt::format("ranks {}", fmt::join(set.first_ranks, ", ")) : count_of(set.count, "rank");
  return fmt::format("{} were bound to the same {} ({})", who, places == 1 ? place.substr(2) : place, set.affinity);
}

void add_host(const HostLoad& host, const std::string& where, std::vector<LoadFinding>& findings) {
  if (host.crowded)
    findings.push_back(
        {LoadReason::shared, host.ranks_per_core(*host.crowded), shared_text(host, *host.crowded) + where});
  if (const auto share = host.stolen_share(); share && *share >= kStolenShare && *host.stolen_ns >= kStolenNs) {
    findings.push_back(
        {LoadReason::stolen, *share,
         fmt::format("the hypervisor took {} of the processor time for other guests{}", percent(*share), where)});
  }
  if (const auto others = host.other_processors()) {
    const bool much = *others >= kOtherShare * static_cast<double>(host.processors);
    if (much && *host.busy_ns - host.ranks_cpu_ns >= kOtherNs) {
      findings.push_back({LoadReason::others, *others / static_cast<double>(host.processors),
                          fmt::format("other programs kept {:.2g} of {} busy{}", *others,
                                      count_of(host.processors, "processor"), where)});
    }
  }
  const double places = static_cast<double>(std::max(host.processors, host.ranks));
  if (host.load_start && *host.load_start > kLoadFactor * places) {
    findings.push_back({LoadReason::load_before, *host.load_start / places,
                        fmt::format("load {:.1f} on {} before the run began{}", *host.load_start,
                                    count_of(host.processors, "processor"), where)});
  }
  // These drivers call "powersave" what follows the load; with others it is the lowest frequency there is.
  const std::array adaptive{"intel_pstate", "amd-pstate-epp", "amd_pstate_epp"};
  if (host.governor == "powersave" &&
      std::find(adaptive.begin(), adaptive.end(), host.frequency_driver) == adaptive.end()) {
    std::string frequency;
    if (host.frequency_end_hz && host.frequency_max_hz)
      frequency = fmt::format(" ({:.1f} of {:.1f} GHz)", static_cast<double>(*host.frequency_end_hz) / 1e9,
                              static_cast<double>(*host.frequency_max_hz) / 1e9);
    findings.push_back({LoadReason::governor, 1,
                        fmt::format("frequency governor powersave: the lowest frequency{}{}", frequency, where)});
  }
}

// What is measured also in quiet runs, so that series can be told apart by it.
struct Condition {
  const char* text;
  double threshold;
  std::optional<double> (*share)(const RunLoad& load);
};

std::optional<double> greatest(const RunLoad& load, std::optional<double> (*of_host)(const HostLoad& host)) {
  std::optional<double> most;
  for (const HostLoad& host : load.hosts)
    if (const auto share = of_host(host); share && (!most || *share > *most)) most = share;
  return most;
}

const std::array kConditions{
    Condition{"time that ranks waited for a processor", kWaitShare,
              [](const RunLoad& load) {
                return load.span_ns > 0 && load.without_wait == 0 ? std::optional(load.wait_share()) : std::nullopt;
              }},
    Condition{
        "processor time taken by the hypervisor", kStolenShare,
        [](const RunLoad& load) { return greatest(load, [](const HostLoad& host) { return host.stolen_share(); }); }},
    Condition{"processor time of other programs", kOtherShare, [](const RunLoad& load) {
                return greatest(load, [](const HostLoad& host) {
                  auto others = host.other_processors();
                  if (others) *others /= static_cast<double>(host.processors);
                  return others;
                });
              }}};

void add_differences(const std::vector<Series>& series, std::vector<std::string>& sentences) {
  for (const Condition& condition : kConditions) {
    std::string text;
    double least = 1, most = 0;
    for (const Series& one : series) {
      std::vector<double> shares;
      for (const RunInfo& run : one.runs)
        if (const auto share = condition.share(run.load)) shares.push_back(*share);
      if (shares.empty()) continue;
      const double middle = median(shares);
      least = std::min(least, middle);
      most = std::max(most, middle);
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", one.key.empty() ? one.name : one.key, percent(middle));
    }
    if (most - least >= condition.threshold)
      sentences.push_back(fmt::format("the load differs: {} {}", condition.text, text));
  }
}

}  // namespace

std::vector<LoadFinding> load_findings(const RunLoad& load) {
  std::vector<LoadFinding> findings;
  add_waiting(load, findings);
  for (const HostLoad& host : load.hosts)
    add_host(host, load.hosts.size() > 1 ? " on " + host.host : "", findings);
  // Of many hosts the worst stands for all.
  std::stable_sort(findings.begin(), findings.end(), [](const LoadFinding& left, const LoadFinding& right) {
    return left.reason != right.reason ? left.reason < right.reason : left.size > right.size;
  });
  std::vector<LoadFinding> worst;
  for (LoadFinding& finding : findings)
    if (worst.empty() || worst.back().reason != finding.reason) worst.push_back(std::move(finding));
  return worst;
}

std::vector<std::string> load_sentences(const RunLoad& load) {
  std::vector<std::string> sentences;
  for (LoadFinding& finding : load_findings(load))
    sentences.push_back(std::move(finding.sentence));
  if (load.without_end > 0)
    sentences.push_back(
        fmt::format("{} of {} did not reach the end of MPI_Finalize: their load at the end is not known",
                    load.without_end, count_of(load.processes, "rank")));
  return sentences;
}

std::vector<std::string> load_sentences(const std::vector<RunInfo>& runs) {
  struct Worst {
    LoadFinding finding;
    std::int64_t run_id, launches;
  };
  std::map<LoadReason, Worst> by_reason;
  for (const RunInfo& run : runs) {
    for (LoadFinding& finding : load_findings(run.load)) {
      const auto [entry, is_new] = by_reason.try_emplace(finding.reason, Worst{finding, run.run_id, 0});
      ++entry->second.launches;
      if (finding.size > entry->second.finding.size) {
        entry->second.finding = std::move(finding);
        entry->second.run_id = run.run_id;
      }
    }
  }
  std::vector<std::string> sentences;
  for (const auto& [reason, worst] : by_reason) {
    sentences.push_back(runs.size() == 1
                            ? worst.finding.sentence
                            : fmt::format("{} of {} launches, {}run {}: {}", worst.launches, runs.size(),
                                          worst.launches > 1 ? "most in " : "", worst.run_id, worst.finding.sentence));
  }
  return sentences;
}

std::vector<std::string> load_sentences(const std::vector<Series>& series) {
  std::vector<std::string> sentences;
  for (const Series& one : series)
    for (const std::string& sentence : load_sentences(one.runs))
      sentences.push_back(fmt::format("{}: {}", one.key.empty() ? one.name : one.key, sentence));
  add_differences(series, sentences);
  return sentences;
}

}  // namespace tulkki
