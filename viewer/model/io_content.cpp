// SPDX-License-Identifier: GPL-3.0-or-later
// The I/O page: throughput and operations a second of MPI-IO by file, operation and transfer size from the profile, and
// over time from traces.
#include <algorithm>
#include <fmt/format.h>
#include <cmath>
#include <map>
#include <set>

#include "viewer/analysis/comparison.h"
#include "viewer/model/io_over_time.h"
#include "viewer/model/launch_queries.h"
#include "viewer/model/page_content.h"
#include "viewer/model/units.h"

namespace tulkki {
namespace {

struct FileKey {
  std::string file, procedure;
  std::int64_t size_class;
  auto operator<=>(const FileKey&) const = default;
};
struct FileSums {
  double calls = 0, bytes = 0, time_ns = 0;
};
using SumsByFile = std::map<FileKey, FileSums>;

// All launches of a series together: rates are total amount over total time. A name stands for all files that have it.
Result<SumsByFile> sums_of(const PageRequest& request, const Series& series) {
  SumsByFile sums;
  const Result<void> added = for_each_launch(request.study, series, [&](Database& database, std::int64_t run_id) {
    return for_each_row(
        database,
        "SELECT CASE WHEN context.kind = 'file' THEN context.name ELSE '' END, procedure.name, size_class, SUM(calls), SUM(bytes_sent + bytes_received), "
        "SUM(time_ns) FROM call JOIN procedure USING (procedure_id) LEFT JOIN context USING (context_id) "
        "WHERE call.run_id = ?1 AND family = 'I/O' GROUP BY 1, 2, 3",
        [&](const Statement& row) {
          FileSums& sum = sums[{row.text(0), row.text(1), row.integer(2)}];
          sum.calls += static_cast<double>(row.integer(3));
          sum.bytes += static_cast<double>(row.integer(4));
          sum.time_ns += row.real(5);
        },
        run_id);
  });
  if (!added) return added.error();
  return sums;
}

plot::FigureSpec rate_figure(bool bytes, const Loaded& loaded, const std::vector<SumsByFile>& all, const std::string& file, SeriesLooks& looks) {
  plot::FigureSpec figure;
  figure.form = plot::Form::curve;
  figure.title = file;
  figure.metric = bytes ? "throughput" : "iops";
  figure.x.label = "Transfer size";
  figure.x.scale = plot::Scale::log2;
  figure.x.quantity = plot::Quantity::bytes;
  figure.y.scale = plot::Scale::log10;
  double greatest = 0;
  figure.panels.emplace_back();
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::map<std::int64_t, FileSums> sizes;
    for (const auto& [key, sum] : all[i]) {
      if (!file.empty() && key.file != file) continue;
      if (key.size_class == 0 || sum.time_ns <= 0 || !has_rate(key.procedure)) continue;
      FileSums& size = sizes[key.size_class];
      size.calls += sum.calls;
      size.bytes += sum.bytes;
      size.time_ns += sum.time_ns;
    }
    plot::Series series;
    series.name = loaded.profiles[i].series.name;
    series.look = looks.look_of(series.name);
    series.baseline = i == 0;
    for (const auto& [size, sum] : sizes) {
      const double rate = (bytes ? sum.bytes : sum.calls) / sum.time_ns * 1e9;
      greatest = std::max(greatest, rate);
      series.points.push_back({sum.calls > 0 ? sum.bytes / sum.calls : size_class_range(size).first, rate, {}, {},
                               static_cast<int>(loaded.profiles[i].launches.size()), ""});
    }
    figure.panels[0].series.push_back(std::move(series));
  }
  const DisplayUnit unit = display_unit(bytes ? "bytes/s" : "1/s", greatest);
  for (plot::Series& series : figure.panels[0].series) {
    for (plot::Point& point : series.points) point.y *= unit.factor;
  }
  figure.unit = unit.unit;
  figure.y.label = axis_label(bytes ? "Throughput of a rank" : "Operations of a rank", unit);
  return figure;
}

TableData file_table(const Loaded& loaded, const std::vector<SumsByFile>& all, const std::string& file, SeriesLooks& looks) {
  TableData table{"io",
                  "Files",
                  {{"series", "series", Written::text, ""},
                   {"file", "file", Written::text, ""},
                   {"procedure", "operation", Written::text, ""},
                   {"size_class", "transfer size", Written::text, ""},
                   {"calls", "operations", Written::count, "of all ranks and launches"},
                   {"bytes", "bytes", Written::bytes, "of all ranks and launches"},
                   {"time_ns", "time", Written::duration, "of all ranks and launches"},
                   {"throughput", "throughput", Written::rate, "bytes over time in the calls"},
                   {"iops", "IOPS", Written::per_second, "operations over time in the calls"}},
                  {}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const auto& [key, sum] : all[i]) {
      if (!file.empty() && key.file != file) continue;
      const bool rate = sum.time_ns > 0 && has_rate(key.procedure);
      table.rows.push_back({{loaded.profiles[i].series.name, key.file.empty() ? std::string("(no file)") : key.file, key.procedure,
                             size_class_name(key.size_class), sum.calls, sum.bytes, sum.time_ns,
                             rate && sum.bytes > 0 ? TableCell(sum.bytes / sum.time_ns * 1e9) : TableCell(),
                             rate ? TableCell(sum.calls / sum.time_ns * 1e9) : TableCell()},
                            looks.look_of(loaded.profiles[i].series.name),
                            key.procedure});
    }
  }
  return table;
}

