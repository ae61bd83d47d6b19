// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of the profile whose rank and partner are on the two sides of the cell, in either direction: a receive lies with the
// receiver. Calls that complete requests have no partner of their own and are not here.
#include "viewer/model/cell_calls.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <tuple>

#include "viewer/model/launch_queries.h"

namespace tulkki {
namespace {

struct CallKey {
  int rank;
  bool receiver;
  std::string procedure, context;
  std::int64_t size_class;
  std::string site;
  auto operator<=>(const CallKey&) const = default;
};
struct CallSums {
  double calls = 0, bytes = 0, time_ns = 0;
};
using Rows = std::map<CallKey, std::vector<CallSums>>;

// Places of one side of the cell in the matrix: the first and the last one.
struct Range {
  int first, last;
  bool contains(int place) const { return place >= first && place <= last; }
};
Range range_of(int first, int block, int side) { return {first, std::max(first, std::min(side, first + block) - 1)}; }

// The ranks of a run that are on one side of the cell.
struct Side {
  Range between{0, -1};
  std::set<int> of_nodes;  // those of them, where the cell is one of nodes
  bool by_node = false;
  bool contains(int rank) const { return between.contains(rank) && (!by_node || of_nodes.contains(rank)); }
};
struct Sides {
  Side from, to;
};

Side side_of(const std::map<int, std::string>& hosts, const std::vector<std::string>& nodes, Range range) {
  Side side;
  side.by_node = true;
  for (const auto& [rank, host] : hosts) {
    const auto node = static_cast<int>(std::find(nodes.begin(), nodes.end(), host) - nodes.begin());
    if (range.contains(node)) side.of_nodes.insert(rank);
  }
  if (!side.of_nodes.empty()) side.between = {*side.of_nodes.begin(), *side.of_nodes.rbegin()};
  return side;
}

Result<Sides> sides_of(Database& database, std::int64_t run_id, const std::vector<std::string>& nodes, Range from, Range to) {
  if (nodes.empty()) return Sides{{from, {}, false}, {to, {}, false}};
  const Result<std::map<int, std::string>> hosts = hosts_of(database, run_id);
  if (!hosts) return hosts.error();
  return Sides{side_of(*hosts, nodes, from), side_of(*hosts, nodes, to)};
}

// "3", or "4 – 5" of a block.
std::string name_of(Range range, const std::vector<std::string>& nodes) {
  const auto one = [&](int place) {
    return nodes.empty() || static_cast<std::size_t>(place) >= nodes.size() ? std::to_string(place) : nodes[static_cast<std::size_t>(place)];
  };
  return range.first == range.last ? one(range.first) : one(range.first) + " – " + one(range.last);
}

std::string context_name(const Statement& query, int kind, int name, int created) {
  if (query.is_null(kind)) return "";
  const std::string text = query.text(name);
  if (!text.empty()) return text;
  const std::string by = query.text(created);
  return by.empty() ? query.text(kind) : query.text(kind) + " of " + by;
}

void add_row(const Statement& row, const Sides& sides, std::size_t index, std::size_t count, Rows& rows) {
  const int rank = static_cast<int>(row.integer(0)), peer = static_cast<int>(row.integer(1));
  // What an origin does to a target belongs to the pair origin, target, as in the matrix, whatever way the data go.
  const bool origin = row.text(14) == "RMA";
  const bool sends = origin || row.integer(9) > 0 || row.integer(12) > 0;
  const bool receives = !sends || (!origin && (row.integer(10) > 0 || row.integer(13) > 0));
  const std::string stack = row.text(7);
  for (const bool receiver : {false, true}) {
    const bool fits = receiver ? sides.to.contains(rank) && sides.from.contains(peer) : sides.from.contains(rank) && sides.to.contains(peer);
    if (!fits || !(receiver ? receives : sends)) continue;
    std::vector<CallSums>& sums = rows[{rank, receiver, row.text(2), context_name(row, 3, 4, 5), row.integer(6), stack.substr(0, stack.find('\n'))}];
    sums.resize(count);
    sums[index].calls += static_cast<double>(row.integer(8));
    sums[index].bytes += static_cast<double>(row.integer(9) + row.integer(10));
    sums[index].time_ns += row.real(11);
  }
}

Result<void> add_run(Database& database, std::int64_t run_id, const Sides& sides, std::size_t index, std::size_t count,
                     Rows& rows) {
  return for_each_row(
      database,
      "SELECT rank, peer, procedure.name, context.kind, context.name, context.created_by, size_class, call_site.stack, "
      "SUM(calls), SUM(bytes_sent), SUM(bytes_received), SUM(time_ns), SUM(messages_sent), SUM(messages_received), family "
      "FROM call JOIN procedure USING (procedure_id) LEFT JOIN context USING (context_id) LEFT JOIN call_site USING (site_id) "
      "WHERE call.run_id = ?1 AND peer >= 0 AND family NOT IN ('collective', 'neighborhood', 'I/O') "
      // Far fewer than all: between the least and the greatest rank of each side.
      "AND (rank BETWEEN ?2 AND ?3 AND peer BETWEEN ?4 AND ?5 OR rank BETWEEN ?4 AND ?5 AND peer BETWEEN ?2 AND ?3) "
      "GROUP BY rank, peer, procedure_id, context_id, size_class, site_id",
      [&](const Statement& row) { add_row(row, sides, index, count, rows); }, run_id, sides.from.between.first, sides.from.between.last,
      sides.to.between.first, sides.to.between.last);
}

TableData empty_table(const std::vector<const Series*>& series, const std::string& title) {
  TableData table{"cell",
                  title,
                  {{"rank", "rank", Written::count, "that made the calls"},
                   {"side", "side", Written::text, "of the sender, or of the receiver"},
                   {"procedure", "procedure", Written::text, ""},
                   {"context", "communicator", Written::text, "or window"},
                   {"size_class", "size", Written::text, ""},
                   {"place", "place", Written::text, "innermost frame of the call site"}},
                  {}};
  for (const Series* one : series) {
    const std::string& name = one->name;
    table.columns.push_back({"calls [" + name + "]", name + "\ncalls", Written::count, "of a launch, mean over launches"});
    table.columns.push_back({"bytes [" + name + "]", name + "\nbytes", Written::bytes, "of a launch, mean over launches"});
    table.columns.push_back({"time_ns [" + name + "]", name + "\ntime", Written::duration, "in the calls of a launch, mean over launches"});
  }
  return table;
}

}  // namespace

Result<TableData> cell_calls(const PageRequest& request, const std::vector<const Series*>& series, const std::vector<std::string>& nodes, int side,
                             MatrixCell cell) {
  const Range from = range_of(cell.sender, cell.block, side), to = range_of(cell.receiver, cell.block, side);
  Rows rows;
  for (std::size_t i = 0; i < series.size(); ++i) {
    const Result<void> added = for_each_launch(request.study, *series[i], [&](Database& database, std::int64_t run_id) -> Result<void> {
      const Result<Sides> sides = sides_of(database, run_id, nodes, from, to);
      if (!sides) return sides.error();
      return add_run(database, run_id, *sides, i, series.size(), rows);
    });
    if (!added) return added.error();
  }
  const bool ranks = nodes.empty() && cell.block > 1;
  TableData table = empty_table(series, fmt::format("Calls of {}{} → {}", ranks ? "ranks " : "", name_of(from, nodes), name_of(to, nodes)));
  std::vector<std::pair<double, TableRow>> ordered;
  for (const auto& [key, sums] : rows) {
    TableRow row{{std::int64_t{key.rank}, std::string(key.receiver ? "receiver" : "sender"), key.procedure, key.context,
                  size_class_name(key.size_class), key.site},
                 -1,
                 key.procedure};
    double most = 0;
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const auto launches = static_cast<double>(series[i]->runs.size());
      const CallSums sum{sums[i].calls / launches, sums[i].bytes / launches, sums[i].time_ns / launches};
      row.cells.insert(row.cells.end(), {sum.calls, sum.bytes, sum.time_ns});
      most = std::max(most, sum.time_ns);
    }
    ordered.emplace_back(most, std::move(row));
  }
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto& left, const auto& right) { return left.first > right.first; });
  for (auto& [time, row] : ordered) table.rows.push_back(std::move(row));
  return table;
}

}  // namespace tulkki
