// SPDX-License-Identifier: Apache-2.0
// `tulkki report`: one run, as text or as JSON.
#include "viewer/cli/report.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/core.h>
#include <map>

#include "viewer/cli/command.h"
#include "viewer/documentation.h"

namespace tulkki {
namespace {

struct ReportOptions {
  std::string run = "last";
  std::string database;
  bool json = false;
  int top = 10;
  Grouping grouping = Grouping::procedure;
  std::string grouping_name;  // empty: everything
};

const std::map<std::string, Grouping> kGroupings{
    {"procedure", Grouping::procedure}, {"site", Grouping::site}, {"communicator", Grouping::communicator},
    {"peer", Grouping::peer},           {"size", Grouping::size}, {"rank", Grouping::rank}};

Result<std::string> make_report(const ReportOptions& options) {
  Result<Database> database = Database::open(database_path(options.database));
  if (!database) return database.error();
  Result<RunInfo> run = select_run(*database, options.run);
  if (!run) return run.error();
  Result<RunReport> report = build_report(*database, *run, options.top);
  if (!report) return report.error();
  const Style style = Style::of_stdout();
  if (options.grouping_name.empty()) {
    return options.json ? report_json(*report, options.top) : report_text(*report, options.top, style);
  }
  Result<std::vector<ProfileRow>> rows = profile_by(*database, run->run_id, options.grouping);
  if (!rows) return rows.error();
  if (options.json) {
    rows->resize(std::min(rows->size(), static_cast<std::size_t>(options.top)));
    return grouping_json(*report, options.grouping_name, *rows);
  }
  return grouping_text(*report, options.grouping, *rows, options.top, style);
}

}  // namespace

int report_command(int argc, char** argv) {
  CLI::App app("Shows what MPI cost in one run.", "tulkki report");
  app.footer("Examples: tulkki report\n          tulkki report 12 --by rank --top 20\n"
             "What each figure means: " + document("report.md"));
  ReportOptions options;
  app.add_option("RUN", options.run, "number, label or 'last' (the default)");
  app.add_option("--db", options.database, "database (default: TULKKI_DB, else tulkki.db)")->type_name("FILE");
  app.add_flag("--json", options.json, "machine-readable: exact figures in ns and bytes");
  app.add_option("--top", options.top, "rows per table (default: 10)")
      ->check(CLI::Range(1, 1'000'000'000))
      ->type_name("N");
  app.add_option("--by", options.grouping_name, "one table only: procedure, site, communicator, peer, size or rank")
      ->check(CLI::IsMember({"procedure", "site", "communicator", "peer", "size", "rank"}))
      ->type_name("WHAT");
  if (const auto code = parse_arguments(app, argc, argv)) return *code;
  if (!options.grouping_name.empty()) options.grouping = kGroupings.at(options.grouping_name);
  const Result<std::string> text = make_report(options);
  if (!text) return failed("report", text.message());
  fmt::print("{}", *text);
  return 0;
}

}  // namespace tulkki
