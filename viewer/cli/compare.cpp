// SPDX-License-Identifier: Apache-2.0
// `tulkki compare`: arguments, and the way from selections to a report.
#include "viewer/cli/compare.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>

#include "viewer/analysis/comparison_table.h"
#include "viewer/analysis/method_sentence.h"
#include "viewer/analysis/selection.h"
#include "viewer/cli/command.h"
#include "viewer/cli/compare_latex.h"
#include "viewer/cli/table_sinks.h"

namespace tulkki {
namespace {

struct CompareOptions {
  std::vector<std::string> selections, by, metrics, procedures;
  std::string database, baseline, format = "text", output, basis = "middle";
  double threshold_percent = 2;
  std::size_t top = 10;
  bool json = false, csv = false, latex = false, markdown = false, method = false;
  bool by_size = false, all = false, include_unfinished = false, force = false;
  bool waterfall = false, no_waterfall = false, pairs = false;
};

void add_options(CLI::App& app, CompareOptions& options) {
  app.add_option(
         "SERIES", options.selections,
         "launches to compare, one argument a series: 7, 1-6, 1,3,8-10, label=TEXT, transport=tcp,backend=mpich")
      ->allow_extra_args();
  app.add_option("--by", options.by, "cut the selected launches (default: all) into series by these factors")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("FACTOR,...");
  app.add_option("--baseline", options.baseline,
                 "series that the others are compared with: A, B ... or its name (default: the first)")
      ->type_name("SERIES");
  app.add_option("--metric", options.metrics,
                 "what to compare (default: wall_time,mpi_time,compute_time,time); 'all' for everything")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("METRIC,...");
  app.add_option("--procedure", options.procedures, "only these MPI procedures, as Send or MPI_Send")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,...");
  app.add_flag("--by-size", options.by_size, "one row for each size class of messages");
  app.add_option("--threshold", options.threshold_percent,
                 "differences up to this many percent do not matter (default: 2)")
      ->check(CLI::Range(0.0, 1000.0))
      ->type_name("PERCENT");
  app.add_option("--top", options.top, "procedures to show (default: 10)")
      ->check(CLI::Range(1, 100000))
      ->type_name("N");
  app.add_flag("--all", options.all, "show all procedures");
  app.add_flag("--waterfall", options.waterfall, "where the time went, for every series (default with two series)");
  app.add_flag("--no-waterfall", options.no_waterfall, "leave that out");
  app.add_option("--basis", options.basis, "launches that the waterfall is made of: middle (default) or mean of all")
      ->check(CLI::IsMember({"middle", "mean"}))
      ->type_name("BASIS");
  app.add_flag("--pairs", options.pairs, "pair the calls of the traces one by one");
  app.add_flag("--include-unfinished", options.include_unfinished, "also launches that did not end well");
  app.add_flag("--json", options.json, "for programs: everything, unrounded");
  app.add_flag("--csv", options.csv, "tidy table: one row for each metric and series");
  app.add_flag("--latex", options.latex, "the verdict table for a paper (booktabs)");
  app.add_flag("--markdown", options.markdown, "the verdict table in Markdown");
  app.add_flag("--method", options.method, "only the sentences for a method section, with all factors");
  app.add_option("-o,--output", options.output, "file to write (default: standard output)")->type_name("FILE");
  app.add_flag("--force", options.force, "overwrite an existing file");
  app.add_option("--db", options.database, "database (default: TULKKI_DB, else tulkki.db)")->type_name("FILE");
}

std::string metric_list() {
  std::string text;
  for (const MetricInfo& info : metric_infos())
    text += fmt::format("{}{}", text.empty() ? "" : ", ", info.name);
  return text;
}

// Wrong use is told apart from failure before a database is opened.
Result<std::vector<Metric>> wanted_metrics(const CompareOptions& options) {
  std::vector<Metric> metrics;
  for (const std::string& name : options.metrics) {
    if (name == "all") {
      for (const MetricInfo& info : metric_infos())
        metrics.push_back(info.metric);
      continue;
    }
    const auto metric = metric_named(name);
    if (!metric) return Error{fmt::format("'{}' is no metric; there are {}", name, metric_list())};
    metrics.push_back(*metric);
  }
  return metrics;
}

Result<void> check_use(const CompareOptions& options) {
  if (options.json + options.csv + options.latex + options.markdown + options.method > 1) {
    return Error{"give one of --json, --csv, --latex, --markdown and --method"};
  }
  if (options.selections.empty() && options.by.empty()) {
    return Error{"name two series, as in `tulkki compare 1-6 7-12`, or cut all launches by --by backend,transport"};
  }
  if (options.selections.size() == 1 && options.by.empty()) {
    return Error{fmt::format("one series ({}) cannot be compared: name another, or cut it by --by FACTOR",
                             options.selections[0])};
  }
  for (const std::string& factor : options.by) {
    if (!is_factor(factor))
      return Error{fmt::format("--by: '{}' is no factor; there are {}", factor, fmt::join(factor_names(), ", "))};
  }
  return {};
}

Result<std::size_t> baseline_index(const std::vector<Series>& series, const CompareOptions& options) {
  if (options.baseline.empty()) return std::size_t{0};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < series.size(); ++i) {
    const bool selected = options.by.empty() && options.selections[i] == options.baseline;
    if (series[i].key == options.baseline || series[i].name == options.baseline || selected) return i;
    names.push_back(fmt::format("{} ({})", series[i].key, series[i].name));
  }
  return Error{
      fmt::format("--baseline: there is no series '{}'; there are {}", options.baseline, fmt::join(names, ", "))};
}

Result<void> add_waterfalls(const CompareOptions& options, const std::vector<SeriesProfile>& profiles,
                            CompareReport& report) {
  const std::size_t baseline = report.comparison.options.baseline;
  const bool wanted = options.waterfall || (profiles.size() == 2 && !options.no_waterfall);
  if (!wanted) return {};
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    if (i == baseline) continue;
    Result<Waterfall> found = waterfall(profiles[baseline], profiles[i],
                                        options.basis == "mean" ? WaterfallBasis::mean : WaterfallBasis::middle);
    if (!found) return found.error();
    report.waterfalls.push_back({i, std::move(*found)});
  }
  return {};
}

