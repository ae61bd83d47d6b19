// SPDX-License-Identifier: Apache-2.0
// `tulkki sweep FILE`: any program over backends, transports, ranks and factors of its own.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fmt/core.h>

#include "viewer/cli/command.h"
#include "viewer/cli/sweep_engine.h"
#include "viewer/documentation.h"

namespace tulkki {

int sweep_command(int argc, char** argv) {
  CLI::App app("Launches a program over all combinations of factors, several times, in random order.", "tulkki sweep");
  app.footer("Example: tulkki sweep study.json --db study.db\nThe same command again does what is missing. The file is described in " +
             document("bench.md"));
  std::string file;
  SweepOptions options;
  int repetitions = 0;
  app.add_option("FILE", file, "JSON file that says what to launch: program, backends, transports, ranks, factors, repetitions ...")->required();
  app.add_option("--db", options.database, "database to add the runs to (default tulkki.db)")->envname("TULKKI_DB")->type_name("FILE");
  app.add_option("--trace-dir", options.trace_directory, "folder for traces (default tulkki-traces)")->envname("TULKKI_TRACE_DIR")->type_name("DIR");
  app.add_option("--repeat", repetitions, "launches of each combination (default: as in the file)")->check(CLI::Range(1, 100'000))->type_name("K");
  app.add_option("--transports-file", options.transports_file, "more transports (default ~/.config/tulkki/transports.json)")
      ->type_name("FILE");
  app.add_flag("--retry-failed", options.retry_failed, "launch again what failed before, too");
  app.add_option("--free", options.lost_host, "do the launches that a command on HOST had begun, when that command is no longer running")->type_name("HOST");
  app.add_flag("--dry-run", options.dry_run, "launch and write nothing: say how many launches are missing and about how long they take, and list them");
  if (const auto code = parse_arguments(app, argc, argv)) return *code;
  Result<Sweep> sweep = read_sweep_file(file);
  if (!sweep) return wrong_use("sweep", sweep.message());
  if (repetitions > 0) sweep->repetitions = repetitions;
  options.database = std::filesystem::absolute(database_path(options.database)).lexically_normal();
  options.trace_directory = absolute_trace_directory(options.trace_directory);
  return carry_out("sweep", *sweep, options).exit_code;
}

}  // namespace tulkki
