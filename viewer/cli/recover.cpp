// SPDX-License-Identifier: Apache-2.0
// `tulkki recover`: profile and trace from raw logs, where that did not happen by itself.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <functional>

#include "storage/recover.h"
#include "storage/recover_progress.h"
#include "viewer/cli/command.h"

namespace tulkki {
namespace {

struct RecoverArguments {
  RecoverOptions recovery;
  bool no_trace = false;
  bool quiet = false;
  int exit_code = 0;
};

void print_run(const RecoveredRun& run, const std::string& database) {
  if (run.already_recorded) {
    fmt::print("tulkki: run {}: is already in {}; nothing was changed, and the raw logs stay\n", run.run_id, database);
    return;
  }
  fmt::print("tulkki: run {}: {}, {} rank{}, {} calls, {}; profile {}; {}\n", run.run_id,
             run.program.empty() ? "unknown program" : run.program, run.ranks, run.ranks == 1 ? "" : "s", run.calls,
             run.outcome, database, run.trace_anchor.empty() ? "no trace" : "trace " + run.trace_anchor);
}

}  // namespace

int recover_command(int argc, char** argv) {
  CLI::App app(
      "Makes a profile and a trace from the raw logs in a directory, then removes the logs. `tulkki run` does "
      "this by itself; `recover` is for runs that were killed together with their launcher.",
      "tulkki recover");
  app.footer("Example: tulkki recover --db study.db /dev/shm/tulkki-1000/20261121-103500-4711");
  RecoverArguments arguments;
  RecoverOptions& recovery = arguments.recovery;
  app.add_option("DIR", recovery.directories,
                 "directory with *.tulkki-raw files, in it or one level below; several "
                 "for a launch on several hosts")
      ->required()
      ->type_name("");
  app.add_option("--db", recovery.database, "database (default: as recorded, else tulkki.db)")->type_name("FILE");
  app.add_option("--trace-dir", recovery.trace_directory,
                 "where the trace goes (default: as recorded, else "
                 "tulkki-traces)")
      ->type_name("DIR");
  auto* no_trace = app.add_flag("--no-trace", arguments.no_trace, "write the profile only");
  app.add_flag("--trace-sites", recovery.trace_sites, "write call sites into the trace too (`compare --pairs` shows them)");
  app.add_flag("--keep", recovery.keep_raw_logs, "keep the raw logs");
  app.add_flag("--force", recovery.force, "also while recorded processes are still running: the run then holds what they have done so far");
  auto* exit_code = app.add_option("--exit-code", arguments.exit_code,
                                   "exit code of the launcher, stored with the run")
                        ->type_name("N");
  app.add_flag("--quiet", arguments.quiet, "print nothing but errors");
  if (const auto code = parse_arguments(app, argc, argv)) return *code;
  if (no_trace->count() != 0) recovery.trace = false;
  if (exit_code->count() != 0) recovery.exit_code = arguments.exit_code;

  ProgressLine progress;
  if (!arguments.quiet) recovery.progress = std::ref(progress);
  const Result<RecoverSummary> summary = recover(recovery);
  progress.clear();
  if (!summary) return failed("recover", summary.message());
  if (arguments.quiet) return 0;
  for (const std::string& warning : summary->warnings)
    fmt::print(stderr, "tulkki recover: warning: {}\n", warning);
  for (const RecoveredRun& run : summary->runs)
    print_run(run, summary->database);
  return 0;
}

}  // namespace tulkki
