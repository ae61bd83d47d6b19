// SPDX-License-Identifier: Apache-2.0
// Facts about a launch. Times of processes that share a node are compared in ticks of their common clock; only
// different nodes are brought together by the time of day.
#include "storage/profile_launch.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <limits>

#include "storage/command_line.h"
#include "storage/event_decoder.h"
#include "storage/profile_members.h"

namespace tulkki {
namespace {

const char* abi_name(raw::Abi abi) {
  switch (abi) {
    case raw::Abi::openmpi:
      return "openmpi";
    case raw::Abi::mpich:
      return "mpich";
    case raw::Abi::standard:
      return "abi";
    case raw::Abi::unknown:
      break;
  }
  return "unknown";
}

const char* thread_level_name(std::uint32_t level) {
  constexpr const char* kNames[] = {"single", "funneled", "serialized", "multiple"};
  return level < 4 ? kNames[level] : "unknown";
}

// The time of day by one common reading for each node.
class NodeClocks {
 public:
  explicit NodeClocks(std::span<const ProcessLog> logs) {
    for (const ProcessLog& log : logs) {
      anchors_.try_emplace(log.header.node_id,
                           Anchor{log.header.start_ticks, log.header.start_realtime_ns, ticks_per_ns(log.header)});
    }
  }
  std::int64_t realtime_ns(const ProcessLog& log, std::uint64_t ticks) const {
    const Anchor& anchor = anchors_.at(log.header.node_id);
    const auto difference = static_cast<double>(static_cast<std::int64_t>(ticks - anchor.ticks));
    return anchor.realtime_ns + std::llround(difference / anchor.ticks_per_ns);
  }
  int nodes() const { return static_cast<int>(anchors_.size()); }

