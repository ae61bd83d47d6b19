// SPDX-License-Identifier: GPL-3.0-or-later
// Options with their help; what fits together is checked here.
#include "viewer/options.h"

#include <CLI/CLI.hpp>

#include "viewer/cli/command.h"

namespace tulkki {

std::optional<int> parse_view_options(int argc, char** argv, ViewOptions& options) {
  CLI::App app("Opens the window, or draws without a display what the window would show.", "tulkki view");
  app.footer("Examples: tulkki view                                     the runs of tulkki.db\n"
             "          tulkki view --db a.db --db b.db --by backend    two databases\n"
             "          tulkki view --figure bandwidth.json --out bandwidth.pdf\n"
             "          tulkki view --table functions --csv -\n"
             "          tulkki view --screenshot compare.png --page compare --theme dark");
  app.add_option("RUN", options.arguments, "runs (number, 1-6, label, FACTOR=VALUE), or files to open; default: all runs of the database");
  app.add_option("--db", options.databases, "database, may be given more than once (default: TULKKI_DB, else tulkki.db)")->type_name("FILE");
  app.add_option("--by", options.by, "factors that make the series (default: backend,transport,translated)")->delimiter(',')->type_name("FACTOR,...");
  app.add_option("--baseline", options.baseline, "name of the series that the others are compared with")->type_name("SERIES");
  app.add_option("--metric", options.metric, "metric of the compare page: wall_time, throughput, latency, iops ...")->type_name("METRIC");
  app.add_option("--form", options.form, "form of the compare page")->check(CLI::IsMember({"curve", "ratio", "cdf", "box", "stacked", "scaling"}))->type_name("FORM");
  app.add_option("--procedure", options.procedure, "procedure to mark, such as MPI_Send")->type_name("NAME");
  app.add_option("--workload", options.workload, "workload whose measurements are shown (metric measured:NAME)")->type_name("NAME");
  app.add_option("--panels", options.panels, "factor whose values get a panel each")->type_name("FACTOR");
  app.add_option("--x", options.x, "factor on the horizontal axis of scaling: ranks or nodes")->type_name("FACTOR");
  app.add_option("--against", options.contender, "series to compare with the baseline on pages that show two")->type_name("SERIES");
  app.add_option("--cell", options.cell, "cell of the matrix to mark: sender and receiver, as 0,1, or blocks of ranks, as 0-1,6-7")->type_name("FROM,TO");
  app.add_option("--quantity", options.quantity, "what the matrix shows: bytes, messages or time")->check(CLI::IsMember({"bytes", "messages", "time"}))->type_name("NAME");
  app.add_flag("--over-time", options.over_time, "show the I/O page over time, from traces");
  auto* figure = app.add_option("--figure", options.figure, "draw this figure.json")->type_name("FILE");
  auto* out = app.add_option("--out", options.out, "file for the figure: .pdf, .svg, .png, .csv, .tex or .json")->type_name("FILE");
  app.add_option("--dpi", options.dpi, "dots per inch of a PNG (default: 300)")->check(CLI::Range(20, 2400));
  auto* table = app.add_option("--table", options.table, "write this table: compare, functions, waterfall, sites, sizes, matrix, cell, pairs, io, io_time, setup")->type_name("NAME");
  auto* csv = app.add_option("--csv", options.csv, "file for the table as CSV, - for standard output")->type_name("FILE");
  auto* tsv = app.add_option("--tsv", options.tsv, "the same as TSV")->type_name("FILE");
  auto* latex = app.add_option("--latex", options.latex, "the same for LaTeX, rounded for reading")->type_name("FILE");
  auto* screenshot = app.add_option("--screenshot", options.screenshot, "write a picture of the window")->type_name("FILE.png");
  app.add_option("--page", options.page, "page to show: compare, functions, sizes, matrix, pairs, timeline, io, setup, figure")->type_name("NAME");
  app.add_option("--find", options.find, "with --page timeline: show the first call that matches, such as \"duration > p99\"")->type_name("SEARCH");
  app.add_option("--size", options.size, "size of the window for a picture (default: 1280x800)")->type_name("WxH");
  app.add_option("--theme", options.theme, "light, dark or system")->check(CLI::IsMember({"light", "dark", "system"}));
  figure->needs(out)->excludes(table)->excludes(screenshot);
  out->needs(figure);
  table->excludes(screenshot);
  csv->needs(table)->excludes(tsv);
  tsv->needs(table);
  latex->needs(table)->excludes(csv)->excludes(tsv);
  app.final_callback([&options] {
    if (!options.find.empty() && options.page != "timeline") throw CLI::RequiresError("--find", "--page timeline");
  });
  return parse_arguments(app, argc, argv);
}

}  // namespace tulkki
