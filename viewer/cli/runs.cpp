// SPDX-License-Identifier: Apache-2.0
// `tulkki runs`: what a database holds, newest last; and its arguments for changing that (viewer/cli/runs_edit.h).
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "viewer/analysis/run_list.h"
#include "viewer/analysis/selection.h"
#include "viewer/cli/command.h"
#include "viewer/cli/report.h"
#include "viewer/cli/runs_edit.h"

namespace tulkki {
namespace {

std::string transport_text(const RunInfo& run) {
  return run.transport + (run.transport_unverified() ? " (not verified)" : "");
}

std::string outcome_text(const RunInfo& run) {
  return run.exit_code.value_or(0) != 0 ? fmt::format("{} ({})", run.outcome, *run.exit_code) : run.outcome;
}

// Columns in which every run says the same usual thing are left out.
std::string runs_text(const std::vector<RunInfo>& runs, const Style& style) {
  const auto any = [&](const auto& unusual) { return std::any_of(runs.begin(), runs.end(), unusual); };
  const bool labels = any([](const RunInfo& run) { return !run.label.empty(); });
  const bool translations = any([](const RunInfo& run) { return run.translated; });
  const bool notes = any([](const RunInfo& run) { return !run.note.empty(); });
  const bool transports = any([](const RunInfo& run) { return run.transport != "default"; });
  const bool outcomes = any([](const RunInfo& run) { return outcome_text(run) != "finalized"; });
  TextTable table;
  table.column("run");
  if (labels) table.column("label", TextTable::Kind::flexible);
  table.column("program", TextTable::Kind::flexible);
  table.column("ranks");
  if (translations) table.column("built for", TextTable::Kind::text);
  table.column("ran on", TextTable::Kind::text);
  table.column("ABI", TextTable::Kind::text);
  if (transports) table.column("transport", TextTable::Kind::text);
  table.column("wall");
  table.column("started (UTC)", TextTable::Kind::text);
  if (outcomes) table.column("outcome", TextTable::Kind::text);
  if (notes) table.column("note", TextTable::Kind::flexible);
  table.may_leave_out({"built for", "started (UTC)", "note", "ABI", "ranks"});
  for (const RunInfo& run : runs) {
    std::string date = run.started_at.substr(0, 16);
    if (date.size() > 10) date[10] = ' ';
    std::vector<std::string> cells{std::to_string(run.run_id)};
    if (labels) cells.push_back(run.label);
    cells.push_back(run.name);
    cells.push_back(std::to_string(run.ranks));
    if (translations) cells.push_back(run.front);
    cells.push_back(run.backend);
    cells.push_back(run.translated ? "translated" : "native");
    if (transports) cells.push_back(transport_text(run));
    cells.push_back(duration_text(static_cast<double>(run.wall_ns), style));
    cells.push_back(date);
    if (outcomes) cells.push_back(outcome_text(run));
    if (notes) cells.push_back(run.note);
    table.row(std::move(cells));
  }
  return table.text(style);
}

int list_selected(const RunsOptions& options) {
  Result<Database> database = Database::open(database_path(options.database));
  if (!database) return failed("runs", database.message());
  Result<std::vector<RunInfo>> runs = list_runs(*database);
  if (!runs) return failed("runs", runs.message());
  if (!options.runs.empty()) {
    runs = select_runs(*runs, options.runs);
    if (!runs) return failed("runs", database->path() + ": " + runs.message());
  }
  if (options.json)
    fmt::print("{}", runs_json(*runs));
  else if (runs->empty())
    fmt::print("{} holds no runs yet: record one with `tulkki run ...`\n", database->path());
  else
    fmt::print("{}", runs_text(*runs, Style::of_stdout()));
  return 0;
}

}  // namespace

int runs_command(int argc, char** argv) {
  CLI::App app("Lists the recorded runs, newest last; deletes, labels, annotates and merges them.", "tulkki runs");
  app.footer(
      "Examples: tulkki runs --db study.db\n"
      "          tulkki runs --label tuned --note 'new compiler' 4-9\n"
      "          tulkki runs --delete 3 label=test\n"
      "          tulkki runs --merge ../other/tulkki.db");
  RunsOptions options;
  std::string label, note;
  app.add_option("RUN", options.runs, "7, 1-6, 1,3,8-10, last, a label, label=TEXT or transport=tcp,backend=mpich");
  app.add_option("--db", options.database, "database (default: TULKKI_DB, else tulkki.db)")->type_name("FILE");
  app.add_flag("--json", options.json, "machine-readable: everything, unrounded");
  app.add_flag("--delete", options.remove, "delete these runs and their traces; asks first");
  app.add_flag("--keep-traces", options.keep_traces, "with --delete: leave the traces where they are");
  app.add_flag("--yes", options.yes, "with --delete: do not ask");
  auto* set_label =
      app.add_option("--label", label, "give these runs this label; an empty one removes it")->type_name("TEXT");
  auto* set_note =
      app.add_option("--note", note, "give these runs this note; an empty one removes it")->type_name("TEXT");
  app.add_option("--merge", options.merge, "add the runs of another database: all, or the named ones")
      ->type_name("FILE");
  if (const auto code = parse_arguments(app, argc, argv)) return *code;
  const int changes = (options.remove ? 1 : 0) + (options.merge.empty() ? 0 : 1) +
                      (set_label->count() + set_note->count() != 0 ? 1 : 0);
  if (changes > 1) return wrong_use("runs", "give only one of --delete, --merge, and --label with --note");
  if (!options.remove && (options.keep_traces || options.yes)) {
    return wrong_use("runs", "--keep-traces and --yes belong to --delete");
  }
  if (set_label->count() != 0) options.label = label;
  if (set_note->count() != 0) options.note = note;
  const char* change = options.remove ? "--delete" : options.label ? "--label" : options.note ? "--note" : nullptr;
  if (change != nullptr && options.runs.empty()) {
    return wrong_use("runs", fmt::format("{}: which runs? Name them, for example {} 3 or {} 4-9", change,
                                         options.remove ? change : fmt::format("{} TEXT", change),
                                         options.remove ? change : fmt::format("{} TEXT", change)));
  }
  if (options.remove) return delete_selected(options);
  if (!options.merge.empty()) return merge_selected(options);
  if (options.label || options.note) return describe_selected(options);
  return list_selected(options);
}

}  // namespace tulkki
