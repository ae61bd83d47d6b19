// SPDX-License-Identifier: Apache-2.0
// `tulkki runs`: what a database holds, newest last.
#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "viewer/analysis/run_list.h"
#include "viewer/cli/command.h"
#include "viewer/cli/report.h"

namespace tulkki {
namespace {

std::string runs_text(const std::vector<RunInfo>& runs, const Style& style) {
  TextTable table;
  table.column("run");
  table.column("label", TextTable::Kind::flexible);
  table.column("program", TextTable::Kind::flexible);
  table.column("backend", TextTable::Kind::text);
  table.column("transport", TextTable::Kind::text);
  table.column("ranks");
  table.column("wall");
  table.column("started (UTC)", TextTable::Kind::text);
  table.column("outcome", TextTable::Kind::text);
  for (const RunInfo& run : runs) {
    std::string date = run.started_at.substr(0, 19);
    if (date.size() > 10) date[10] = ' ';
    table.row({std::to_string(run.run_id), run.label, run.name, run.backend,
               run.transport + (run.transport_unverified() ? " (not verified)" : ""), std::to_string(run.ranks), duration_text(static_cast<double>(run.wall_ns)), date,
               run.outcome + (run.exit_code.value_or(0) != 0 ? fmt::format(" ({})", *run.exit_code) : "")});
  }
  return table.text(style);
}

}  // namespace

int runs_command(int argc, char** argv) {
  CLI::App app("Lists the recorded runs, newest last.", "tulkki runs");
  app.footer("Example: tulkki runs --db study.db");
  std::string database_option;
  bool json = false;
  app.add_option("--db", database_option, "database (default: TULKKI_DB, else tulkki.db)")->type_name("FILE");
  app.add_flag("--json", json, "for programs: all factors of every run");
  if (const auto code = parse_arguments(app, argc, argv)) return *code;
  Result<Database> database = Database::open(database_path(database_option));
  if (!database) return failed("runs", database.message());
  const Result<std::vector<RunInfo>> runs = list_runs(*database);
  if (!runs) return failed("runs", runs.message());
  if (json) fmt::print("{}", runs_json(*runs));
  else if (runs->empty()) fmt::print("{} holds no run yet: record one with `tulkki run ...`\n", database->path());
  else fmt::print("{}", runs_text(*runs, Style::of_stdout()));
  return 0;
}

}  // namespace tulkki
