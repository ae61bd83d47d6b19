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
  app.add_option("FILE", file, "what to do: JSON with program, backends, transports, ranks, factors, repetitions ...")->required();
  app.add_option("--db", options.database, "database to add the runs to (default tulkki.db)")->envname("TULKKI_DB")->type_name("FILE");
  app.add_option("--repeat", repetitions, "launches of each combination, instead of the file's")->check(CLI::Range(1, 100'000))->type_name("K");
  app.add_option("--transports-file", options.transports_file, "more transports (default ~/.config/tulkki/transports.json)")
      ->type_name("FILE");
  app.add_flag("--retry-failed", options.retry_failed, "also launch again what has failed");
  app.add_option("--free", options.lost_host, "take over launches that a command on this other host had taken: it is gone")->type_name("HOST");
  app.add_flag("--dry-run", options.dry_run, "only list what is missing");
  if (const auto code = parse_arguments(app, argc, argv)) return *code;
  Result<Sweep> sweep = read_sweep_file(file);
  if (!sweep) return wrong_use("sweep", sweep.message());
  if (repetitions > 0) sweep->repetitions = repetitions;
  options.database = std::filesystem::absolute(database_path(options.database)).lexically_normal();
  return carry_out("sweep", *sweep, options).exit_code;
}

}  // namespace tulkki
