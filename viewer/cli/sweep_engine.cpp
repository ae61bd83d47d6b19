// SPDX-License-Identifier: Apache-2.0
// Plans every combination first, then launches in the sweep's order, one transaction a launch.
#include "viewer/cli/sweep_engine.h"

#include <algorithm>
#include <filesystem>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <signal.h>
#include <unistd.h>

#include "storage/recover.h"
#include "viewer/cli/command.h"
#include "viewer/cli/guarded_child.h"
#include "viewer/cli/raw_directory.h"
#include "viewer/cli/sweep_progress.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

// When a process began, in the kernel's ticks: tells it from a later one with the same number. Empty: it is gone.
std::string start_of(pid_t process) {
  std::ifstream stream(fmt::format("/proc/{}/stat", process));
  std::string stat((std::istreambuf_iterator<char>(stream)), {});
  const std::size_t after = stat.rfind(')');
  if (after == std::string::npos) return "";
  std::istringstream words(stat.substr(after + 1));
  std::string word;
  for (int field = 3; field <= 22 && words >> word; ++field) {}
  return word;
}

std::string host_name() {
  char name[256] = "";
  gethostname(name, sizeof name - 1);
  return name;
}

// "host process start"
std::string own_name() { return fmt::format("{} {} {}", host_name(), getpid(), start_of(getpid())); }

struct Owner {
  std::string host, start;
  pid_t process = 0;
};

Owner owner_of(const std::string& text) {
  Owner owner;
  std::istringstream words(text);
  words >> owner.host >> owner.process >> owner.start;
  return owner;
}

// Of a process on another host nothing is known: it counts as alive unless the user says that the host is gone.
bool is_gone(const std::string& text, const std::string& lost_host) {
  const Owner owner = owner_of(text);
  if (owner.host != host_name()) return !lost_host.empty() && owner.host == lost_host;
  return owner.process <= 0 || start_of(owner.process) != owner.start;
}

std::string last_line(const std::string& output) {
  std::istringstream lines(output);
  std::string line, last;
  while (std::getline(lines, line))
    if (line.find_first_not_of(" \t\r-=+|") != std::string::npos && !line.starts_with("measurement\t")) last = line;
  return last.substr(0, 300);
}

class Engine {
 public:
  Engine(const char* command, Sweep& sweep, const SweepOptions& options)
      : command_(command), sweep_(sweep), options_(options), progress_(command) {}

  SweepOutcome run();

 private:
  Result<void> plan_all();
  Result<LaunchPlan> plan_one(const Combination& combination, Refusal& refusal) const;
  Result<void> launch_missing(SweepStore& store, const std::vector<PlannedLaunch>& order);
  Result<void> launch(SweepStore& store, const PlannedLaunch& planned, std::int64_t point_id);
  Result<void> keep(SweepStore& store, const PlannedLaunch& planned, std::int64_t point_id, const RawDirectory& directory,
                    const GuardedEnd& end);
  std::string compared_arguments(const PlannedLaunch& planned, std::int64_t run_id);
  SweepOutcome show_plan();
  Result<SweepOutcome> sum_up(SweepStore& store, const std::vector<PlannedLaunch>& order);

  const char* command_;
  Sweep& sweep_;
  const SweepOptions& options_;
  SweepProgress progress_;
  bool misused_ = false;
  std::map<const Combination*, LaunchPlan> plans_;
  std::optional<Database> database_;
};

Result<LaunchPlan> Engine::plan_one(const Combination& combination, Refusal& refusal) const {
  LaunchOptions launch;
  launch.recording.backend = combination.backend;
  launch.recording.transport = combination.transport;
  launch.recording.transports_file = options_.transports_file;
  launch.recording.label = sweep_.label;
  launch.recording.database = options_.database;
  launch.recording.trace_directory = options_.trace_directory;
  launch.recording.trace = sweep_.trace;
  launch.recording.program = combination.program;
  launch.ranks = combination.ranks;
  launch.oversubscribe = sweep_.oversubscribe;
  launch.launcher_arguments = sweep_.launcher_arguments;
  return plan_launch(launch, refusal);
}

