// SPDX-License-Identifier: GPL-3.0-or-later
// The Matrix page: who sends how much to whom, under the baseline, under another series, and log2 of their quotient.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>

#include "viewer/analysis/comparison.h"
#include "viewer/model/cell_calls.h"
#include "viewer/model/launch_queries.h"
#include "viewer/model/page_content.h"

namespace tulkki {
namespace {

constexpr std::int64_t kMostRanks = 1 << 24;  // what a damaged file says beyond is not believed
constexpr int kMostCells = 512;  // of a side; more ranks are drawn as blocks

struct Traffic {
  double bytes = 0, messages = 0, time_ns = 0;
  double of(MatrixQuantity quantity) const {
    return quantity == MatrixQuantity::bytes ? bytes : quantity == MatrixQuantity::messages ? messages : time_ns;
  }
};

struct Grid {
  int side = 0;
  std::map<std::pair<int, int>, Traffic> cells;  // sender, receiver: mean over launches
};

// Nodes in the order in which they are met; all grids of the page share them.
using Nodes = std::vector<std::string>;

int place_of(const std::string& host, Nodes& nodes) {
  const auto known = std::find(nodes.begin(), nodes.end(), host);
  if (known != nodes.end()) return static_cast<int>(known - nodes.begin());
  nodes.push_back(host);
  return static_cast<int>(nodes.size()) - 1;
}

Result<void> add_run(Database& database, std::int64_t run_id, bool by_node, Nodes& nodes, Grid& grid) {
  Result<std::map<int, std::string>> hosts = by_node ? hosts_of(database, run_id) : std::map<int, std::string>{};
  if (!hosts) return hosts.error();
  const auto place = [&](int rank) { return by_node ? place_of(hosts->contains(rank) ? (*hosts)[rank] : "?", nodes) : rank; };
  return for_each_row(
      database, "SELECT source, destination, messages, bytes, time_ns FROM matrix WHERE run_id = ?1",
      [&](const Statement& row) {
        Traffic& cell = grid.cells[{place(static_cast<int>(row.integer(0))), place(static_cast<int>(row.integer(1)))}];
        cell.messages += static_cast<double>(row.integer(2));
        cell.bytes += static_cast<double>(row.integer(3));
        cell.time_ns += row.real(4);
      },
      run_id);
}

Result<Grid> grid_of(const PageRequest& request, const Series& series, Nodes& nodes) {
  Grid grid;
  const Result<void> added = for_each_launch(request.study, series, [&](Database& database, std::int64_t run_id) {
    return add_run(database, run_id, request.state.matrix_by_node, nodes, grid);
  });
  if (!added) return added.error();
  const auto launches = static_cast<double>(series.runs.size());
  for (auto& [place, traffic] : grid.cells) {
    traffic = {traffic.bytes / launches, traffic.messages / launches, traffic.time_ns / launches};
  }
  for (const RunInfo& info : series.runs) grid.side = std::max(grid.side, static_cast<int>(std::clamp<std::int64_t>(info.ranks, 1, kMostRanks)));
  return grid;
}

plot::Matrix matrix_of(const Grid& grid, MatrixQuantity quantity, int side, int block) {
  plot::Matrix matrix;
  matrix.columns = matrix.rows = (side + block - 1) / block;
  matrix.values.assign(static_cast<std::size_t>(matrix.columns) * matrix.rows, std::nan(""));
  for (const auto& [place, traffic] : grid.cells) {
    if (place.first < 0 || place.second < 0 || place.first >= side || place.second >= side) continue;
    double& cell = matrix.values[static_cast<std::size_t>(place.first / block) * matrix.columns + place.second / block];
    const double value = traffic.of(quantity);
    if (value > 0) cell = (std::isnan(cell) ? 0 : cell) + value;
  }
  if (block > 1) {
    for (int i = 0; i <= matrix.columns; ++i) matrix.column_edges.push_back(i * block - 0.5);
    matrix.row_edges = matrix.column_edges;
  }
  return matrix;
}

plot::FigureSpec empty_figure(const PageRequest& request, const Nodes& nodes) {
  plot::FigureSpec figure;
  figure.form = plot::Form::heatmap;
  const bool by_node = request.state.matrix_by_node;
  figure.x.label = by_node ? "To node" : "To rank";
  figure.y.label = by_node ? "From node" : "From rank";
  figure.x.quantity = figure.y.quantity = plot::Quantity::whole;
  if (by_node) {
    figure.x.scale = figure.y.scale = plot::Scale::category;
    figure.x.categories = figure.y.categories = nodes;
  }
  switch (request.state.matrix_quantity) {
    case MatrixQuantity::bytes: figure.metric = figure.unit = "bytes"; break;
    case MatrixQuantity::messages: figure.metric = "messages"; break;
    case MatrixQuantity::time:
      figure.metric = "time";
      figure.unit = "ns";
      break;
  }
  figure.colours.label = figure.metric == "bytes" ? "Bytes sent" : figure.metric == "time" ? "Time in sends" : "Messages";
  figure.colours.logarithmic = true;
  return figure;
}

TableData matrix_table(const std::vector<std::pair<std::string, const Grid*>>& grids, const Nodes& nodes, bool by_node) {
  TableData table{"matrix",
                  "Pairs that exchange data",
                  {{"sender", by_node ? "from node" : "from rank", Written::text, ""},
                   {"receiver", by_node ? "to node" : "to rank", Written::text, ""}},
                  {}};
  std::map<std::pair<int, int>, std::vector<Traffic>> rows;
  for (std::size_t i = 0; i < grids.size(); ++i) {
    const std::string& name = grids[i].first;
    table.columns.push_back({"bytes [" + name + "]", name + "\nbytes", Written::bytes, "of a launch, mean over launches"});
    table.columns.push_back({"messages [" + name + "]", name + "\nmessages", Written::count, "of a launch, mean over launches"});
    table.columns.push_back({"time_ns [" + name + "]", name + "\ntime", Written::duration, "of the sender in the calls that started them"});
    for (const auto& [place, traffic] : grids[i].second->cells) {
      rows[place].resize(grids.size());
      rows[place][i] = traffic;
    }
  }
  for (const auto& [place, sides] : rows) {
    const auto name = [&](int index) -> TableCell {
      if (by_node && static_cast<std::size_t>(index) < nodes.size()) return nodes[static_cast<std::size_t>(index)];
      return static_cast<std::int64_t>(index);
    };
    TableRow row{{name(place.first), name(place.second)}, -1, fmt::format("{} {}", place.first, place.second)};
    for (const Traffic& traffic : sides) row.cells.insert(row.cells.end(), {traffic.bytes, traffic.messages, traffic.time_ns});
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

Result<PageContent> matrix_content(PageRequest& request) {
  PageContent content;
  Result<Loaded> loaded = load_series(request, content);
  if (!loaded) return loaded.error();
  const std::size_t other = contender_of(*loaded, request.state);
  Nodes nodes;
  Result<Grid> before = grid_of(request, loaded->profiles[0].series, nodes);
  if (!before) return before.error();
  Result<Grid> after = other > 0 ? grid_of(request, loaded->profiles[other].series, nodes) : Result<Grid>(Grid{});
  if (!after) return after.error();
  if (before->cells.empty() && after->cells.empty()) {
    content.message = "These runs have no point-to-point messages and no RMA, and collectives have no partner to draw.";
    return content;
  }
  const int side = request.state.matrix_by_node ? static_cast<int>(nodes.size()) : std::max(before->side, after->side);
  const int block = (side + kMostCells - 1) / kMostCells;
  plot::FigureSpec figure = empty_figure(request, nodes);
  std::vector<std::pair<std::string, const Grid*>> grids{{loaded->profiles[0].series.name, &*before}};
  if (other > 0) grids.emplace_back(loaded->profiles[other].series.name, &*after);
  for (const auto& [name, grid] : grids) figure.panels.push_back({name, {}, matrix_of(*grid, request.state.matrix_quantity, side, block), {}, {}});
  if (block > 1) content.warnings.push_back(fmt::format("Each cell stands for {0} x {0} ranks; the table has every rank.", block));
  if (other > 0) {
    plot::FigureSpec ratio = empty_figure(request, nodes);
    ratio.metric = "log2 ratio";
    ratio.unit.clear();
    ratio.colours = {fmt::format("log2 of {} / {}", grids[1].first, grids[0].first), false, true, {}, {}};
    plot::Matrix quotient = figure.panels[1].matrix;
    for (std::size_t i = 0; i < quotient.values.size(); ++i) {
      quotient.values[i] = std::log2(quotient.values[i] / figure.panels[0].matrix.values[i]);
    }
    constexpr double kLeast = 0.5;  // differences far below a factor of 2 must not fill the scale
    double most = 0;
    for (const double value : quotient.values) most = std::isfinite(value) ? std::max(most, std::abs(value)) : most;
    if (most < kLeast) {
      ratio.colours.minimum = -kLeast;
      ratio.colours.maximum = kLeast;
    }
    ratio.panels.push_back({"ratio of " + figure.metric, {}, std::move(quotient), {}, {}});
    content.figures.push_back(std::move(figure));
    content.figures.push_back(std::move(ratio));
  } else {
    content.figures.push_back(std::move(figure));
  }
  content.tables.push_back(matrix_table(grids, nodes, request.state.matrix_by_node));
  if (request.state.cell) {
    std::vector<const Series*> shown{&loaded->profiles[0].series};
    if (other > 0) shown.push_back(&loaded->profiles[other].series);
    Result<TableData> calls = cell_calls(request, shown, nodes, side, *request.state.cell);
    if (!calls) return calls.error();
    content.tables.push_back(std::move(*calls));
  }
  return content;
}

}  // namespace tulkki