 private:
  struct Anchor {
    std::uint64_t ticks;
    std::int64_t realtime_ns;
    double ticks_per_ns;
  };
  std::map<std::uint64_t, Anchor> anchors_;
};

std::uint64_t begin_ticks(const raw::FileHeader& header) {
  return header.init_begin_ticks != 0 ? header.init_begin_ticks : header.start_ticks;
}

// End of the latest record of a thread; 0 if it left none. Only its last chunk is decoded.
std::uint64_t last_event_ticks(const ThreadLog& thread) {
  if (thread.events.empty()) return 0;
  ThreadLog tail;
  tail.index = thread.index;
  tail.keys = thread.keys;
  tail.events = {thread.events.back()};
  std::uint64_t latest = tail.events.front().header.base_ticks;
  EventDecoder decoder(tail);
  DecodedCall call;
  for (auto step = decoder.next(call); step != EventDecoder::Step::end; step = decoder.next(call)) {
    if (step != EventDecoder::Step::gap) latest = std::max(latest, call.end);
  }
  return latest;
}

// End of MPI_Finalize, or the latest sign of life of a process that did not come so far.
std::uint64_t end_ticks(const ProcessLog& log) {
  const raw::FileHeader& header = log.header;
  if (header.finalize_end_ticks != 0) return header.finalize_end_ticks;
  std::uint64_t latest = std::max({begin_ticks(header), header.init_end_ticks, header.finalize_begin_ticks,
                                   header.latest_ticks, header.close_ticks});
  for (const ThreadLog& thread : log.threads)
    latest = std::max(latest, last_event_ticks(thread));
  return latest;
}

bool finalized(const raw::FileHeader& header) {
  return header.state == raw::ProcessState::finalized || header.finalize_end_ticks != 0;
}

const char* state_name(const raw::FileHeader& header, bool running) {
  const bool closed = header.state == raw::ProcessState::closed;
  if (running && !closed) return "running";
  if (finalized(header)) return closed ? "closed" : "finalized";
  return closed ? "exited" : "died";
}

ProcessRow describe_process(const ProcessLog& log, int rank, bool running) {
  const raw::FileHeader& header = log.header;
  ProcessRow row;
  row.rank = rank;
  row.host = header.host;
  row.process_id = header.process_id;
  row.state = state_name(header, running);
  row.peak_memory_bytes = header.peak_memory_bytes;
  row.user_cpu_ns = header.user_cpu_ns;
  row.system_cpu_ns = header.system_cpu_ns;
  row.threads = log.threads.size();
  double ticks = 0;
  for (const ThreadLog& thread : log.threads) {
    for (const raw::KeyRecord& key : thread.keys) {
      row.calls += key.calls;
      ticks += static_cast<double>(key.ticks_sum);
    }
  }
  const double scale = ticks_per_ns(header);
  row.mpi_ns = std::llround(ticks / scale);
  row.wall_ns = std::llround(static_cast<double>(end_ticks(log) - begin_ticks(header)) / scale);
  return row;
}

std::string outcome_of(std::span<const ProcessLog> logs, const std::vector<bool>& running) {
  const auto any = [&](auto&& condition) { return std::any_of(logs.begin(), logs.end(), condition); };
  if (any([](const ProcessLog& log) { return log.header.abort_called != 0; })) return "aborted";
  if (std::find(running.begin(), running.end(), true) != running.end()) return "unfinished";
  if (any([](const ProcessLog& log) { return !finalized(log.header); })) return "died";
  return "finalized";
}

template <class Value>
double median_of(std::span<const ProcessLog> logs, Value value) {
  std::vector<double> values;
  for (const ProcessLog& log : logs)
    values.push_back(value(log.header) / ticks_per_ns(log.header));
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::string loss_of(std::span<const ProcessLog> logs) {
  struct Loss {
    std::size_t processes = 0;
    std::uint64_t events = 0;
  };
  std::map<raw::LossReason, Loss> by_reason;
  std::uint64_t keys = 0;
  for (const ProcessLog& log : logs) {
    keys += log.header.keys_dropped;
    if (log.header.events_dropped == 0 && log.header.loss == raw::LossReason::none) continue;
    Loss& loss = by_reason[log.header.loss];
    ++loss.processes;
    loss.events += log.header.events_dropped;
  }
  const auto reason = [](raw::LossReason value) {
    switch (value) {
      case raw::LossReason::trace_limit:
        return "trace limit reached";
      case raw::LossReason::disk_full:
        return "no space left for the raw log";
      case raw::LossReason::out_of_memory:
        return "out of memory";
      case raw::LossReason::none:
        break;
    }
    return "reason unknown";
  };
  std::string text;
  for (const auto& [why, loss] : by_reason) {
    if (!text.empty()) text += "; ";
    text += std::string(reason(why)) + " on " + std::to_string(loss.processes) + " of " + std::to_string(logs.size()) +
            " processes";
    if (loss.events != 0) text += ": " + std::to_string(loss.events) + " calls are missing from the trace";
  }
  if (keys != 0) {
    if (!text.empty()) text += "; ";
    text += std::to_string(keys) + " calls are missing from the profile too";
  }
  return text;
}

// Verified is what every process verified; else the first reason against it goes into the run's properties.
void judge_transport(Launch& launch, std::span<const ProcessLog> logs) {
  if (launch.transport == "default") return;
  for (std::size_t index = 0; index < logs.size(); ++index) {
    const auto& properties = logs[index].properties;
    if (properties.contains("transport_verified")) continue;
    const auto reason = properties.find("transport_unverified");
    launch.transport_verified.clear();
    launch.further_properties["transport_unverified"] =
        "process " + std::to_string(index) + ": " +
        (reason == properties.end() ? "did not reach MPI_Finalize" : reason->second);
    return;
  }
}

// Takes what has a column of its own out of the properties; the rest goes into run_property.
void take_properties(Launch& launch, const ProcessLog& log) {
  auto& rest = launch.further_properties;
  rest = log.properties;
  const auto take = [&rest](const char* name, const std::string& otherwise = {}) {
    auto node = rest.extract(name);
    return node.empty() || node.mapped().empty() ? otherwise : std::move(node.mapped());
  };
  launch.label = take("label");
  launch.program = take("program");
  launch.arguments = take("arguments");
  launch.working_directory = take("working_directory");
  launch.front = take("front", abi_name(log.header.abi));
  launch.backend = take("backend", launch.front);
  launch.backend_version = take("library_version");
  if (const auto line_end = launch.backend_version.find_first_of("\r\n"); line_end != std::string::npos) {
    launch.backend_version.resize(line_end);
  }
  launch.backend_library = take("library_path");
  launch.transport = take("transport", "default");
  launch.transport_verified = take("transport_verified");
  launch.thread_level = take("thread_level", thread_level_name(log.header.thread_level));
  launch.kernel = take("kernel");
  launch.cpu = take("cpu");
  launch.repetition = std::max(1L, std::strtol(take("repetition", "1").c_str(), nullptr, 10));
  launch.tulkki_version = take("tulkki_version");
  launch.wanted_database = take("database");
  launch.wanted_trace_directory = take("trace_directory");
  // Each process has its own of these; they stand in process_load and host_load.
  for (const char* name : {"affinity", "threads_per_core", "governor", "frequency_driver"}) rest.erase(name);
  launch.wants_trace = take("trace", log.header.trace_enabled != 0 ? "1" : "0") != "0";
}

// Several programs in one launch ("prog1 : prog2"): one line each, ranks, path and command line with tabs between.
std::string programs_of(std::span<const ProcessLog> logs, const UnifiedContexts& contexts) {
  constexpr std::size_t kMost = 16;  // beyond, ranks of one program have arguments of their own
  const auto property = [](const ProcessLog& log, const char* name) {
    const auto found = log.properties.find(name);
    return found == log.properties.end() ? std::string() : found->second;
  };
  using Program = std::pair<std::string, std::string>;
  const auto collect = [&](bool with_arguments) {
    std::vector<std::pair<Program, std::vector<int>>> programs;
    std::map<Program, std::size_t> places;
    for (std::size_t index = 0; index < logs.size(); ++index) {
      const Program program{property(logs[index], "program"), property(logs[index], "arguments")};
      if (program.first.empty()) continue;  // a log that is cut off before that
      const Program key{program.first, with_arguments ? program.second : program_name(program.first, program.second)};
      const auto [place, is_new] = places.try_emplace(key, programs.size());
      if (is_new) programs.emplace_back(program, std::vector<int>());
      programs[place->second].second.push_back(contexts.rank(index));
    }
    return programs;
  };
  auto programs = collect(true);
  if (programs.size() > kMost) programs = collect(false);
  if (programs.size() < 2) return "";
  std::string text;
  for (auto& [program, ranks] : programs) {
    std::sort(ranks.begin(), ranks.end());
    text += (text.empty() ? "" : "\n") + ranks_text(ranks) + "\t" + program.first + "\t" + program.second;
  }
  return text;
}

}  // namespace

double ticks_per_ns(const raw::FileHeader& header) {
  const double told = header.ticks_per_ns > 0 && std::isfinite(header.ticks_per_ns) ? header.ticks_per_ns : 1.0;
  if (header.clock == raw::ClockKind::monotonic_ns) return 1.0;
  const double ticks = static_cast<double>(header.latest_ticks) - static_cast<double>(header.start_ticks);
  const double ns = static_cast<double>(header.latest_realtime_ns - header.start_realtime_ns);
  // Two readings a second apart are good to a few 1e-7. The time of day may have been set meanwhile: a ratio that
  // is off by more than any oscillator is not believed.
  if (header.latest_ticks == 0 || ns < 1e9) return told;
  const double measured = ticks / ns;
  return std::abs(measured / told - 1) < 1e-3 ? measured : told;
}

Launch describe_launch(std::span<const ProcessLog> logs, const UnifiedContexts& contexts,
                       const std::vector<bool>& running) {
  Launch launch;
  launch.identity = logs.front().header.run_id;
  take_properties(launch, logs.front());
  if (std::string programs = programs_of(logs, contexts); !programs.empty()) launch.further_properties["programs"] = std::move(programs);
  judge_transport(launch, logs);
  const NodeClocks clocks(logs);
  std::int64_t first_ns = std::numeric_limits<std::int64_t>::max(), last_ns = 0;
  for (std::size_t index = 0; index < logs.size(); ++index) {
    const ProcessLog& log = logs[index];
    launch.processes.push_back(describe_process(log, contexts.rank(index), running[index]));
    first_ns = std::min(first_ns, clocks.realtime_ns(log, begin_ticks(log.header)));
    last_ns = std::max(last_ns, clocks.realtime_ns(log, end_ticks(log)));
    launch.events_dropped += log.header.events_dropped;
  }
  std::vector<int> ranks;
  for (const ProcessRow& row : launch.processes) ranks.push_back(row.rank);
  launch.load = describe_load(logs, ranks);
  launch.ranks = contexts.size();
  launch.nodes = clocks.nodes();
  launch.started_realtime_ns = first_ns;
  launch.wall_ns = last_ns - first_ns;
  launch.outcome = outcome_of(logs, running);
  launch.own_cost_ns = median_of(logs, [](const raw::FileHeader& header) { return header.own_cost_ticks; });
  launch.clock_resolution_ns =
      median_of(logs, [](const raw::FileHeader& header) { return header.clock_resolution_ticks; });
  launch.loss = loss_of(logs);
  return launch;
}

std::string iso_time(std::int64_t realtime_ns) {
  const std::time_t seconds = static_cast<std::time_t>(realtime_ns / 1'000'000'000);
  std::tm broken{};
  gmtime_r(&seconds, &broken);
  char date[40], text[64];
  std::strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &broken);
  std::snprintf(text, sizeof(text), "%s.%03dZ", date, static_cast<int>(realtime_ns / 1'000'000 % 1000));
  return text;
}

}  // namespace tulkki