// A factor's value that works nowhere is a mistake; one that works somewhere is left out where it does not.
Result<void> Engine::plan_all() {
  std::vector<Combination> possible;
  std::vector<LaunchPlan> plans;
  std::map<std::string, std::string> refusals;  // by transport
  std::map<std::string, std::size_t> accepted;
  std::vector<std::string> left_out;
  for (Combination& combination : sweep_.combinations) {
    Refusal refusal = Refusal::failure;
    Result<LaunchPlan> plan = plan_one(combination, refusal);
    if (plan) {
      plans.push_back(std::move(*plan));
      ++accepted[combination.transport];
      possible.push_back(std::move(combination));
      continue;
    }
    // Another backend may have this transport; every other refusal holds for the whole sweep.
    misused_ = is_wrong_use(refusal);
    if (refusal != Refusal::transport_unknown && refusal != Refusal::transport_unavailable) return plan.error();
    refusals.try_emplace(combination.transport, plan.message());
    const std::string line = fmt::format("{}: {}", combination.backend, plan.message().substr(std::string_view("--transport ").size()));
    if (std::find(left_out.begin(), left_out.end(), line) == left_out.end()) left_out.push_back(line);
  }
  for (const auto& [transport, message] : refusals)
    if (accepted[transport] == 0) return Error{message};
  misused_ = false;
  for (const std::string& line : left_out) fmt::print(stderr, "tulkki {}: left out: {}\n", command_, line);
  sweep_.combinations = std::move(possible);
  for (std::size_t i = 0; i < plans.size(); ++i) plans_.emplace(&sweep_.combinations[i], std::move(plans[i]));
  return {};
}

Result<void> Engine::keep(SweepStore& store, const PlannedLaunch& planned, std::int64_t point_id, const RawDirectory& directory,
                          const GuardedEnd& end) {
  std::string reason;
  std::optional<std::int64_t> run_id;
  if (end.timed_out) reason = fmt::format("did not end within {} s", sweep_.limit.count());
  else if (end.exit_code != 0) reason = fmt::format("exit code {}: {}", end.exit_code, last_line(end.output));
  RecoverOptions recovery;
  recovery.directories = directory.with_logs();
  directory.take_marks();
  recovery.database = options_.database;
  recovery.trace_directory = options_.trace_directory;
  recovery.trace = sweep_.trace;
  recovery.exit_code = end.exit_code;
  recovery.patience = std::chrono::seconds(10);
  if (!recovery.directories.empty()) {
    const Result<RecoverSummary> summary = recover(recovery);
    // Broken logs are this launch's; a database that cannot be written fails again below and ends the sweep.
    if (!summary) reason += fmt::format("{}{}; the raw logs stay in {}", reason.empty() ? "" : "; ", summary.message(), directory.path());
    else if (!summary->runs.empty()) run_id = summary->runs.back().run_id;
  }
  directory.remove_if_empty();
  if (reason.empty() && !run_id) reason = "nothing was recorded: " + last_line(end.output);
  std::vector<Measurement> measurements;
  if (reason.empty()) {
    const auto& values = planned.combination->values;
    const std::string workload = values.contains("workload") ? values.at("workload") : sweep_.name;
    Result<std::vector<Measurement>> parsed = parse_measurements(end.output, sweep_.patterns, workload);
    if (parsed) measurements = std::move(*parsed);
    else reason = parsed.message();
  }
  if (!reason.empty()) progress_.tell(fmt::format("failed: {}, launch {}: {}", planned.combination->text(), planned.repetition, reason));
  return store.finish(point_id, reason, run_id, measurements, run_id ? compared_arguments(planned, *run_id) : "");
}

