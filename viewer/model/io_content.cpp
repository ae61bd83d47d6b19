// SPDX-License-Identifier: GPL-3.0-or-later
// The I/O page: throughput and operations a second of MPI-IO by file, operation and transfer size.
#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "viewer/analysis/comparison.h"
#include "viewer/model/page_content.h"
#include "viewer/model/units.h"

namespace tulkki {
namespace {

struct Key {
  std::string file, procedure;
  std::int64_t size_class;
  auto operator<=>(const Key&) const = default;
};
struct Sums {
  double calls = 0, bytes = 0, time_ns = 0;
};
using FileSums = std::map<Key, Sums>;

// All launches of a series together: rates are totals over totals.
Result<FileSums> sums_of(const PageRequest& request, const Series& series) {
  FileSums sums;
  for (const RunInfo& info : series.runs) {
    const StudyRun* run = request.study.find(info.run_id);
    if (run == nullptr) continue;
    Result<Database> database = Database::open(request.study.path_of(*run));
    if (!database) return database.error();
    Result<Statement> query = database->prepare(
        "SELECT COALESCE(context.name, ''), procedure.name, size_class, SUM(calls), SUM(bytes_sent + bytes_received), "
        "SUM(time_ns) FROM call JOIN procedure USING (procedure_id) LEFT JOIN context USING (context_id) "
        "WHERE call.run_id = ?1 AND family = 'io' GROUP BY 1, 2, 3");
    if (!query) return query.error();
    query->bind(run->run_id);
    for (;;) {
      const Result<bool> row = query->step();
      if (!row) return row.error();
      if (!*row) break;
      Sums& sum = sums[{query->text(0), query->text(1), query->integer(2)}];
      sum.calls += static_cast<double>(query->integer(3));
      sum.bytes += static_cast<double>(query->integer(4));
      sum.time_ns += query->real(5);
    }
  }
  return sums;
}

plot::FigureSpec rate_figure(bool bytes, const Loaded& loaded, const std::vector<FileSums>& all, SeriesLooks& looks) {
  plot::FigureSpec figure;
  figure.form = plot::Form::curve;
  figure.metric = bytes ? "throughput" : "iops";
  figure.x.label = "Transfer size";
  figure.x.scale = plot::Scale::log2;
  figure.x.quantity = plot::Quantity::bytes;
  figure.y.scale = plot::Scale::log10;
  double greatest = 0;
  figure.panels.emplace_back();
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::map<std::int64_t, Sums> sizes;
    for (const auto& [key, sum] : all[i]) {
      if (key.size_class == 0 || sum.time_ns <= 0 || !has_rate(key.procedure)) continue;
      Sums& size = sizes[key.size_class];
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

TableData file_table(const Loaded& loaded, const std::vector<FileSums>& all) {
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
      const bool rate = sum.time_ns > 0 && has_rate(key.procedure);
      table.rows.push_back({{loaded.profiles[i].series.name, key.file.empty() ? std::string("(no file)") : key.file, key.procedure,
                             size_class_name(key.size_class), sum.calls, sum.bytes, sum.time_ns,
                             rate && sum.bytes > 0 ? TableCell(sum.bytes / sum.time_ns * 1e9) : TableCell(),
                             rate ? TableCell(sum.calls / sum.time_ns * 1e9) : TableCell()},
                            -1,
                            key.procedure});
    }
  }
  return table;
}

}  // namespace

Result<PageContent> io_content(PageRequest& request) {
  PageContent content;
  Result<Loaded> loaded = load_series(request, content);
  if (!loaded) return loaded.error();
  std::vector<FileSums> all;
  bool any = false;
  for (const SeriesProfile& profile : loaded->profiles) {
    Result<FileSums> sums = sums_of(request, profile.series);
    if (!sums) return sums.error();
    any |= !sums->empty();
    all.push_back(std::move(*sums));
  }
  if (!any) {
    content.message = "No MPI-IO was recorded in these runs: programs that write with POSIX or HDF5 without MPI do not show here.";
    return content;
  }
  for (const bool bytes : {true, false}) {
    plot::FigureSpec figure = rate_figure(bytes, *loaded, all, request.looks);
    if (!plot::is_empty(figure)) content.figures.push_back(std::move(figure));
  }
  content.tables.push_back(file_table(*loaded, all));
  return content;
}

}  // namespace tulkki
