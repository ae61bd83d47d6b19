// SPDX-License-Identifier: Apache-2.0
// `tulkki run`: starts a program under its own MPI's launcher with the recorder preloaded, keeps its exit code, and
// converts what was recorded.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fmt/core.h>
#include <functional>

#include "storage/recover.h"
#include "storage/recover_progress.h"
#include "viewer/cli/command.h"
#include "viewer/cli/launch_plan.h"
#include "viewer/cli/raw_directory.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

struct RunOptions {
  LaunchOptions launch;
  int repeat = 1;
};

void tell(const std::string& line) { fmt::print(stderr, "tulkki: {}\n", line); }

// Why no process that came to MPI left a log: each sentence says only what is known.
std::string why_nothing(const ProgramFront& front, const RawDirectory::Marks& marks, const ChildEnd& end) {
  const char* record = std::getenv("TULKKI_RECORD");
  if (record != nullptr && std::string_view(record) == "0") return "TULKKI_RECORD=0 switches recording off";
  if (!front.obstacle.empty()) return front.obstacle;
  const std::string ended = end.exit_code != 0 ? fmt::format("; the launcher ended with exit code {}", end.exit_code) : "";
  if (!marks.loaded && end.exit_code != 0)
    return fmt::format("the launcher ended with exit code {} before the recorder was loaded into any process: what was printed "
                       "above says why the program did not start", end.exit_code);
  if (!marks.loaded)
    return "the recorder was not loaded into any process on this host: either the loader refused it (it then said so above), or the "
           "program was started without LD_PRELOAD";
  if (front.abi != raw::Abi::unknown) return "no process called MPI" + ended;
  if (marks.mpi_unseen)
    return "an MPI library was opened while the program ran, and no call to it came through the recorder" + ended;
  return "no MPI library was found in the program, and none was loaded while it ran" + ended;
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

// A backend that was asked for is never silently ignored: MPI calls that do not come to us end in some other MPI. What is
// not known to be an MPI program, a script say, need not make any.
bool backend_is_proved(const RecordingOptions& options, const ProgramFront& front, const RawDirectory::Marks& marks, const ChildEnd& end) {
  const char* record = std::getenv("TULKKI_RECORD");
  if (options.backend.empty() || end.exit_code != 0 || (record != nullptr && std::string_view(record) == "0")) return true;
  if (front.abi == raw::Abi::unknown && front.obstacle.empty() && !marks.mpi_unseen) return true;
  tell(fmt::format("no MPI call of the program came to Tulkki: if it made any, they did not go to the MPI of --backend {}",
                   options.backend));
  return false;
}

// True when there are results, and where there need not be any.
bool convert(const RunOptions& options, const LaunchPlan& plan, const RawDirectory& directory, const ChildEnd& end) {
  RecoverOptions recovery;
  recovery.directories = directory.with_logs();
  const RawDirectory::Marks marks = directory.take_marks();
  if (recovery.directories.empty()) {
    tell("nothing was recorded: " + why_nothing(plan.front, marks, end));
    directory.remove_if_empty();
    return backend_is_proved(options.launch.recording, plan.front, marks, end);
  }
  if (!directory.has_initialized_log()) {
    tell("nothing was recorded: no process completed MPI_Init" +
         (end.exit_code != 0 ? fmt::format("; the launcher ended with exit code {}", end.exit_code) : ""));
    std::error_code ignored;
    for (const std::string& folder : recovery.directories) fs::remove_all(folder, ignored);
    directory.remove_if_empty();
    return true;  // its calls did come to us
  }
  recovery.database = options.launch.recording.database;
  recovery.trace_directory = options.launch.recording.trace_directory;
  recovery.trace = options.launch.recording.trace;
  recovery.trace_sites = options.launch.recording.stack_depth > 0;  // asked for: worth 7 bytes a call
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

int launch_once(const RunOptions& options, const LaunchPlan& plan, int repetition, bool& interrupted) {
  Result<RawDirectory> directory = RawDirectory::create(options.launch.recording.trace_directory);
  if (!directory) return failed("run", directory.message());
  const Result<LaunchRequest> request = request_for(plan, *directory, repetition);
  if (!request) {
    directory->remove_if_empty();
    return failed("run", request.message());
  }
  const auto orphaned = [&] {
    if (directory->with_logs().empty()) return directory->remove_if_empty();
    tell(fmt::format("the command was killed, and the program has been ended; what was recorded until then: tulkki recover {}",
                     quote_word(directory->path())));
  };
  const Result<ChildEnd> end = run_child(launch_command(plan.launcher, *request), launch_variables(plan.launcher, *request), orphaned);
  if (!end) {
    directory->remove_if_empty();
    return failed("run", end.message());
  }
  interrupted = end->interrupted;
  const bool converted = convert(options, plan, *directory, *end);
  return end->exit_code != 0 || converted ? end->exit_code : kExitFailed;
}

}  // namespace

int run_command(int argc, char** argv) {
  CLI::App app("Starts an MPI program, unmodified, and records what every MPI call costs.", "tulkki run");
  app.footer("Example: tulkki run -n 4 --label melt lmp -in in.melt\nThe exit code is that of the program.");
  RunOptions options;
  app.add_option("-n,--np", options.launch.ranks, "number of ranks (default 1)")->check(CLI::Range(1, 1 << 24))->type_name("N");
  app.add_option("--repeat", options.repeat, "launch it K times, each a run of its own")
      ->check(CLI::Range(1, 1'000'000))->type_name("K");
  app.add_option("--launcher-args", options.launch.launcher_arguments, "more arguments for mpirun or mpiexec");
  app.add_flag("--oversubscribe", options.launch.oversubscribe, "allow more ranks than cores (Open MPI)");
  options.launch.recording.declare(app);
  if (const auto code = parse_arguments(app, argc, argv)) return *code;
  options.launch.recording.program = app.remaining();
  if (const Result<void> checked = options.launch.recording.check(); !checked) return wrong_use("run", checked.message());
  Refusal refusal = Refusal::failure;
  Result<LaunchPlan> plan = plan_launch(options.launch, refusal);
  if (!plan) return is_wrong_use(refusal) ? wrong_use("run", plan.message()) : failed("run", plan.message());
  if (!plan->backend.warning.empty()) tell("warning: " + plan->backend.warning);
  int result = 0;
  bool interrupted = false;
  for (int repetition = 1; repetition <= options.repeat && !interrupted; ++repetition) {
    const int code = launch_once(options, *plan, repetition, interrupted);
    if (result == 0) result = code;
  }
  return result;
}

}  // namespace tulkki