// Couples of launches in the order of their start; those without a trace have no partner.
std::vector<const RunInfo*> traced(const Series& series) {
  std::vector<const RunInfo*> runs;
  for (const RunInfo& run : series.runs) {
    if (!run.trace_path.empty()) runs.push_back(&run);
  }
  return runs;
}

Result<void> add_pairs(CompareReport& report) {
  const Comparison& comparison = report.comparison;
  const Series& baseline = comparison.series[comparison.options.baseline];
  for (std::size_t i = 0; i < comparison.series.size(); ++i) {
    if (i == comparison.options.baseline) continue;
    const std::vector<const RunInfo*> first = traced(baseline), second = traced(comparison.series[i]);
    if (first.empty() || second.empty()) {
      return Error{fmt::format("--pairs: no launch of {} has a trace; record with `tulkki run` without --no-trace",
                               first.empty() ? baseline.name : comparison.series[i].name)};
    }
    PairedSeries part{i, {}, {}, {}, {}};
    for (std::size_t couple = 0; couple < std::min(first.size(), second.size()); ++couple) {
      Result<PairingResult> pairs = pair_traces(first[couple]->trace_path, second[couple]->trace_path);
      if (!pairs) return Error{"--pairs: " + pairs.message()};
      part.runs.emplace_back(first[couple]->run_id, second[couple]->run_id);
      part.couples.push_back(std::move(*pairs));
    }
    part.procedures = summarize_couples(part.couples, false);
    part.sites = summarize_couples(part.couples, true);
    report.pairs.push_back(std::move(part));
  }
  return {};
}

