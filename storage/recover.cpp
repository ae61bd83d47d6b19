// SPDX-License-Identifier: Apache-2.0
// Recovery launch by launch: trace first, then the profile, which names the trace, then the raw logs go. Whatever
// fails leaves the raw logs where they are, so that it can be tried again.
#include "storage/recover.h"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <map>
#include <thread>
#include <tuple>
#include <utility>

#include "storage/command_line.h"
#include "storage/communicators.h"
#include "storage/profile_launch.h"
#include "storage/profile_writer.h"
#include "storage/recover_raw_directory.h"
#include "storage/symbols.h"
#include "storage/trace_folder.h"
#include "storage/trace_writer.h"

namespace tulkki {
namespace {

namespace files = std::filesystem;

std::string absolute_path(const std::string& path) {
  std::error_code error;
  const files::path absolute = files::absolute(path, error);
  return error ? path : absolute.lexically_normal().string();
}

std::string unused_directory(const files::path& parent, const std::string& name) {
  std::error_code ignored;
  files::path candidate = parent / name;
  for (int number = 2; files::exists(candidate, ignored); ++number) {
    candidate = parent / (name + "-" + std::to_string(number));
  }
  return candidate.string();
}

std::string ranks_without_log(std::span<const ProcessLog> logs, const UnifiedContexts& contexts) {
  std::vector<bool> present(static_cast<std::size_t>(contexts.size()), false);
  for (std::size_t process = 0; process < logs.size(); ++process)
    present[contexts.rank(process)] = true;
  constexpr int kNamed = 10;
  std::string text;
  int missing = 0;
  for (int rank = 0; rank < contexts.size(); ++rank) {
    if (present[rank] || ++missing > kNamed) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(rank);
  }
  return missing > kNamed ? text + " and " + std::to_string(missing - kNamed) + " more" : text;
}

class Recovery {
 public:
  explicit Recovery(const RecoverOptions& options) : options_(options) {}

  Result<RecoverSummary> run() {
    if (const Result<void> found = open_logs(); !found) return found.error();
    if (wait_for_ends()) {
      directories_.clear();
      launches_.clear();
      nameless_.clear();
      summary_.warnings.clear();
      if (const Result<void> found = open_logs(); !found) return found.error();
    }
    if (const Result<void> usable = check_logs(); !usable) return usable.error();
    for (auto& [identity, logs] : launches_) {
      if (const Result<void> done = recover_launch(logs); !done) {
        return Error{done.message() + "; the raw logs are kept in " + directories_.front().path()};
      }
    }
    std::sort(runs_.begin(), runs_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [started_ns, run] : runs_)
      summary_.runs.push_back(std::move(run));
    clean_up();
    return std::move(summary_);
  }

 private:
  Result<void> open_logs();
  bool any_running() const;
  bool wait_for_ends() const;
  Result<void> check_logs();
  Result<void> recover_launch(std::vector<ProcessLog>& logs);
  Result<RecoveredRun> write(std::span<const ProcessLog> logs, const UnifiedContexts& contexts, const Launch& launch,
                             Database& database);
  Result<TraceSummary> write_launch_trace(std::span<const ProcessLog> logs, const Launch& launch,
                                          SymbolResolver& symbols);
  void clean_up();

  void warn(const std::string& text) {
    auto& warnings = summary_.warnings;
    if (std::find(warnings.begin(), warnings.end(), text) == warnings.end()) warnings.push_back(text);
  }
  void tell(const char* what, double fraction) const {
    if (options_.progress) options_.progress(what, fraction);
  }

