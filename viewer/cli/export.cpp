// SPDX-License-Identifier: Apache-2.0
// `tulkki export`: tables of the profile, in full precision and the C locale.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "viewer/analysis/export_tables.h"
#include "viewer/analysis/run_list.h"
#include "viewer/cli/command.h"
#include "viewer/cli/table_sinks.h"

namespace tulkki {
namespace {

struct ExportOptions {
  std::string format;
  std::vector<std::string> runs;
  std::string database;
  std::string table = "procedures";
  std::string output;
  bool force = false;
};

Result<void> write_table(const ExportOptions& options, std::FILE* file) {
  Result<Database> database = Database::open(database_path(options.database));
  if (!database) return database.error();
  std::vector<std::int64_t> runs;
  for (const std::string& name : options.runs) {
    const Result<RunInfo> run = select_run(*database, name);
    if (!run) return run.error();
    runs.push_back(run->run_id);
  }
  const std::unique_ptr<TextSink> sink = make_sink(options.format, file);
  if (const Result<void> done = export_table(*database, options.table, runs, *sink); !done) return done;
  const std::string reason = sink->finish();
  if (reason.empty()) return {};
  return Error{fmt::format("cannot write {}: {}", options.output.empty() ? "the output" : options.output, reason)};
}

}  // namespace

int export_command(int argc, char** argv) {
  CLI::App app("Writes a table of the profile, one observation per row.", "tulkki export");
  app.footer(
      "Examples: tulkki export csv last > procedures.csv\n"
      "          tulkki export json 3 4 --table matrix -o matrix.json\n"
      "`tulkki compare --csv` and `--latex` write the verdict table.");
  ExportOptions options;
  app.add_option("FORMAT", options.format, "csv, tsv, json, latex or markdown")
      ->required()
      ->check(CLI::IsMember(table_formats()));
  app.add_option("RUN", options.runs, "numbers, labels or 'last' (default: all runs)");
  app.add_option("--db", options.database, "database (default: TULKKI_DB, else tulkki.db)")->type_name("FILE");
  const auto& tables = export_table_names();
  app.add_option("--table", options.table, "calls, procedures (default), sites, matrix, processes, runs, measurements or histogram")
      ->check(CLI::IsMember(std::vector<std::string>(tables.begin(), tables.end())))
      ->type_name("TABLE");
  app.add_option("-o,--output", options.output, "file to write (default: standard output)")->type_name("FILE");
  app.add_flag("--force", options.force, "overwrite an existing file");
  if (const auto code = parse_arguments(app, argc, argv)) return *code;
  const Result<void> written =
      write_output(options.output, options.force, [&](std::FILE* file) { return write_table(options, file); });
  return written ? 0 : failed("export", written.message());
}

}  // namespace tulkki