// Empty where repetitions have the same arguments.
std::string Engine::compared_arguments(const PlannedLaunch& planned, std::int64_t run_id) {
  Result<Statement> query = database_->prepare("SELECT arguments FROM run WHERE run_id = ?");
  if (!query) return "";
  const Result<bool> row = query->bind(run_id).step();
  const Result<std::vector<std::string>> words = split_words(row && *row ? query->text(0) : "");
  return words ? without_repetition(*words, planned.combination->program, planned.repetition) : "";
}

Result<void> Engine::launch(SweepStore& store, const PlannedLaunch& planned, std::int64_t point_id) {
  const LaunchPlan& plan = plans_.at(planned.combination);
  const Result<RawDirectory> directory = RawDirectory::create(options_.trace_directory);
  if (!directory) return directory.error();
  Result<LaunchRequest> request = request_for(plan, *directory, planned.repetition);
  if (!request) {
    directory->remove_if_empty();
    return request.error();
  }
  request->program = with_repetition(request->program, planned.repetition);
  request->variables.emplace_back("TULKKI_SWEEP_POINT", store.mark(point_id));
  const Result<GuardedEnd> end = run_guarded(launch_command(plan.launcher, *request), launch_variables(plan.launcher, *request), sweep_.limit);
  if (end && !end->interrupted) return keep(store, planned, point_id, *directory, *end);
  // Half a launch is none: the next command does it again.
  std::error_code ignored;
  for (const std::string& folder : directory->with_logs()) fs::remove_all(folder, ignored);
  directory->take_marks();
  directory->remove_if_empty();
  if (const Result<void> released = store.release(point_id); !released) return released;
  return end ? Result<void>() : end.error();
}

Result<void> Engine::launch_missing(SweepStore& store, const std::vector<PlannedLaunch>& order) {
  const std::string owner = own_name();
  for (std::size_t i = 0; i < order.size() && StopSignals::received() == 0; ++i) {
    const Result<SweepPoint> point = store.find(order[i].combination->factors(order[i].repetition));
    if (!point) return point.error();
    const Result<bool> mine = store.claim(
        point->point_id, owner, [this](const std::string& other) { return is_gone(other, options_.lost_host); });
    if (!mine) return mine.error();
    if (!*mine) {
      progress_.skip(order[i]);
      continue;
    }
    progress_.begin(order[i]);
    if (const Result<void> launched = launch(store, order[i], point->point_id); !launched) return launched;
    progress_.end(order[i]);
  }
  return {};
}

Result<SweepOutcome> Engine::sum_up(SweepStore& store, const std::vector<PlannedLaunch>& order) {
  SweepOutcome outcome;
  std::map<std::string, int> counts;
  std::string first_reason;
  std::set<std::string> hosts;  // of other commands
  for (const PlannedLaunch& planned : order) {
    const Result<SweepPoint> point = store.find(planned.combination->factors(planned.repetition));
    if (!point) return point.error();
    ++counts[point->state];
    if (point->state == "done" && point->run_id) outcome.run_ids.push_back(*point->run_id);
    if (point->state == "running") hosts.insert(owner_of(point->owner).host);
    if (point->state == "failed" && first_reason.empty()) first_reason = planned.combination->text() + ": " + point->reason;
  }
  std::string line = fmt::format("{} of {} launches done", counts["done"], order.size());
  if (counts["failed"] > 0) line += fmt::format(", {} failed (first: {}); --retry-failed tries them again", counts["failed"], first_reason);
  if (counts["running"] > 0) {
    line += fmt::format(", {} being done by another command on {}", counts["running"], fmt::join(hosts, ", "));
    hosts.erase(host_name());
    if (!hosts.empty()) line += fmt::format(" (if that is no longer running: --free {})", *hosts.begin());
  }
  if (counts["waiting"] > 0) line += fmt::format(", {} still to do: run the same command again", counts["waiting"]);
  fmt::print(stderr, "tulkki {}: {}; {}, seed {}\n", command_, line, options_.database, store.seed());
  if (counts["failed"] > 0) outcome.exit_code = kExitFailed;
  if (const int signal = StopSignals::received(); signal != 0) outcome.exit_code = 128 + signal;
  return outcome;
}

