// SPDX-License-Identifier: GPL-3.0-or-later
// Arguments that are files are opened; the others name runs.
#include "viewer/start.h"

#include <QFileInfo>
#include <cstdio>
#include <cstdlib>
#include <fmt/core.h>
#include <set>

#include "viewer/analysis/factors.h"
#include "viewer/analysis/metrics.h"
#include "viewer/analysis/near_name.h"
#include "viewer/analysis/selection.h"
#include "viewer/model/measured_content.h"
#include "viewer/model/page_content.h"

namespace tulkki {
namespace {

// Hides what was not named.
Result<void> choose_runs(const std::vector<std::string>& names, const Study& study, ViewState& state) {
  if (names.empty()) return {};
  std::vector<RunInfo> all;
  for (const StudyRun& run : study.runs) all.push_back(run.info);
  std::set<std::int64_t> chosen;
  for (const std::string& name : names) {
    const Result<std::vector<RunInfo>> runs = select_runs(all, name);
    if (!runs) return runs.error();
    for (const RunInfo& run : *runs) chosen.insert(run.run_id);
  }
  for (const RunInfo& run : all) {
    if (!chosen.contains(run.run_id)) state.hidden_runs.push_back(run.run_id);
  }
  return {};
}

// "0,1", or blocks of as many ranks on both sides: "0-1,6-7".
Result<MatrixCell> cell_of(const std::string& text) {
  int from = -1, to = -1, last_from = -1, last_to = -1;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%d,%d%c", &from, &to, &rest) == 2 && from >= 0 && to >= 0) return MatrixCell{from, to, 1};
  const bool block = std::sscanf(text.c_str(), "%d-%d,%d-%d%c", &from, &last_from, &to, &last_to, &rest) == 4;
  if (block && from >= 0 && to >= 0 && last_from >= from && last_from - from == last_to - to) return MatrixCell{from, to, last_from - from + 1};
  return Error{"--cell " + text + ": write sender and receiver, as 0,1, or blocks of equally many ranks, as 0-1,6-7"};
}

Result<void> read_choices(const ViewOptions& options, ViewState& state) {
  for (const std::string& name : options.by) {
    if (!is_factor(name)) return Error{"--by: " + no_such("factor", name, as_names(factor_names()))};
  }
  if (!options.by.empty()) state.series_by = options.by;
  for (const auto& [option, name] : {std::pair("--panels", &options.panels), std::pair("--x", &options.x)}) {
    if (!name->empty() && !is_factor(*name)) return Error{std::string(option) + ": " + no_such("factor", *name, as_names(factor_names()))};
  }
  state.panel_by = options.panels;
  state.x = options.x;
  state.baseline = options.baseline;
  state.contender = options.contender;
  state.workload = options.workload;
  state.io_over_time = options.over_time || options.table == "io_time";
  if (options.quantity == "messages") state.matrix_quantity = MatrixQuantity::messages;
  if (options.quantity == "time") state.matrix_quantity = MatrixQuantity::time;
  if (!options.cell.empty()) {
    const Result<MatrixCell> cell = cell_of(options.cell);
    if (!cell) return cell.error();
    state.cell = *cell;
  }
  state.procedure = options.procedure.empty() || options.procedure.starts_with("MPI_") ? options.procedure : "MPI_" + options.procedure;
  constexpr std::string_view kForms[] = {"curve", "ratio", "cdf", "box", "stacked", "scaling"};
  if (!options.metric.empty()) {
    const std::string name = options.metric == "bandwidth" ? "throughput" : options.metric == "message_rate" ? "iops" : options.metric;
    if (is_measured(name)) {
      state.metric = name;
      state.form = CompareForm::curve;
    } else if (!metric_named(name)) {
      std::vector<std::string> known{"measured:NAME"};
      for (const MetricInfo& info : metric_infos()) known.emplace_back(info.name);
      return Error{"--metric: " + no_such("metric", options.metric, known)};
    } else {
      state.metric = name;
      const MetricInfo& info = metric_info(*metric_named(name));
      if (!info.of_run || info.metric == Metric::throughput) state.form = CompareForm::curve;
    }
  }
  for (std::size_t i = 0; i < std::size(kForms); ++i) {
    if (options.form == kForms[i]) state.form = static_cast<CompareForm>(i);
  }
  return {};
}

}  // namespace

int failed(int code, const std::string& message) {
  fmt::print(stderr, "tulkki view: {}\n", message);
  return code;
}

Result<Start> start_of(const ViewOptions& options) {
  Start start;
  std::vector<std::string> names;
  for (const std::string& path : options.databases) start.paths << QString::fromStdString(path);
  for (const std::string& argument : options.arguments) {
    const QString path = QString::fromStdString(argument);
    if (QFileInfo(path).isFile()) start.paths << path;
    else if (argument.find('/') != std::string::npos || argument.ends_with(".db")) return Error{argument + ": no such file"};
    else names.push_back(argument);
  }
  if (start.paths.isEmpty()) {
    const char* variable = std::getenv("TULKKI_DB");
    const QString usual = variable != nullptr && *variable != '\0' ? QString::fromLocal8Bit(variable) : QStringLiteral("tulkki.db");
    if (QFileInfo::exists(usual) || options.is_headless() || !names.empty() || variable != nullptr) start.paths << usual;
  }
  if (const Result<void> read = read_choices(options, start.state); !read) return read.error();
  start.chosen = !(start.state == ViewState()) || !names.empty();
  if (!names.empty()) {
    std::vector<std::string> paths;
    for (const QString& path : start.paths) paths.push_back(path.toStdString());
    const Study study = load_study(paths);
    for (const Source& source : study.sources) {
      if (!source.problem.empty()) return Error{source.problem};
    }
    if (const Result<void> chosen = choose_runs(names, study, start.state); !chosen) return chosen.error();
  }
  return start;
}

int write_table(const ViewOptions& options, const Start& start) {
  static const std::pair<std::string_view, std::string_view> kTables[] = {
      {"compare", "compare"}, {"functions", "functions"}, {"waterfall", "functions"}, {"sites", "functions"}, {"sizes", "sizes"},
      {"matrix", "matrix"},   {"cell", "matrix"},         {"pairs", "pairs"},         {"paired_sites", "pairs"},  {"io", "io"},
      {"io_time", "io"},      {"setup", "setup"}};
  std::string_view page;
  std::vector<std::string> known;
  for (const auto& [table, of_page] : kTables) {
    if (options.table == table) page = of_page;
    known.emplace_back(table);
  }
  if (page.empty()) return failed(kWrongUse, "--table: " + no_such("table", options.table, known));
  std::vector<std::string> paths;
  for (const QString& path : start.paths) paths.push_back(path.toStdString());
  LaunchCache cache;
  PageRequest request{load_study(paths), start.state, {}, &cache};
  for (const Source& source : request.study.sources) {
    if (!source.problem.empty()) return failed(kFailed, source.problem);
  }
  for (const PageInfo& info : pages_with_content()) {
    if (info.name != page) continue;
    const Result<PageContent> content = info.content(request);
    if (!content) return failed(kFailed, content.message());
    for (const std::string& warning : content->warnings) fmt::print(stderr, "tulkki view: {}\n", warning);
    for (const TableData& table : content->tables) {
      if (table.name != options.table) continue;
      const bool tsv = !options.tsv.empty(), latex = !options.latex.empty();
      const std::string text = table_text(table, latex ? TableFormat::latex : tsv ? TableFormat::tsv : TableFormat::csv);
      const std::string path = latex ? options.latex : tsv ? options.tsv : options.csv;
      if (path.empty() || path == "-") {
        fmt::print("{}", text);
        return std::fflush(stdout) == 0 ? 0 : failed(kFailed, "cannot write to standard output");
      }
      std::FILE* file = std::fopen(path.c_str(), "we");
      const bool written = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
      const bool closed = file != nullptr && std::fclose(file) == 0;
      return written && closed ? 0 : failed(kFailed, "cannot write " + path);
    }
    return failed(kFailed, content->message.empty() ? "these runs have no such table" : content->message);
  }
  return kFailed;
}

}  // namespace tulkki
