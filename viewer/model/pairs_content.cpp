// SPDX-License-Identifier: GPL-3.0-or-later
// The Pairs page: calls of the baseline's traces with their partners in the other series' traces, launch by launch.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "viewer/analysis/pairing.h"
#include "viewer/model/page_content.h"

namespace tulkki {
namespace {

constexpr std::size_t kMostCouples = 6;  // each reads two traces

std::vector<std::string> traces_of(const PageRequest& request, const Series& series) {
  std::vector<std::string> traces;
  for (const RunInfo& run : series.runs) {
    const StudyRun* found = request.study.find(run.run_id);
    std::string trace = found == nullptr ? "" : request.study.trace_of(*found);
    if (!trace.empty()) traces.push_back(std::move(trace));
  }
  return traces;
}

TableData pair_table(const std::vector<PairingResult>& couples, bool by_site) {
  TableData table{by_site ? "paired_sites" : "pairs",
                  by_site ? "Call sites" : "Procedures",
                  {{"procedure", "procedure", Written::text, ""},
                   {"place", "place", Written::text, "innermost frame"},
                   {"pairs", "pairs", Written::count, "of calls, median over pairs of launches"},
                   {"difference_ns", "difference of a call", Written::duration, "median over calls, median over pairs of launches"},
                   {"ci_low", "95 % from", Written::duration, "over pairs of launches; needs 6"},
                   {"ci_high", "95 % to", Written::duration, "over pairs of launches; needs 6"},
                   {"total_ns", "in total", Written::duration, "all ranks together, median over pairs of launches"},
                   {"ratio", "ratio", Written::ratio, "exp of the median log ratio"}},
                  {}};
  if (!by_site) table.columns.erase(table.columns.begin() + 1);
  for (const PairedContrast& row : summarize_couples(couples, by_site)) {
    TableRow out{{row.procedure}, -1, row.procedure};
    if (by_site) out.cells.emplace_back(row.site);
    out.cells.insert(out.cells.end(), {row.pairs, row.difference_ns.median,
                                       row.difference_ns.interval ? TableCell(row.difference_ns.interval->low) : TableCell(),
                                       row.difference_ns.interval ? TableCell(row.difference_ns.interval->high) : TableCell(),
                                       row.total_difference_ns.median, row.ratio});
    table.rows.push_back(std::move(out));
  }
  return table;
}

// Each call under one against its partner under the other, of one procedure or of all: what lies on the diagonal took the
// same time.
plot::FigureSpec density_figure(const std::vector<PairingResult>& couples, const std::string& procedure, const std::string& before,
                                const std::string& after) {
  plot::FigureSpec figure;
  figure.form = plot::Form::density;
  figure.metric = "pairs";
  figure.x.scale = figure.y.scale = plot::Scale::log10;
  figure.x.quantity = figure.y.quantity = plot::Quantity::duration;
  figure.x.label = "Time of a call, " + before;
  figure.y.label = "Time of its partner, " + after;
  figure.colours.label = "Pairs of calls";
  figure.colours.logarithmic = true;
  PairCounts counts, all;
  for (const PairingResult& couple : couples) {
    for (const PairedGroup& group : couple.procedures) {
      for (const auto& [place, pairs] : group.counts) {
        all[place] += pairs;
        if (group.procedure == procedure) counts[place] += pairs;
      }
    }
  }
  figure.title = counts.empty() ? "All procedures" : procedure;
  if (counts.empty()) counts = std::move(all);
  if (counts.empty()) return figure;
  int first = counts.begin()->first.first, last = first;
  for (const auto& [place, pairs] : counts) {
    first = std::min({first, place.first, place.second});
    last = std::max({last, place.first, place.second});
  }
  plot::Panel panel;
  panel.matrix.columns = panel.matrix.rows = last - first + 1;
  panel.matrix.values.assign(static_cast<std::size_t>(panel.matrix.columns) * panel.matrix.rows, std::nan(""));
  for (int step = first; step <= last + 1; ++step) panel.matrix.column_edges.push_back(std::pow(10.0, static_cast<double>(step) / kPairStepsOfADecade));
  panel.matrix.row_edges = panel.matrix.column_edges;
  for (const auto& [place, pairs] : counts) {
    panel.matrix.values[static_cast<std::size_t>(place.second - first) * panel.matrix.columns + static_cast<std::size_t>(place.first - first)] =
        static_cast<double>(pairs);
  }
  plot::Series diagonal;
  diagonal.look = 6;
  for (const double edge : {panel.matrix.column_edges.front(), panel.matrix.column_edges.back()}) diagonal.points.push_back({edge, edge, {}, {}, 0, "as long"});
  panel.series.push_back(std::move(diagonal));
  figure.panels.push_back(std::move(panel));
  return figure;
}

// Quotient of the durations of paired calls, by procedure: 1 is "no difference".
plot::FigureSpec ratio_figure(const TableData& table, const std::string& before, const std::string& after) {
  constexpr std::size_t kShown = 10;
  plot::FigureSpec figure;
  figure.form = plot::Form::ratio;
  figure.metric = "ratio of paired calls";
  figure.x.scale = plot::Scale::category;
  figure.y.scale = plot::Scale::log10;
  figure.y.label = fmt::format("Time of a call, {} / {}", after, before);
  figure.references.push_back({1, ""});
  figure.panels.emplace_back();
  plot::Series series;
  series.name = "";
  for (const TableRow& row : table.rows) {
    const auto* ratio = std::get_if<double>(&row.cells.back());
    if (ratio == nullptr || !(*ratio > 0) || series.points.size() >= kShown) continue;
    series.points.push_back({static_cast<double>(figure.x.categories.size()), *ratio, {}, {}, 0, ""});
    figure.x.categories.push_back(std::get<std::string>(row.cells.front()));
  }
  figure.panels[0].series.push_back(std::move(series));
  return figure;
}

}  // namespace

Result<PageContent> pairs_content(PageRequest& request) {
  PageContent content;
  Result<Loaded> loaded = load_series(request, content);
  if (!loaded) return loaded.error();
  const std::size_t other = contender_of(*loaded, request.state);
  if (other == 0) {
    content.message = "There is only one series: pairing needs the same program on two backends or transports.";
    return content;
  }
  const Series &before = loaded->profiles[0].series, &after = loaded->profiles[other].series;
  const std::vector<std::string> first = traces_of(request, before), second = traces_of(request, after);
  const std::size_t count = std::min({first.size(), second.size(), kMostCouples});
  if (count == 0) {
    content.message = "At least one of the two series has no trace that is still there: record with `tulkki run --trace`.";
    return content;
  }
  std::vector<PairingResult> couples;
  double share = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Result<const PairingResult*> couple = request.cache->pair(first[i], second[i], request.work.piece(i, count, fmt::format("couple {} of {}", i + 1, count)));
    if (!couple && request.work.is_cancelled()) return without_traces(std::move(content));
    if (!couple) return couple.error();
    share += (*couple)->matched_share() / static_cast<double>(count);
    couples.push_back(**couple);
  }
  content.headline = (fmt::format("{} pair{} of launches; {:.1f} % of the calls have a partner", count, count == 1 ? "" : "s", share * 100));
  content.tables.push_back(pair_table(couples, false));
  content.tables.push_back(pair_table(couples, true));
  content.figures.push_back(density_figure(couples, request.state.procedure, before.name, after.name));
  content.figures.push_back(ratio_figure(content.tables[0], before.name, after.name));
  return content;
}

}  // namespace tulkki
