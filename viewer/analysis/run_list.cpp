// SPDX-License-Identifier: Apache-2.0
// Reads the table `run`, and what its ranks had of their machines.
#include "viewer/analysis/run_list.h"

#include <algorithm>
#include <fmt/ranges.h>
#include <sstream>

#include "storage/command_line.h"
#include "viewer/analysis/near_name.h"

namespace tulkki {

// Lines "ranks<TAB>path<TAB>command line", one for each program of the launch.
static void take_programs(RunInfo& run, const std::string& lines) {
  if (lines.empty()) return;
  std::vector<std::string> names;
  std::string arguments;
  std::istringstream stream(lines);
  for (std::string ranks, path, command; std::getline(stream, ranks, '\t') && std::getline(stream, path, '\t') && std::getline(stream, command);) {
    std::string name = program_name(path, command);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    arguments += (arguments.empty() ? "" : " : ") + command;
  }
  if (names.empty()) return;
  run.name = fmt::format("{}", fmt::join(names, " : "));
  run.arguments = arguments;
}

Result<std::vector<RunInfo>> list_runs(Database& database) {
  Result<Statement> query = database.prepare(
      "SELECT run_id, label, program, arguments, backend, backend_version, front, translated, transport, "
      "transport_verified, ranks, nodes, thread_level, kernel, cpu, repetition, started_at, wall_ns, outcome, "
      "exit_code, own_cost_ns, clock_resolution_ns, trace_path, events, events_dropped, loss, tulkki_version, "
      "(SELECT value FROM run_property AS one WHERE one.run_id = run.run_id AND name = 'programs'), "
      "(SELECT value FROM run_property AS one WHERE one.run_id = run.run_id AND name = 'compared_arguments'), "
      "launch, " +
      std::string(database.has_column("run", "note") ? "note" : "''") + " FROM run ORDER BY run_id");
  if (!query) return query.error();
  Result<std::map<std::int64_t, RunLoad>> loads = read_loads(database);
  if (!loads) return loads.error();
  std::vector<RunInfo> runs;
  for (;;) {
    const Result<bool> row = query->step();
    if (!row) return row.error();
    if (!*row) return runs;
    int column = 0;
    const auto text = [&] { return query->text(column++); };
    const auto integer = [&] { return query->integer(column++); };
    RunInfo run;
    run.run_id = integer();
    run.label = text();
    run.program = text();
    run.arguments = text();
    run.backend = text();
    run.backend_version = text();
    run.front = text();
    run.translated = integer() != 0;
    run.transport = text();
    run.transport_verified = text();
    run.ranks = integer();
    run.nodes = integer();
    run.thread_level = text();
    run.kernel = text();
    run.cpu = text();
    run.repetition = integer();
    run.started_at = text();
    run.wall_ns = integer();
    run.outcome = text();
    if (!query->is_null(column)) run.exit_code = query->integer(column);
    ++column;
    run.own_cost_ns = query->real(column++);
    run.clock_resolution_ns = query->real(column++);
    run.trace_path = text();
    run.events = integer();
    run.events_dropped = integer();
    run.loss = text();
    run.tulkki_version = text();
    if (const auto load = loads->find(run.run_id); load != loads->end()) run.load = std::move(load->second);
    run.name = program_name(run.program, run.arguments);
    take_programs(run, text());
    const std::string compared = text();
    run.compared_arguments = compared.empty() ? run.arguments : compared;
    run.launch = text();
    run.note = text();
    runs.push_back(std::move(run));
  }
}

Result<RunInfo> select_run(Database& database, const std::string& name) {
  Result<std::vector<RunInfo>> runs = list_runs(database);
  if (!runs) return runs.error();
  if (runs->empty()) return Error{database.path() + " holds no runs: record one with `tulkki run ...`"};
  if (name == "last") return runs->back();
  for (const RunInfo& run : *runs) {
    if (std::to_string(run.run_id) == name) return run;
  }
  const auto labelled = std::find_if(runs->rbegin(), runs->rend(), [&](const RunInfo& run) { return run.label == name; });
  if (labelled != runs->rend()) return *labelled;
  std::vector<std::string> known{"last"};
  for (const RunInfo& run : *runs) known.push_back(run.label);
  const std::string near = did_you_mean(name, known);
  return Error{database.path() + " has no run '" + name + "'" + (near.empty() ? ": `tulkki runs` lists numbers and labels" : near)};
}

}  // namespace tulkki
