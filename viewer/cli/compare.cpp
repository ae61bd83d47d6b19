// SPDX-License-Identifier: Apache-2.0
// `tulkki compare`: arguments, and the way from selections to a report.
#include "viewer/cli/compare.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <set>
#include <variant>

#include "viewer/analysis/comparison_table.h"
#include "viewer/analysis/method_sentence.h"
#include "viewer/analysis/near_name.h"
#include "viewer/analysis/selection.h"
#include "viewer/cli/command.h"
#include "viewer/cli/compare_latex.h"
#include "viewer/cli/table_sinks.h"
#include "viewer/documentation.h"

namespace tulkki {
namespace {

struct CompareOptions {
  std::vector<std::string> selections, by, within, metrics, procedures, workloads;
  std::vector<std::int64_t> bytes;
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
  app.add_option("--by", options.by, "split the selected launches (default: all) into series by these factors")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("FACTOR,...");
  app.add_option("--within", options.within, "repeat every row for each combination of values of these factors")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("FACTOR,...");
  app.add_option("--baseline", options.baseline,
                 "series that the others are compared with: A, B ... or its name (default: the first)")
      ->type_name("SERIES");
  app.add_option("--metric", options.metrics,
                 "what to compare (default: wall_time,mpi_time,compute_time,time); 'measurement' for all that the programs "
                 "printed, measured:NAME or another name for some of it; 'all' for everything")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("METRIC,...");
  app.add_option("--procedure", options.procedures, "only these MPI procedures, as Send or MPI_Send")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,...");
  app.add_option("--workload", options.workloads, "only launches and measurements of these workloads (default metric: measurement)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,...");
  app.add_option("--bytes", options.bytes, "only measurements of these sizes")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("N,...");
  app.add_flag("--by-size", options.by_size, "one row for each size class of messages");
  app.add_option("--threshold", options.threshold_percent, "ignore differences of up to this many percent (default: 2)")
      ->check(CLI::Range(0.0, 1000.0))
      ->type_name("PERCENT");
  app.add_option("--top", options.top, "procedures to show (default: 10)")
      ->check(CLI::Range(1, 100000))
      ->type_name("N");
  app.add_flag("--all", options.all, "show all procedures");
  app.add_flag("--waterfall", options.waterfall, "where the time went, for every series (default with two series)");
  app.add_flag("--no-waterfall", options.no_waterfall, "leave out where the time went");
  app.add_option("--basis", options.basis, "launches that the waterfall is made of: middle (default) or mean of all")
      ->check(CLI::IsMember({"middle", "mean"}))
      ->type_name("BASIS");
  app.add_flag("--pairs", options.pairs, "pair the calls of the traces one by one");
  app.add_flag("--include-unfinished", options.include_unfinished, "include launches that failed or did not finish");
  app.add_flag("--json", options.json, "machine-readable: everything, unrounded");
  app.add_flag("--csv", options.csv, "tidy table: one row for each metric and series");
  app.add_flag("--latex", options.latex, "the verdict table for a paper (booktabs)");
  app.add_flag("--markdown", options.markdown, "the verdict table in Markdown");
  app.add_flag("--method", options.method, "only the text for a paper's method section, with all factors");
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

struct WantedMetrics {
  std::vector<Metric> metrics;
  std::vector<std::string> quantities;  // names; empty: all
  std::vector<std::string> unknown;     // names that only the launches can tell from mistakes
  bool measured = false, everything = false;
};

WantedMetrics wanted_metrics(const CompareOptions& options) {
  WantedMetrics wanted;
  bool all_quantities = options.metrics.empty();
  for (const std::string& name : options.metrics) {
    if (name == "all") {
      wanted.everything = all_quantities = true;
      for (const MetricInfo& info : metric_infos())
        wanted.metrics.push_back(info.metric);
      continue;
    }
    const MetricChoice choice = metric_choice(name);
    if (choice.metric != Metric::measurement) {
      wanted.metrics.push_back(choice.metric);
      continue;
    }
    wanted.measured = true;
    all_quantities |= choice.quantity.empty();
    wanted.quantities.push_back(choice.quantity);
    if (choice.quantity == name) wanted.unknown.push_back(name);
  }
  if (all_quantities) wanted.quantities.clear();
  wanted.measured |= options.metrics.empty() && !(options.workloads.empty() && options.bytes.empty());
  return wanted;
}

// Wrong use, though it takes the launches to see it.
Result<void> check_names(const WantedMetrics& wanted, const std::vector<Quantity>& measured) {
  for (const std::string& name : wanted.unknown) {
    const auto same = [&](const Quantity& quantity) { return quantity.name == name; };
    if (std::any_of(measured.begin(), measured.end(), same)) continue;
    std::vector<std::string> names;
    for (const Quantity& quantity : measured)
      if (std::find(names.begin(), names.end(), quantity.name) == names.end()) names.push_back(quantity.name);
    std::vector<std::string> known = names;
    for (const MetricInfo& info : metric_infos()) known.emplace_back(info.name);
    if (const std::string near = did_you_mean(name, known); !near.empty())
      return Error{fmt::format("--metric: there is no metric '{}'{}", name, near)};
    return Error{fmt::format("--metric: there is no metric '{}'; the metrics are {}{}", name, metric_list(),
                             names.empty() ? "" : fmt::format("; these programs measured {}", fmt::join(names, ", ")))};
  }
  return {};
}

Result<void> check_use(const CompareOptions& options) {
  if (options.json + options.csv + options.latex + options.markdown + options.method > 1) {
    return Error{"give one of --json, --csv, --latex, --markdown and --method"};
  }
  if (options.selections.empty() && options.by.empty()) {
    return Error{
        "which launches? Name two series, as in `tulkki compare 1-6 7-12`, or split all launches with --by "
        "backend,transport"};
  }
  if (options.selections.size() == 1 && options.by.empty()) {
    return Error{fmt::format("{} is only one series: name another to compare it with, or split it with --by FACTOR",
                             options.selections[0])};
  }
  for (const auto& [option, factors] : {std::pair{"--by", &options.by}, {"--within", &options.within}}) {
    for (const std::string& factor : *factors) {
      if (is_factor(factor)) continue;
      return Error{fmt::format("{}: {}", option, no_such("factor", factor, as_names(factor_names())))};
    }
  }
  return {};
}

Result<std::size_t> baseline_index(const std::vector<SeriesProfile>& profiles, const CompareOptions& options) {
  if (options.baseline.empty()) return std::size_t{0};
  const auto chosen = std::find(options.selections.begin(), options.selections.end(), options.baseline);
  std::vector<std::string> names, known;
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    const Series& series = profiles[i].series;
    const bool selected = options.by.empty() && chosen != options.selections.end() &&
                          series.key == series_key(static_cast<std::size_t>(chosen - options.selections.begin()));
    if (series.key == options.baseline || series.name == options.baseline || selected) return i;
    known.push_back(series.name);
    names.push_back(fmt::format("{} ({})", series.key, series.name));
  }
  if (const std::string near = did_you_mean(options.baseline, known); !near.empty())
    return Error{fmt::format("--baseline: there is no series '{}'{}", options.baseline, near)};
  return Error{fmt::format("--baseline: {}", no_such("series", options.baseline, names))};
}

Result<void> add_waterfalls(const CompareOptions& options, const std::vector<SeriesProfile>& profiles,
                            CompareReport& report) {
  const std::size_t baseline = report.comparison.options.baseline;
  const std::vector<Metric>& metrics = report.comparison.options.metrics;
  const bool recorded = metrics != std::vector<Metric>{Metric::measurement} && options.within.empty();
  if (!options.waterfall && (profiles.size() != 2 || options.no_waterfall || !recorded)) return {};
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

// Launches that measured none of the workloads that were asked for are no part of the comparison.
Result<std::vector<SeriesProfile>> read_profiles(const CompareOptions& options, Database& database,
                                                 const std::vector<Series>& series) {
  Result<std::vector<SeriesProfile>> profiles = read_series(database, series);
  if (!profiles || (options.workloads.empty() && options.bytes.empty())) return profiles;
  const QuantityFilter filter{{}, options.workloads, options.bytes};
  std::vector<SeriesProfile> kept =
      launches_where(*profiles, [&](const LaunchProfile& launch) { return launch.has_measured(filter); });
  std::erase_if(kept, [](const SeriesProfile& one) { return one.launches.empty(); });
  if (kept.size() > 1) return kept;
  std::set<std::string> names;
  for (const Quantity& quantity : quantities(*profiles))
    names.insert(quantity.bytes > 0 ? fmt::format("{} ({} bytes)", quantity.workload, quantity.bytes) : quantity.workload);
  return Error{
      fmt::format("--workload, --bytes: fewer than two series have such measurements; there are measurements of {}",
                  names.empty() ? "nothing" : fmt::format("{}", fmt::join(names, ", ")))};
}

struct Failure {
  Error error;
  bool misused = false;
};

std::variant<CompareReport, Failure> build(const CompareOptions& options) {
  Result<Database> database = Database::open(database_path(options.database));
  if (!database) return Failure{database.error()};
  Result<std::vector<RunInfo>> runs = list_runs(*database);
  if (!runs) return Failure{runs.error()};
  if (runs->empty())
    return Failure{Error{database->path() + " holds no runs: record some with `tulkki run --repeat 6 ...`"}};
  const Result<SeriesSet> set = build_series(*runs, options.selections, {options.by, options.include_unfinished});
  if (!set) return Failure{Error{database->path() + ": " + set.message()}};
  const Result<std::vector<SeriesProfile>> profiles = read_profiles(options, *database, set->series);
  if (!profiles) return Failure{profiles.error()};
  const Result<std::size_t> baseline = baseline_index(*profiles, options);
  if (!baseline) return Failure{baseline.error()};
  const WantedMetrics names = wanted_metrics(options);
  const std::vector<Quantity> measured = quantities(*profiles);
  if (const Result<void> known = check_names(names, measured); !known) return Failure{known.error(), true};
  ComparisonOptions wanted;
  wanted.baseline = *baseline;
  wanted.threshold = options.threshold_percent / 100;
  wanted.metrics = names.metrics;
  if (names.measured || (names.everything && !measured.empty())) wanted.metrics.push_back(Metric::measurement);
  wanted.procedures = options.procedures;
  wanted.by_size = options.by_size;
  wanted.top = options.all || !options.procedures.empty() ? 0 : options.top;
  wanted.within = options.within;
  wanted.quantities = {names.quantities, options.workloads, options.bytes};
  Result<Comparison> comparison = compare(*profiles, set->under_test, wanted);
  if (!comparison) return Failure{comparison.error()};
  CompareReport report{std::move(*comparison), set->left_out, {}, {}, measured.size()};
  if (const Result<void> done = add_waterfalls(options, *profiles, report); !done) return Failure{done.error()};
  if (!options.pairs) return report;
  if (const Result<void> done = add_pairs(report); !done) return Failure{done.error()};
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
      "          tulkki compare --by translated --within backend,transport --workload sync --metric throughput\n"
      "          tulkki compare label=before label=after --latex -o table.tex\n"
      "Metrics: " +
      metric_list() + ".\nEvery figure is defined in " + document("statistics.md"));
  CompareOptions options;
  add_options(app, options);
  if (const auto code = parse_arguments(app, argc, argv)) return *code;
  if (const Result<void> used = check_use(options); !used) return wrong_use("compare", used.message());
  const std::variant<CompareReport, Failure> built = build(options);
  if (const Failure* failure = std::get_if<Failure>(&built)) {
    return failure->misused ? wrong_use("compare", failure->error.message) : failed("compare", failure->error.message);
  }
  const Result<void> written = write_output(options.output, options.force, [&](std::FILE* file) {
    return write_report(options, std::get<CompareReport>(built), file);
  });
  return written ? 0 : failed("compare", written.message());
}

}  // namespace tulkki