Result<CompareReport> build(const CompareOptions& options, const std::vector<Metric>& metrics) {
  Result<Database> database = Database::open(database_path(options.database));
  if (!database) return database.error();
  Result<std::vector<RunInfo>> runs = list_runs(*database);
  if (!runs) return runs.error();
  if (runs->empty()) return Error{database->path() + " holds no run: record some with `tulkki run --repeat 6 ...`"};
  const Result<SeriesSet> set = build_series(*runs, options.selections, {options.by, options.include_unfinished});
  if (!set) return Error{database->path() + ": " + set.message()};
  const Result<std::size_t> baseline = baseline_index(set->series, options);
  if (!baseline) return baseline.error();
  const Result<std::vector<SeriesProfile>> profiles = read_series(*database, set->series);
  if (!profiles) return profiles.error();
  ComparisonOptions wanted;
  wanted.baseline = *baseline;
  wanted.threshold = options.threshold_percent / 100;
  wanted.metrics = metrics;
  wanted.procedures = options.procedures;
  wanted.by_size = options.by_size;
  wanted.top = options.all || !options.procedures.empty() ? 0 : options.top;
  Result<Comparison> comparison = compare(*profiles, set->under_test, wanted);
  if (!comparison) return comparison.error();
  CompareReport report{std::move(*comparison), set->left_out, {}, {}};
  if (const Result<void> done = add_waterfalls(options, *profiles, report); !done) return done.error();
  if (options.pairs) {
    if (const Result<void> done = add_pairs(report); !done) return done.error();
  }
  return report;
}

Result<void> write_report(const CompareOptions& options, const CompareReport& report, std::FILE* file) {
  const char* format = options.csv ? "csv" : options.markdown ? "markdown" : nullptr;
  if (format != nullptr) {
    const std::unique_ptr<TextSink> sink = make_sink(format, file);
    if (options.csv)
      write_comparison(report.comparison, *sink);
    else
      write_verdict_table(report.comparison, *sink);
    const std::string reason = sink->finish();
    if (reason.empty()) return {};
    return Error{fmt::format("cannot write {}: {}", options.output.empty() ? "the output" : options.output, reason)};
  }
  if (options.method)
    fmt::print(file, "{}\n", method_sentence(report.comparison));
  else if (options.latex)
    fmt::print(file, "{}", compare_latex(report.comparison));
  else if (options.json)
    fmt::print(file, "{}", compare_json(report));
  else
    fmt::print(file, "{}",
               compare_text(report, options.all ? 100000 : options.top,
                            options.output.empty() ? Style::of_stdout() : Style{}));
  return {};
}

}  // namespace

int compare_command(int argc, char** argv) {
  CLI::App app("Compares launches: which is faster, by how much, whether that is certain, and where the time went.",
               "tulkki compare");
  app.footer(
      "Examples: tulkki compare 1-6 7-12\n"
      "          tulkki compare backend=openmpi backend=mpich --metric latency,throughput --procedure Sendrecv\n"
      "          tulkki compare --by backend,transport --baseline 'openmpi default'\n"
      "          tulkki compare label=before label=after --latex -o table.tex\n"
      "Metrics: " +
      metric_list() + ".\nEvery figure is defined in docs/statistics.md.");
  CompareOptions options;
  add_options(app, options);
  if (const auto code = parse_arguments(app, argc, argv)) return *code;
  if (const Result<void> used = check_use(options); !used) return wrong_use("compare", used.message());
  const Result<std::vector<Metric>> metrics = wanted_metrics(options);
  if (!metrics) return wrong_use("compare", "--metric: " + metrics.message());
  const Result<CompareReport> report = build(options, *metrics);
  if (!report) return failed("compare", report.message());
  const Result<void> written = write_output(options.output, options.force,
                                            [&](std::FILE* file) { return write_report(options, *report, file); });
  return written ? 0 : failed("compare", written.message());
}

}  // namespace tulkki