// The trace of one launch of each series, as on the Timeline page: a rate over time cannot be averaged over launches that
// drift apart.
struct History {
  std::size_t series = 0;
  std::string run;  // its number, for people
  IoHistory io;
};

// Trace of the first launch of a series that has one; empty: none has.
std::pair<std::string, std::string> trace_and_run(const PageRequest& request, const Series& series) {
  for (const RunInfo& info : series.runs) {
    const StudyRun* run = request.study.find(info.run_id);
    std::string path = run == nullptr ? "" : request.study.trace_of(*run);
    if (!path.empty()) return {std::move(path), request.study.number_of(*run)};
  }
  return {};
}

Result<std::vector<History>> histories_of(const PageRequest& request, const Loaded& loaded) {
  constexpr int kSteps = 120;
  std::vector<std::pair<History, const IoTrace*>> traces;
  double longest_ns = 0;
  for (std::size_t i = 0; i < loaded.profiles.size(); ++i) {
    const auto [path, run] = trace_and_run(request, loaded.profiles[i].series);
    if (path.empty()) continue;
    const Work work = request.work.piece(i, loaded.profiles.size(), fmt::format("trace {} of {}", i + 1, loaded.profiles.size()));
    const Result<const IoTrace*> opened = request.cache->file_operations(path, work);
    if (!opened) return opened.error();
    longest_ns = std::max(longest_ns, (*opened)->span_ns(request.state.file));
    traces.emplace_back(History{i, run, {}}, *opened);
  }
  std::vector<History> histories;
  for (auto& [history, opened] : traces) {
    history.io = opened->history(request.state.file, longest_ns / kSteps);
    if (!history.io.steps.empty()) histories.push_back(std::move(history));
  }
  return histories;
}

plot::FigureSpec time_figure(bool bytes, const Loaded& loaded, const std::vector<History>& histories, const std::string& file,
                             SeriesLooks& looks) {
  plot::FigureSpec figure;
  figure.form = plot::Form::curve;
  figure.title = file;
  figure.metric = bytes ? "throughput" : "iops";
  figure.style.markers = false;
  figure.x.label = "Time since the first file operation";
  figure.x.quantity = plot::Quantity::duration;
  figure.panels.emplace_back();
  double greatest = 0;
  const auto rate = [bytes](const IoHistory& io, const IoStep& step) { return (bytes ? step.bytes : step.operations) / io.step_ns * 1e9; };
  for (const History& history : histories) {
    for (const IoStep& step : history.io.steps) greatest = std::max(greatest, rate(history.io, step));
  }
  const DisplayUnit unit = display_unit(bytes ? "bytes/s" : "1/s", greatest);
  for (const History& history : histories) {
    plot::Series series;
    series.name = loaded.profiles[history.series].series.name;
    series.look = looks.look_of(series.name);
    series.baseline = history.series == 0;
    for (std::size_t i = 0; i < history.io.steps.size(); ++i) {
      const double middle = (static_cast<double>(i) + 0.5) * history.io.step_ns;
      series.points.push_back({middle, rate(history.io, history.io.steps[i]) * unit.factor, {}, {}, 1, ""});
    }
    figure.panels[0].series.push_back(std::move(series));
  }
  figure.unit = unit.unit;
  figure.y.label = axis_label(bytes ? "Throughput of all ranks" : "Operations of all ranks", unit);
  return figure;
}

