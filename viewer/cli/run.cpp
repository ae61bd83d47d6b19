// SPDX-License-Identifier: Apache-2.0
// `tulkki run`: starts a program under its own MPI's launcher with the recorder preloaded, keeps its exit code, and
// converts what was recorded.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fmt/core.h>
#include <functional>
#include <unistd.h>

#include "storage/database.h"
#include "storage/recover.h"
#include "storage/recover_progress.h"
#include "viewer/cli/command.h"
#include "viewer/cli/launcher.h"
#include "viewer/cli/raw_directory.h"
#include "viewer/cli/recording.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

struct RunOptions {
  RecordingOptions recording;
  int ranks = 0;
  int repeat = 1;
  bool oversubscribe = false;
  std::string launcher_arguments;
};

struct Plan {
  Launcher launcher;
  LaunchRequest request;
  ProgramFront front;
  BackendChoice backend;
};

Result<void> check_folder(const std::string& folder, const char* purpose, const char* remedy) {
  const std::string reason = why_not_writable(folder);
  if (reason.empty()) return {};
  return Error{fmt::format("cannot write {} into {}: {}; {}", purpose, folder, reason, remedy)};
}

// Everything that would make the results go nowhere, before hours are spent on the program.
Result<void> check_destinations(const RecordingOptions& options) {
  std::error_code error;
  const std::string folder = fs::path(options.database).parent_path();
  if (Result<void> checked = check_folder(folder, "the database", "give another file with --db"); !checked) {
    return checked;
  }
  if (fs::exists(options.database, error) && fs::file_size(options.database, error) > 0) {
    Result<Database> database = Database::open(options.database);
    if (!database) return database.error();
    if (access(options.database.c_str(), W_OK) != 0) {
      return Error{options.database + " cannot be written: change its permissions or give another file with --db"};
    }
  }
  if (!options.trace) return {};
  const bool made = fs::is_directory("tulkki-traces", error);
  return check_folder(made ? "tulkki-traces" : ".", "the trace", "start from another folder, or give --no-trace");
}

void tell(const std::string& line) { fmt::print(stderr, "tulkki: {}\n", line); }

std::string why_nothing(const ProgramFront& front, const ChildEnd& end) {
  const char* record = std::getenv("TULKKI_RECORD");
  if (record != nullptr && std::string_view(record) == "0") return "TULKKI_RECORD=0 switches recording off";
  if (!front.obstacle.empty()) return front.obstacle;
  if (end.exit_code != 0) return fmt::format("it ended with exit code {} before its first MPI call", end.exit_code);
  if (front.abi == raw::Abi::unknown) return "no MPI library was found in it, so it seems to be no MPI program";
  return "it made no MPI call";
}

void tell_results(const RecoverSummary& summary) {
  if (!summary.warnings.empty()) {
    const std::size_t more = summary.warnings.size() - 1;
    tell("warning: " + summary.warnings[0] + (more > 0 ? fmt::format(" (and {} more)", more) : ""));
  }
  if (summary.runs.empty()) return;
  const auto [lowest, highest] = std::minmax_element(
      summary.runs.begin(), summary.runs.end(),
      [](const RecoveredRun& left, const RecoveredRun& right) { return left.run_id < right.run_id; });
  const RecoveredRun &first = *lowest, &last = *highest;
  const bool one = summary.runs.size() == 1;
  const std::string trace = one ? first.trace_anchor : fs::path(first.trace_anchor).parent_path().parent_path().string();
  tell(fmt::format("{}, profile {}{}", one ? fmt::format("run {}: {} rank{}", first.run_id, first.ranks,
                                                         first.ranks == 1 ? "" : "s")
                                           : fmt::format("runs {} to {}", first.run_id, last.run_id),
                   summary.database, trace.empty() ? "" : fmt::format(", {} {}", one ? "trace" : "traces in", trace)));
  std::error_code error;
  const bool usual = fs::equivalent(summary.database, "tulkki.db", error);
  tell(fmt::format("see it with: tulkki report {}{}", last.run_id,
                   usual ? "" : " --db " + quote_word(summary.database)));
}