  const RecoverOptions& options_;
  std::vector<RawLogDirectory> directories_;
  std::map<std::string, std::vector<ProcessLog>> launches_;  // by run_id
  std::vector<std::string> nameless_;                        // logs of processes that never completed MPI_Init
  std::vector<std::string> recovered_;                       // logs whose content is in database and trace
  std::vector<std::pair<std::int64_t, RecoveredRun>> runs_;  // with the start, to sort by
  RecoverSummary summary_;
};

Result<void> Recovery::open_logs() {
  std::vector<std::string> paths;
  for (const std::string& path : options_.directories) {
    Result<RawLogDirectory> directory = RawLogDirectory::open(path);
    if (!directory) return directory.error();
    const Result<std::vector<std::string>> found = directory->logs();
    if (!found) return found.error();
    paths.insert(paths.end(), found->begin(), found->end());
    directories_.push_back(std::move(*directory));
  }
  if (paths.empty()) {
    const std::string where = options_.directories.empty() ? "the given directories" : options_.directories.front();
    return Error{"no raw logs (*" + std::string(kRawLogSuffix) + ") in " + where +
                 ": nothing was recorded there, or it was recovered already"};
  }
  for (std::size_t index = 0; index < paths.size(); ++index) {
    tell("reading raw logs", static_cast<double>(index) / static_cast<double>(paths.size()));
    Result<ProcessLog> log = ProcessLog::open(paths[index]);
    if (!log) {
      warn(log.message() + " (left where it is)");
      continue;
    }
    for (const std::string& warning : log->warnings)
      warn(warning);
    const std::string identity = log->header.run_id;
    if (identity.empty()) nameless_.push_back(paths[index]);
    launches_[identity].push_back(std::move(*log));
  }
  return {};
}

bool Recovery::any_running() const {
  for (const auto& [identity, logs] : launches_)
    if (std::any_of(logs.begin(), logs.end(), still_running)) return true;
  return false;
}

// True when the logs have changed while it waited.
bool Recovery::wait_for_ends() const {
  using namespace std::chrono_literals;
  if (options_.patience == 0ms || !any_running()) return false;
  const auto start = std::chrono::steady_clock::now(), end = start + options_.patience;
  for (auto now = start; now < end && any_running(); now = std::chrono::steady_clock::now()) {
    tell("waiting for the recorded processes to end", std::chrono::duration<double>(now - start) / options_.patience);
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

Result<void> Recovery::check_logs() {
  for (const auto& [identity, logs] : launches_) {
    for (const ProcessLog& log : logs) {
      if (options_.force || !still_running(log)) continue;
      const std::string rank = log.header.world_rank < 0 ? "" : "rank " + std::to_string(log.header.world_rank) + ", ";
      return Error{"a recorded process is still running (" + rank + "process " + std::to_string(log.header.process_id) +
                   "): wait until it ends, or take what is there now with --force; nothing was changed"};
    }
  }
  if (const auto nameless = launches_.find(""); nameless != launches_.end()) {
    const std::size_t count = nameless->second.size();
    warn(std::to_string(count) +
         (count == 1 ? " process ended before MPI_Init was complete; its"
                     : " processes ended before MPI_Init was complete; their") +
         " calls are not in the profile");
    launches_.erase(nameless);
  }
  if (!launches_.empty()) return {};
  std::string details;
  for (const std::string& warning : summary_.warnings)
    details += "\n  " + warning;
  return Error{"nothing usable in " + directories_.front().path() + "; the raw logs are kept" + details};
}

Result<void> Recovery::recover_launch(std::vector<ProcessLog>& logs) {
  std::sort(logs.begin(), logs.end(), [](const ProcessLog& left, const ProcessLog& right) {
    const auto order = [](const raw::FileHeader& header) {
      return std::tuple(header.world_rank < 0, header.world_rank, header.start_realtime_ns, header.process_id);
    };
    return order(left.header) < order(right.header);
  });
  const UnifiedContexts contexts(logs);
  for (const std::string& warning : contexts.warnings())
    warn(warning);
  if (const std::string missing = ranks_without_log(logs, contexts); !missing.empty()) {
    const bool one = missing.find(',') == std::string::npos;
    warn((one ? "there is no log of rank " : "there are no logs of ranks ") + missing + (one ? ": its" : ": their") +
         " calls are not in the profile");
  }
  std::vector<bool> running;
  for (const ProcessLog& log : logs)
    running.push_back(still_running(log));
  const bool any_running = std::find(running.begin(), running.end(), true) != running.end();
  Launch launch = describe_launch(logs, contexts, running);
  // A snapshot is a run of its own: the finished launch can then still be recovered under its name.
  if (any_running) launch.identity += "@" + std::to_string(std::time(nullptr));

  std::string path = options_.database.empty() ? launch.wanted_database : options_.database;
  path = absolute_path(path.empty() ? "tulkki.db" : path);
  Result<Database> database = Database::open_or_create(path);
  if (!database) return database.error();
  summary_.database = path;
  Result<RecoveredRun> run = write(logs, contexts, launch, *database);
  if (!run) return run.error();
  if (!run->already_recorded && !any_running) {
    for (const ProcessLog& log : logs)
      recovered_.push_back(log.path);
  }
  runs_.emplace_back(launch.started_realtime_ns, std::move(*run));
  return {};
}

Result<RecoveredRun> Recovery::write(std::span<const ProcessLog> logs, const UnifiedContexts& contexts,
                                     const Launch& launch, Database& database) {
  RecoveredRun run;
  run.program = program_name(launch.program, launch.arguments);
  run.ranks = launch.ranks;
  run.wall_seconds = static_cast<double>(launch.wall_ns) * 1e-9;
  run.outcome = launch.outcome;
  run.events_dropped = launch.events_dropped;
  for (const ProcessRow& process : launch.processes)
    run.calls += process.calls;
  const Result<std::optional<std::int64_t>> existing = find_run(database, launch.identity);
  if (!existing) return existing.error();
  if (*existing) {
    run.run_id = **existing;
    run.already_recorded = true;
    return run;
  }
  SymbolResolver symbols;
  if (options_.trace.value_or(launch.wants_trace)) {
    Result<TraceSummary> trace = write_launch_trace(logs, launch, symbols);
    if (!trace) return trace.error();
    for (const std::string& warning : trace->warnings)
      warn(warning);
    run.trace_anchor = absolute_path(trace->anchor);
    run.events = trace->events;
    // The recorder does not count what it leaves out: its keys have every call, the trace what could be kept.
    std::uint64_t all = run.calls;
    for (const ProcessLog& log : logs)
      all += log.header.keys_dropped;
    if (!launch.loss.empty() && all > trace->calls) run.events_dropped = all - trace->calls;
  }
  Launch counted = launch;
  counted.events_dropped = run.events_dropped;
  const ProfileInput input{
      logs, contexts, counted, symbols, run.trace_anchor, run.events, options_.exit_code, [this](double fraction) {
        tell("writing the profile", fraction);
      }};
  const Result<WrittenProfile> written = write_profile(database, input);
  if (!run.trace_anchor.empty() && (!written || written->already_recorded)) {
    std::error_code ignored;  // a trace that no run names would never be found again
    files::remove_all(files::path(run.trace_anchor).parent_path(), ignored);
    run.trace_anchor.clear();
  }
  if (!written) return written.error();
  run.run_id = written->run_id;
  run.already_recorded = written->already_recorded;
  return run;
}

Result<TraceSummary> Recovery::write_launch_trace(std::span<const ProcessLog> logs, const Launch& launch,
                                                  SymbolResolver& symbols) {
  std::string parent = options_.trace_directory.empty() ? launch.wanted_trace_directory : options_.trace_directory;
  parent = absolute_path(parent.empty() ? "tulkki-traces" : parent);
  std::error_code error;
  files::create_directories(parent, error);
  if (error) {
    return Error{"cannot create the directory " + parent + " for traces: " + error.message() +
                 "; give another with --trace-dir, or --no-trace"};
  }
  TraceOptions options;
  options.call_sites = options_.trace_sites;
  options.progress = [this](double fraction) { tell("writing the trace", fraction); };
  options.describe_site = [&symbols](const ProcessLog& log, std::uint32_t site) {
    const auto found = log.sites.find(site);
    if (found == log.sites.end()) return std::string("unknown");
    const std::string stack = symbols.stack(log, found->second);
    return stack.substr(0, stack.find('\n'));
  };
  if (!launch.tulkki_version.empty()) options.creator = "Tulkki " + launch.tulkki_version;
  return write_trace(unused_directory(parent, trace_folder_name(program_name(launch.program, launch.arguments), launch.identity,
                                                                iso_time(launch.started_realtime_ns))),
                     logs, options);
}

void Recovery::clean_up() {
  if (options_.keep_raw_logs || recovered_.empty()) return;
  launches_.clear();  // unmaps them
  recovered_.insert(recovered_.end(), nameless_.begin(), nameless_.end());
  for (const std::string& path : recovered_) {
    std::error_code error;
    if (!files::remove(path, error) && error) warn("cannot remove " + path + ": " + error.message());
  }
  for (const RawLogDirectory& directory : directories_)
    directory.remove_if_empty();
}

}  // namespace

Result<RecoverSummary> recover(const RecoverOptions& options) { return Recovery(options).run(); }

}  // namespace tulkki