TableData time_table(const Loaded& loaded, const std::vector<History>& histories, SeriesLooks& looks) {
  TableData table{"io_time",
                  "Over time",
                  {{"series", "series", Written::text, ""},
                   {"run", "run", Written::text, "one launch of the series that has a trace"},
                   {"from_ns", "from", Written::duration, "since the first file operation"},
                   {"to_ns", "to", Written::duration, ""},
                   {"bytes", "bytes", Written::bytes, "of all ranks; those of a call are spread over its time"},
                   {"operations", "operations", Written::number, "that moved data"},
                   {"throughput", "throughput", Written::rate, "bytes over the time of the step"},
                   {"iops", "IOPS", Written::per_second, "operations over the time of the step"}},
                  {}};
  for (const History& history : histories) {
    const std::string& name = loaded.profiles[history.series].series.name;
    for (std::size_t i = 0; i < history.io.steps.size(); ++i) {
      const IoStep& step = history.io.steps[i];
      const double from = static_cast<double>(i) * history.io.step_ns;
      table.rows.push_back({{name, history.run, from, from + history.io.step_ns, step.bytes, step.operations,
                             step.bytes / history.io.step_ns * 1e9, step.operations / history.io.step_ns * 1e9},
                            looks.look_of(name),
                            ""});
    }
  }
  return table;
}

Result<void> add_over_time(PageRequest& request, const Loaded& loaded, PageContent& content) {
  const Result<std::vector<History>> histories = histories_of(request, loaded);
  if (!histories) return histories.error();
  if (histories->empty()) {
    content.message = "No trace of these runs has file operations: record with `tulkki run --trace`, or choose Transfer size as the axis.";
    return {};
  }
  std::string runs;
  for (const History& history : *histories) runs += fmt::format("{}run {} of {}", runs.empty() ? "" : ", ", history.run, loaded.profiles[history.series].series.name);
  content.headline = "One launch of each series: " + runs;
  for (const bool bytes : {true, false}) content.figures.push_back(time_figure(bytes, loaded, *histories, request.state.file, request.looks));
  content.tables.push_back(time_table(loaded, *histories, request.looks));
  return {};
}

}  // namespace

Result<PageContent> io_content(PageRequest& request) {
  PageContent content;
  Result<Loaded> loaded = load_series(request, content);
  if (!loaded) return loaded.error();
  std::vector<SumsByFile> all;
  bool any = false;
  std::set<std::string> files;
  for (const SeriesProfile& profile : loaded->profiles) {
    Result<SumsByFile> sums = sums_of(request, profile.series);
    if (!sums) return sums.error();
    for (const auto& [key, sum] : *sums) {
      if (!key.file.empty()) files.insert(key.file);
    }
    any |= !sums->empty();
    all.push_back(std::move(*sums));
  }
  if (!any) {
    content.message = "These runs have no MPI-IO. File access that does not go through MPI, such as POSIX or serial HDF5, is not recorded.";
    return content;
  }
  content.files.assign(files.begin(), files.end());
  std::string& file = request.state.file;
  if (!files.contains(file)) file.clear();
  if (request.state.io_over_time) {
    const Result<void> added = add_over_time(request, *loaded, content);
    if (!added && request.work.is_cancelled()) content = without_traces(std::move(content));
    else if (!added) return added.error();
  } else {
    for (const bool bytes : {true, false}) {
      plot::FigureSpec figure = rate_figure(bytes, *loaded, all, file, request.looks);
      if (!plot::is_empty(figure)) content.figures.push_back(std::move(figure));
    }
    if (content.figures.empty()) content.message = "No operation here has a time that tells how fast it was: nonblocking ones end in another call.";
  }
  content.tables.push_back(file_table(*loaded, all, file, request.looks));
  return content;
}

}  // namespace tulkki
