// SPDX-License-Identifier: Apache-2.0
// Pairs the calls of two archives rank by rank, so that only one location of each is in memory.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <unordered_map>

#include "storage/trace_calls.h"
#include "viewer/analysis/pairing.h"

namespace tulkki {
namespace {

struct Side {
  std::vector<TraceCall> calls;        // without polling calls
  std::vector<PairableCall> pairable;  // the same
  std::uint64_t polling = 0;
};

Result<Side> read_side(TraceCallReader& reader, const CallLocation& location,
                       const std::function<bool(std::uint64_t)>& go_on) {
  Result<std::vector<TraceCall>> calls = reader.read(location, go_on);
  if (!calls) return calls.error();
  std::vector<bool> polling;
  for (const std::string& name : reader.procedures())
    polling.push_back(is_polling(name));
  Side side;
  for (const TraceCall& call : *calls) {
    if (polling[call.procedure]) {
      ++side.polling;
      continue;
    }
    side.calls.push_back(call);
    side.pairable.push_back({call.key, call.procedure, static_cast<double>(call.duration_ticks) * reader.ns_per_tick(),
                             static_cast<double>(call.start_ticks) * reader.ns_per_tick()});
  }
  return side;
}

// Durations of all pairs of a group; floats hold them to seven digits.
struct Durations {
  std::vector<float> first_ns, second_ns;
  void add(double first, double second) {
    first_ns.push_back(static_cast<float>(first));
    second_ns.push_back(static_cast<float>(second));
  }
};

PairedGroup summarize_group(const std::string& procedure, const std::string& site, const Durations& durations) {
  // A clock that did not move between two readings: less than half of a tick of any clock in use.
  constexpr double kLeast_ns = 0.1;
  PairedGroup group;
  group.procedure = procedure;
  group.site = site;
  group.pairs = durations.first_ns.size();
  std::vector<double> differences, log_ratios;
  for (std::size_t i = 0; i < durations.first_ns.size(); ++i) {
    const double first = durations.first_ns[i], second = durations.second_ns[i];
    group.first_sum_ns += first;
    group.second_sum_ns += second;
    differences.push_back(second - first);
    log_ratios.push_back(std::log(std::max(kLeast_ns, second) / std::max(kLeast_ns, first)));
  }
  std::sort(differences.begin(), differences.end());
  group.median_difference_ns = quantile(differences, 0.5);
  group.q25_difference_ns = quantile(differences, 0.25);
  group.q75_difference_ns = quantile(differences, 0.75);
  group.median_log_ratio = median(std::move(log_ratios));
  return group;
}

int step_of(double duration_ns) {
  return static_cast<int>(std::floor(std::log10(std::max(duration_ns, 1.0)) * kPairStepsOfADecade));
}

PairCounts count_pairs(const Durations& durations) {
  PairCounts counts;
  for (std::size_t i = 0; i < durations.first_ns.size(); ++i) ++counts[{step_of(durations.first_ns[i]), step_of(durations.second_ns[i])}];
  return counts;
}

void sort_by_change(std::vector<PairedGroup>& groups) {
  std::stable_sort(groups.begin(), groups.end(), [](const PairedGroup& left, const PairedGroup& right) {
    return std::abs(left.second_sum_ns - left.first_sum_ns) > std::abs(right.second_sum_ns - right.first_sum_ns);
  });
}

class TracePairing {
 public:
  TracePairing(TraceCallReader first, TraceCallReader second, const Work& work)
      : first_(std::move(first)), second_(std::move(second)), work_(work) {
    for (const TraceCallReader* reader : {&first_, &second_}) {
      for (const CallLocation& location : reader->locations()) all_events_ += location.events;
    }
  }

  Result<PairingResult> run() {
    std::map<std::pair<std::uint32_t, std::uint32_t>, const CallLocation*> partners;
    for (const CallLocation& location : second_.locations())
      partners[{location.rank, location.thread}] = &location;
    for (const CallLocation& location : first_.locations()) {
      const auto partner = partners.find({location.rank, location.thread});
      if (partner == partners.end()) {
        ++result_.ranks_unpaired;
        continue;
      }
      if (const Result<void> done = pair(location, *partner->second); !done) return done.error();
      partners.erase(partner);
    }
    result_.ranks_unpaired += partners.size();
    finish();
    return std::move(result_);
  }

 private:
  Result<void> pair(const CallLocation& first, const CallLocation& second) {
    const auto go_on = [&](std::uint64_t events) { return tell(events, first.rank); };
    const Result<Side> left = read_side(first_, first, go_on);
    if (!left) return left.error();
    done_events_ += first.events;
    const Result<Side> right = read_side(second_, second, go_on);
    if (!right) return right.error();
    done_events_ += second.events;
    result_.first_calls += left->calls.size();
    result_.second_calls += right->calls.size();
    result_.first_polling += left->polling;
    result_.second_polling += right->polling;
    const std::vector<CallPair> pairs =
        align_calls(left->pairable, right->pairable, 4096, [&] { return !work_.is_cancelled(); });
    if (work_.is_cancelled()) return Error{"pairing of rank " + std::to_string(first.rank) + ": " + kWorkCancelled};
    for (const CallPair& pair : pairs) {
      const TraceCall& call = left->calls[pair.first];
      const double first_ns = left->pairable[pair.first].duration_ns,
                   second_ns = right->pairable[pair.second].duration_ns;
      by_procedure_[call.procedure].add(first_ns, second_ns);
      by_site_[{call.procedure, call.site}].add(first_ns, second_ns);
      ++result_.pairs;
    }
    return {};
  }

  // `events` of the location that is being read.
  bool tell(std::uint64_t events, std::uint32_t rank) const {
    const std::uint64_t all = std::max<std::uint64_t>(all_events_, 1);
    return work_.go_on(static_cast<double>(done_events_ + events) / static_cast<double>(all),
                       fmt::format("reading events of rank {}", rank));
  }

  void finish() {
    const std::vector<std::string>&procedures = first_.procedures(), &sites = first_.sites();
    for (const auto& [procedure, durations] : by_procedure_) {
      result_.procedures.push_back(summarize_group(procedures[procedure], "", durations));
      result_.procedures.back().counts = count_pairs(durations);
    }
    for (const auto& [key, durations] : by_site_) {
      if (key.second != 0)
        result_.sites.push_back(summarize_group(procedures[key.first], sites[key.second], durations));
    }
    sort_by_change(result_.procedures);
    sort_by_change(result_.sites);
  }

  TraceCallReader first_, second_;
  const Work& work_;
  std::uint64_t all_events_ = 0, done_events_ = 0;
  std::map<std::uint32_t, Durations> by_procedure_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Durations> by_site_;
  PairingResult result_;
};

}  // namespace

Result<PairingResult> pair_traces(const std::string& first_anchor, const std::string& second_anchor, const Work& work) {
  Result<TraceCallReader> first = TraceCallReader::open(first_anchor);
  if (!first) return first.error();
  Result<TraceCallReader> second = TraceCallReader::open(second_anchor);
  if (!second) return second.error();
  return TracePairing(std::move(*first), std::move(*second), work).run();
}

}  // namespace tulkki