// True when there are results.
bool convert(const RunOptions& options, const Plan& plan, const RawDirectory& directory, const ChildEnd& end) {
  RecoverOptions recovery;
  recovery.directories = directory.with_logs();
  if (recovery.directories.empty()) {
    tell("nothing was recorded: " + why_nothing(plan.front, end));
    directory.remove_if_empty();
    return true;
  }
  recovery.database = options.recording.database;
  recovery.trace = options.recording.trace;
  recovery.trace_sites = options.recording.stack_depth > 0;  // asked for: worth 7 bytes a call
  recovery.exit_code = end.exit_code;
  recovery.patience = std::chrono::seconds(10);
  const Result<RecoverSummary> summary = [&] {
    ProgressLine progress;
    recovery.progress = std::ref(progress);
    return recover(recovery);
  }();
  if (!summary) {
    tell(summary.message());
    tell(fmt::format("the raw logs stay in {}: tulkki recover {}", directory.path(), quote_word(directory.path())));
    return false;
  }
  directory.remove_if_empty();
  tell_results(*summary);
  return true;
}

int launch_once(const RunOptions& options, Plan& plan, int repetition, bool& interrupted) {
  Result<RawDirectory> directory = RawDirectory::create();
  if (!directory) return failed("run", directory.message());
  plan.request.variables = recording_variables(options.recording, plan.front, plan.backend);
  plan.request.variables.emplace_back("TULKKI_RUN_DIR", directory->path());
  plan.request.variables.emplace_back("TULKKI_COLLECT_DIR", directory->collect_path());
  plan.request.variables.emplace_back("TULKKI_REPETITION", std::to_string(repetition));
  const Result<ChildEnd> end = run_child(launch_command(plan.launcher, plan.request), plan.request.variables);
  if (!end) {
    directory->remove_if_empty();
    return failed("run", end.message());
  }
  interrupted = end->interrupted;
  const bool converted = convert(options, plan, *directory, *end);
  return end->exit_code != 0 || converted ? end->exit_code : kExitFailed;
}

// Everything before the first launch: 0, or the exit code after a message.
int prepare(RunOptions& options, Plan& plan) {
  const RecordingOptions& recording = options.recording;
  const Result<std::vector<std::string>> words = split_words(options.launcher_arguments);
  if (!words) return wrong_use("run", "--launcher-args: " + words.message());
  const Result<std::string> library = find_library();
  if (!library) return failed("run", library.message());
  Result<ProgramFront> front =
      find_front(recording.program[0], {recording.program.begin() + 1, recording.program.end()});
  if (!front) return failed("run", front.message());
  const Result<BackendChoice> backend = choose_backend(recording.backend, *front);
  if (!backend) return wrong_use("run", backend.message());
  if (!backend->warning.empty()) tell("warning: " + backend->warning);
  const std::string& launched = backend->launched_library();
  Result<Launcher> launcher = find_launcher(backend->launch_abi, launched.empty() ? front->mpi_library : launched);
  if (!launcher && backend->guessed) launcher = find_launcher(raw::Abi::mpich, "");
  if (!launcher) return failed("run", launcher.message());
  if (const Result<void> checked = check_destinations(recording); !checked) return failed("run", checked.message());
  plan.launcher = *launcher;
  plan.front = *front;
  plan.backend = *backend;
  plan.request = {options.ranks, options.oversubscribe, *words, recording.program, preload_value(*library, *front, *backend), {}};
  return 0;
}

}  // namespace

int run_command(int argc, char** argv) {
  CLI::App app("Starts an MPI program, unmodified, and records what every MPI call costs.", "tulkki run");
  app.footer("Example: tulkki run -n 4 --label melt lmp -in in.melt\nThe exit code is that of the program.");
  RunOptions options;
  app.add_option("-n,--np", options.ranks, "number of ranks (default 1)")->check(CLI::Range(1, 1 << 24))->type_name("N");
  app.add_option("--repeat", options.repeat, "launch it K times, each a run of its own")
      ->check(CLI::Range(1, 1'000'000))->type_name("K");
  app.add_option("--launcher-args", options.launcher_arguments, "more arguments for mpirun or mpiexec");
  app.add_flag("--oversubscribe", options.oversubscribe, "allow more ranks than cores (Open MPI)");
  options.recording.declare(app);
  if (const auto code = parse_arguments(app, argc, argv)) return *code;
  options.recording.program = app.remaining();
  if (const Result<void> checked = options.recording.check(); !checked) return wrong_use("run", checked.message());
  Plan plan;
  if (const int code = prepare(options, plan); code != 0) return code;
  int result = 0;
  bool interrupted = false;
  for (int repetition = 1; repetition <= options.repeat && !interrupted; ++repetition) {
    const int code = launch_once(options, plan, repetition, interrupted);
    if (result == 0) result = code;
  }
  return result;
}

}  // namespace tulkki
