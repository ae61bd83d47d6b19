// SPDX-License-Identifier: Apache-2.0
// Deleting, labelling, annotating and merging runs: each one transaction, then what it did, run by run.
#include "viewer/cli/json_text.h"
#include "viewer/cli/quantity.h"
#include "viewer/cli/runs_edit.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "storage/command_line.h"
#include "storage/run_edits.h"
#include "storage/run_merge.h"
#include "storage/trace_folder.h"
#include "viewer/analysis/run_list.h"
#include "viewer/analysis/selection.h"
#include "viewer/cli/command.h"
#include "viewer/cli/report.h"

namespace tulkki {
namespace {

using Json = nlohmann::ordered_json;

Result<std::vector<RunInfo>> selected(Database& database, const RunsOptions& options) {
  Result<std::vector<RunInfo>> runs = list_runs(database);
  if (!runs) return runs;
  runs = select_runs(*runs, options.runs);
  if (!runs) return Error{database.path() + ": " + runs.message()};
  return runs;
}

std::vector<std::int64_t> numbers(const std::vector<RunInfo>& runs) {
  std::vector<std::int64_t> result;
  for (const RunInfo& run : runs)
    result.push_back(run.run_id);
  return result;
}

std::string folder_name(const RunInfo& run) { return trace_folder_name(program_name(run.program, run.arguments), run.launch, run.started_at); }

std::string run_line(const RunInfo& run) {
  return fmt::format("  run {}: {}{}, {} on {}, started {} UTC", run.run_id,
                     printable(std::filesystem::path(run.program).filename().string()),
                     run.label.empty() ? "" : fmt::format(" [{}]", printable(run.label)),
                     plural(static_cast<std::size_t>(run.ranks), "rank"), run.backend,
                     run.started_at.substr(0, 10) + " " + run.started_at.substr(11, 8));
}

// What will go, on stderr: standard output belongs to what was done.
bool agreed(const std::vector<RunInfo>& runs, const RunsOptions& options, const std::string& database) {
  fmt::print(stderr, "From {}, this deletes for good:\n", database);
  for (const RunInfo& run : runs) {
    fmt::print(stderr, "{}\n", run_line(run));
    if (options.keep_traces || run.trace_path.empty()) continue;
    const TraceRemoval trace = describe_trace(run.trace_path, folder_name(run));
    const std::string folder = printable(std::filesystem::path(run.trace_path).parent_path().string());
    if (!trace.left.empty())
      fmt::print(stderr, "    not (all of) its trace {}: {}\n", folder, printable(trace.left));
    else if (trace.bytes > 0)
      fmt::print(stderr, "    with its trace {} ({})\n", folder, bytes_text(static_cast<double>(trace.bytes)));
  }
  fmt::print(stderr, "Delete {}? [y/N] ", plural(runs.size(), "run"));
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace

int delete_selected(const RunsOptions& options) {
  const std::string path = database_path(options.database);
  if (const Result<Database> there = Database::open(path); !there) return failed("runs", there.message());
  Result<Database> database = Database::open_or_create(path);
  if (!database) return failed("runs", database.message());
  const Result<std::vector<RunInfo>> runs = selected(*database, options);
  if (!runs) return failed("runs", runs.message());
  if (!options.yes) {
    if (isatty(STDIN_FILENO) == 0) {
      return wrong_use("runs",
                       fmt::format("--delete would delete {} of {}; add --yes, as there is no terminal to ask on",
                                   plural(runs->size(), "run"), path));
    }
    if (!agreed(*runs, options, path)) return failed("runs", "nothing was deleted");
  }
  if (const Result<void> done = delete_runs(*database, numbers(*runs)); !done) return failed("runs", done.message());
  Json array = Json::array();
  std::uint64_t freed = 0;
  bool whole = true;
  for (const RunInfo& run : *runs) {
    TraceRemoval trace;
    const bool wanted = !options.keep_traces && !run.trace_path.empty();
    if (wanted) trace = remove_trace(run.trace_path, folder_name(run));
    if (!trace.left.empty()) {
      fmt::print(stderr, "tulkki runs: run {} is deleted, but its trace {} is not gone: {}\n", run.run_id,
                 printable(run.trace_path), printable(trace.left));
      whole = false;
    }
    freed += trace.bytes;
    array.push_back({{"run_id", run.run_id},
                     {"trace_path", run.trace_path},
                     {"trace_deleted", wanted && trace.left.empty()},
                     {"trace_bytes", trace.bytes}});
  }
  if (const Result<void> done = shrink(*database); !done) {
    fmt::print(stderr, "tulkki runs: the runs are deleted, but {} did not get smaller; later runs use the space ({})\n",
               path, done.message());
  }
  if (options.json)
    fmt::print("{}", json_text({{"deleted", array}}));
  else
    fmt::print("deleted {} from {}{}\n", plural(runs->size(), "run"), path,
               freed > 0 ? fmt::format(", and {} of traces", bytes_text(static_cast<double>(freed))) : "");
  return whole ? 0 : kExitFailed;
}

int describe_selected(const RunsOptions& options) {
  const std::string path = database_path(options.database);
  if (const Result<Database> there = Database::open(path); !there) return failed("runs", there.message());
  Result<Database> database = Database::open_or_create(path);
  if (!database) return failed("runs", database.message());
  Result<std::vector<RunInfo>> runs = selected(*database, options);
  if (!runs) return failed("runs", runs.message());
  const Result<void> done = describe_runs(*database, numbers(*runs), options.label, options.note);
  if (!done) return failed("runs", done.message());
  for (RunInfo& run : *runs) {
    run.label = options.label.value_or(run.label);
    run.note = options.note.value_or(run.note);
  }
  if (options.json)
    fmt::print("{}", runs_json(*runs));
  else
    fmt::print("changed {} in {}\n", plural(runs->size(), "run"), path);
  return 0;
}

int merge_selected(const RunsOptions& options) {
  std::vector<std::int64_t> wanted;
  if (!options.runs.empty()) {
    Result<Database> other = Database::open(options.merge);
    if (!other) return failed("runs", other.message());
    const Result<std::vector<RunInfo>> runs = selected(*other, options);
    if (!runs) return failed("runs", runs.message());
    wanted = numbers(*runs);
  }
  if (const Result<Database> there = Database::open(options.merge); !there) return failed("runs", there.message());
  const std::string path = database_path(options.database);
  Result<Database> database = Database::open_or_create(path);
  if (!database) return failed("runs", database.message());
  const Result<MergeSummary> summary = merge_runs(*database, options.merge, wanted);
  if (!summary) return failed("runs", summary.message());
  Json array = Json::array();
  std::size_t added = 0;
  for (const MergedRun& run : summary->runs) {
    if (run.added) ++added;
    array.push_back({{"source_run_id", run.source_id}, {"run_id", run.run_id}, {"added", run.added}});
    if (options.json) continue;
    if (run.added)
      fmt::print("run {} of {} is now run {}\n", run.source_id, options.merge, run.run_id);
    else
      fmt::print("run {} of {} is here already as run {}; skipped\n", run.source_id, options.merge, run.run_id);
  }
  for (const std::string& trace : summary->missing_traces)
    fmt::print(stderr, "tulkki runs: warning: the trace {} is not there; the run came without it\n", printable(trace));
  if (options.json) {
    fmt::print("{}", json_text({{"runs", array}, {"sweeps", summary->sweeps}, {"missing_traces", summary->missing_traces}}));
    return 0;
  }
  for (const std::string& sweep : summary->sweeps)
    fmt::print("the launches of the sweep '{}' came along\n", printable(sweep));
  fmt::print("added {} to {}\n", plural(added, "run"), path);
  return 0;
}

}  // namespace tulkki