// What the same command without --dry-run would do; reads the database and writes nothing.
SweepOutcome Engine::show_plan() {
  std::error_code ignored;
  std::optional<SweepStore> store;
  if (fs::exists(options_.database, ignored)) {
    Result<Database> database = Database::open(options_.database);
    if (!database) return {failed(command_, database.message()), {}};
    database_.emplace(std::move(*database));
    Result<std::optional<SweepStore>> found = SweepStore::look_up(*database_, sweep_.name);
    if (!found) return {failed(command_, found.message()), {}};
    store = std::move(*found);
  }
  const std::uint64_t seed = store ? store->seed() : sweep_.seed ? *sweep_.seed : std::random_device{}();
  std::vector<std::string> lines;
  SweepForecast forecast;
  forecast.limit_seconds = static_cast<double>(sweep_.limit.count());
  for (const PlannedLaunch& planned : launch_order(sweep_, seed)) {
    const Result<SweepPoint> point = store ? store->find(planned.combination->factors(planned.repetition)) : Error{"new"};
    const std::string state = point ? point->state : "waiting";
    if (state == "done") continue;
    lines.push_back(fmt::format("{}, launch {}: {}", planned.combination->text(), planned.repetition, state));
    if (state != "waiting" && !(state == "failed" && options_.retry_failed)) continue;
    ++forecast.launches;
    forecast.guessed_seconds += planned.combination->expected_seconds;
  }
  if (store) {
    const Result<std::optional<double>> measured = store->seconds_per_launch(forecast.limit_seconds + 15);
    if (measured && *measured) forecast.measured_seconds = **measured * static_cast<double>(forecast.launches);
  }
  fmt::print("{}\n", forecast.text());
  for (const std::string& line : lines) fmt::print("{}\n", line);
  return {};
}

SweepOutcome Engine::run() {
  const auto fails = [&](const Error& error) {
    progress_.clear();
    return SweepOutcome{misused_ ? wrong_use(command_, error.message) : failed(command_, error.message), {}};
  };
  if (!options_.lost_host.empty() && options_.lost_host == host_name()) {
    return SweepOutcome{wrong_use(command_, fmt::format("--free {}: this is the host that this command runs on; what commands on it "
                                                        "had begun is free as soon as they end", options_.lost_host)), {}};
  }
  if (const Result<void> planned = plan_all(); !planned) return fails(planned.error());
  if (options_.dry_run) return show_plan();
  std::vector<std::string> factors;
  const std::uint64_t seed = sweep_.seed ? *sweep_.seed : std::random_device{}();
  for (const PlannedLaunch& planned : launch_order(sweep_, seed)) factors.push_back(planned.combination->factors(planned.repetition));
  Result<Database> database = Database::open_or_create(options_.database);
  if (!database) return fails(database.error());
  database_.emplace(std::move(*database));
  Result<SweepStore> store = SweepStore::open(*database_, sweep_.name, seed, factors);
  if (!store) return fails(store.error());
  if (options_.retry_failed)
    if (const Result<void> forgotten = store->forget_failures(); !forgotten) return fails(forgotten.error());
  const std::vector<PlannedLaunch> order = launch_order(sweep_, store->seed());
  StopSignals signals;
  progress_.start(order.size());
  const Result<void> launched = launch_missing(*store, order);
  progress_.clear();
  if (!launched) return fails(launched.error());
  const Result<SweepOutcome> outcome = sum_up(*store, order);
  return outcome ? *outcome : fails(outcome.error());
}

}  // namespace

SweepOutcome carry_out(const char* command, Sweep& sweep, const SweepOptions& options) {
  return Engine(command, sweep, options).run();
}

}  // namespace tulkki
