// SPDX-License-Identifier: GPL-3.0-or-later
// The Functions page: procedures by series, the waterfall that sums to the difference in run time, and call sites.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>

#include "viewer/analysis/comparison.h"
#include "viewer/analysis/waterfall.h"
#include "viewer/model/page_content.h"
#include "viewer/model/units.h"

namespace tulkki {
namespace {

// Median over launches of one metric, or nothing.
TableCell median_of(const SeriesProfile& profile, Metric metric, const std::string& procedure) {
  const std::vector<double> values = observations(profile, metric, {procedure, std::nullopt});
  return values.empty() ? TableCell() : TableCell(median(values));
}

TableCell share_of(const SeriesProfile& profile, const std::string& procedure) {
  double time_ns = 0, wall_ns = 0;
  for (const LaunchProfile& launch : profile.launches) {
    wall_ns += launch.wall_sum_ns;
    const auto found = launch.procedures.find(procedure);
    if (found != launch.procedures.end()) time_ns += found->second.all.time_ns;
  }
  return wall_ns > 0 ? TableCell(time_ns / wall_ns) : TableCell();
}

struct Field {
  const char *name, *title;
  Written written;
  const char* help;
};
constexpr Field kFields[] = {{"time_ns", "time", Written::duration, "in the procedure, mean over ranks, median over launches"},
                             {"share", "share", Written::share, "of the wall time of all ranks and launches"},
                             {"calls", "calls", Written::count, "of all ranks, median over launches"},
                             {"call_ns", "median call", Written::duration, "median over all calls, median over launches"},
                             {"bytes", "bytes", Written::bytes, "sent and received by all ranks, median over launches"}};

TableCell value_of(const SeriesProfile& profile, const Field& field, const std::string& procedure) {
  const std::string_view name = field.name;
  if (name == "share") return share_of(profile, procedure);
  return median_of(profile,
                   name == "time_ns" ? Metric::time
                   : name == "calls" ? Metric::calls
                   : name == "bytes" ? Metric::bytes
                                     : Metric::latency,
                   procedure);
}

TableData procedure_table(const Loaded& loaded, std::size_t other, const std::optional<Waterfall>& change) {
  TableData table{"functions", "Procedures", {{"procedure", "procedure", Written::text, ""}, {"family", "family", Written::text, ""}}, {}};
  if (change) {
    table.columns.push_back({"change_ns", "adds to the\ndifference", Written::duration, "terms of the waterfall: they sum to the change of the run time"});
  }
  // The same of both beside each other: that is what is compared.
  const std::vector<std::size_t> shown = other > 0 ? std::vector<std::size_t>{0, other} : std::vector<std::size_t>{0};
  for (const Field& field : kFields) {
    for (const std::size_t index : shown) {
      const std::string& name = loaded.profiles[index].series.name;
      table.columns.push_back({fmt::format("{} [{}]", field.name, name), fmt::format("{}\n{}", name, field.title), field.written, field.help});
    }
  }
  for (const std::string& name : procedures_by_time(loaded.profiles)) {
    TableRow row;
    row.key = name;
    std::string family;
    for (const SeriesProfile& profile : loaded.profiles) {
      for (const LaunchProfile& launch : profile.launches) {
        const auto found = launch.procedures.find(name);
        if (found != launch.procedures.end()) family = found->second.family;
      }
    }
    row.cells = {name, family};
    if (change) {
      TableCell term;
      for (const WaterfallTerm& one : change->terms) {
        if (one.kind == TermKind::procedure && one.name == name) term = one.change_ns;
      }
      row.cells.push_back(term);
    }
    for (const Field& field : kFields) {
      for (const std::size_t index : shown) row.cells.push_back(value_of(loaded.profiles[index], field, name));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

plot::FigureSpec waterfall_figure(const Waterfall& change, const std::string& before, const std::string& after) {
  constexpr std::size_t kSteps = 8;
  constexpr double kLeastStep = 0.003;  // of the greatest
  plot::FigureSpec figure;
  figure.form = plot::Form::waterfall;
  figure.metric = "run time";
  const DisplayUnit unit = display_unit("ns", static_cast<double>(std::max(change.before_ns, change.after_ns)));
  figure.unit = unit.unit;
  figure.x.scale = plot::Scale::category;
  figure.y.label = axis_label("Run time", unit);
  figure.panels.emplace_back();
  plot::Series steps;
  const auto add = [&](const std::string& name, std::int64_t ns, const std::string& note) {
    steps.points.push_back({static_cast<double>(figure.x.categories.size()), static_cast<double>(ns) * unit.factor, {}, {}, 0, note});
    figure.x.categories.push_back(name);
  };
  add(before, change.before_ns, "total");
  // What cannot be seen as a bar is one of the others.
  const double least = change.terms.empty() ? 0 : kLeastStep * std::abs(static_cast<double>(change.terms.front().change_ns));
  std::size_t shown = 0;
  while (shown < std::min(kSteps, change.terms.size()) && std::abs(static_cast<double>(change.terms[shown].change_ns)) > least) ++shown;
  std::int64_t rest = change.change_ns;
  for (std::size_t i = 0; i < shown; ++i) {
    const WaterfallTerm& term = change.terms[i];
    rest -= term.change_ns;
    const auto part = [&](const char* name, std::int64_t ns) {
      return ns == 0 ? std::string() : fmt::format("{} {:+.3g} {}  ", name, static_cast<double>(ns) * unit.factor, unit.unit);
    };
    add(term.name, term.change_ns, part("calls", term.calls_ns) + part("bytes", term.bytes_ns) + part("speed", term.speed_ns) +
                                       part("waiting", term.waiting_ns));
  }
  if (change.terms.size() > shown) add(fmt::format("{} others", change.terms.size() - shown), rest, "");
  add(after, change.after_ns, "total");
  figure.panels[0].series.push_back(std::move(steps));
  return figure;
}

TableData waterfall_table(const Waterfall& change) {
  TableData table{"waterfall",
                  "Where the difference comes from",
                  {{"term", "term", Written::text, ""},
                   {"before_ns", "before", Written::duration, "mean over ranks"},
                   {"after_ns", "after", Written::duration, "mean over ranks"},
                   {"change_ns", "change", Written::duration, "sums to the change of the run time"},
                   {"calls_ns", "by calls", Written::duration, "a different number of calls"},
                   {"bytes_ns", "by bytes", Written::duration, "a different mix of sizes"},
                   {"speed_ns", "by speed", Written::duration, "a different duration of an undisturbed call"},
                   {"waiting_ns", "by waiting", Written::duration, "for partners, network or CPU"}},
                  {}};
  for (const WaterfallTerm& term : change.terms) {
    const bool split = term.kind == TermKind::procedure;
    const auto part = [split](std::int64_t ns) { return split ? TableCell(ns) : TableCell(); };
    table.rows.push_back({{term.name, term.before_ns, term.after_ns, term.change_ns, part(term.calls_ns), part(term.bytes_ns),
                           part(term.speed_ns), part(term.waiting_ns)},
                          -1,
                          term.name});
  }
  table.rows.push_back({{std::string("run time"), static_cast<double>(change.before_ns), static_cast<double>(change.after_ns),
                         change.change_ns, TableCell(), TableCell(), TableCell(), TableCell()},
                        -1,
                        ""});
  return table;
}

// Call sites of the baseline and the other series: time over all launches, for one launch.
Result<TableData> site_table(const PageRequest& request, const Loaded& loaded, std::size_t other) {
  TableData table{"sites",
                  "Call sites",
                  {{"procedure", "procedure", Written::text, ""}, {"place", "place", Written::text, "innermost frame; select a row for the source"}},
                  {}};
  struct Totals {
    double time_ns[2] = {0, 0};
    double calls[2] = {0, 0};
    std::string stack;
  };
  std::map<std::pair<std::string, std::string>, Totals> sites;
  const std::vector<std::size_t> shown = other > 0 ? std::vector<std::size_t>{0, other} : std::vector<std::size_t>{0};
  for (std::size_t side = 0; side < shown.size(); ++side) {
    const Series& series = loaded.profiles[shown[side]].series;
    for (const char* field : {"time_ns", "calls"}) {
      const bool time = std::string_view(field) == "time_ns";
      table.columns.push_back({fmt::format("{} [{}]", field, series.name), fmt::format("{}\n{}", series.name, time ? "time" : "calls"),
                               time ? Written::duration : Written::count, "of all ranks, mean over launches"});
    }
    for (const RunInfo& info : series.runs) {
      const StudyRun* run = request.study.find(info.run_id);
      if (run == nullptr) continue;
      Result<Database> database = Database::open(request.study.path_of(*run));
      if (!database) return database.error();
      Result<std::vector<ProfileRow>> rows = profile_by(*database, run->run_id, Grouping::site);
      if (!rows) return rows.error();
      for (const ProfileRow& row : *rows) {
        Totals& totals = sites[{row.procedure, row.name.substr(0, row.name.find('\n'))}];
        totals.time_ns[side] += row.time_ns / static_cast<double>(series.runs.size());
        totals.calls[side] += static_cast<double>(row.calls) / static_cast<double>(series.runs.size());
        totals.stack = row.name;
      }
    }
  }
  std::vector<std::pair<double, TableRow>> rows;
  for (const auto& [place, totals] : sites) {
    TableRow row{{place.first, place.second, totals.time_ns[0], totals.calls[0]}, -1, totals.stack};
    if (shown.size() > 1) row.cells.insert(row.cells.end(), {totals.time_ns[1], totals.calls[1]});
    rows.emplace_back(std::max(totals.time_ns[0], totals.time_ns[1]), std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& left, const auto& right) { return left.first > right.first; });
  for (auto& [time, row] : rows) table.rows.push_back(std::move(row));
  return table;
}

// Names the term that adds most to the difference, and one that works against it with as much.
std::string headline_of_change(const Loaded& loaded, std::size_t other, const Waterfall& change) {
  const std::vector<SeriesProfile> sides{loaded.profiles[0], loaded.profiles[other]};
  const auto time = [](std::int64_t ns) { return cell_text(std::abs(static_cast<double>(ns)), Written::duration); };
  const auto place = [](const WaterfallTerm& term) {
    const char* preposition = term.kind == TermKind::compute ? "" : term.kind == TermKind::skew ? "at " : "in ";
    return preposition + term.name;
  };
  const bool more = change.change_ns > 0;
  std::string text = fmt::format("{} takes {} {} than {}", sides[1].series.name, time(change.change_ns), more ? "more" : "less",
                                 sides[0].series.name);
  // Terms come greatest first.
  const auto with = [&](bool growing) {
    return std::find_if(change.terms.begin(), change.terms.end(),
                        [&](const WaterfallTerm& term) { return term.change_ns != 0 && (term.change_ns > 0) == growing; });
  };
  const auto along = with(more), against = with(!more);
  if (along != change.terms.end()) text += fmt::format("; most of it {}", place(*along));
  if (against != change.terms.end() && std::abs(against->change_ns) >= std::abs(change.change_ns)) {
    text += fmt::format(", against {} {} {}", time(against->change_ns), more ? "less" : "more", place(*against));
  }
  ComparisonOptions options;
  options.metrics = {Metric::wall_time};
  const Result<Comparison> comparison = compare(sides, {}, options);
  if (comparison && !comparison->rows.empty()) {
    const Verdict verdict = comparison->rows.front().contrasts[1].verdict;
    if (verdict == Verdict::not_shown) text += " (~: no difference was shown)";
    if (verdict == Verdict::too_few) text += " (too few launches to tell)";
  }
  return text;
}

}  // namespace

Result<PageContent> functions_content(PageRequest& request) {
  PageContent content;
  Result<Loaded> loaded = load_series(request, content);
  if (!loaded) return loaded.error();
  const std::size_t other = contender_of(*loaded, request.state);
  std::optional<Waterfall> change;
  if (other > 0) {
    const SeriesProfile &before = loaded->profiles[0], &after = loaded->profiles[other];
    Result<Waterfall> steps = waterfall(before, after, WaterfallBasis::middle);
    if (steps) change = *steps;
    else content.warnings.push_back(steps.message());
  }
  if (change) {
    content.headline = headline_of_change(*loaded, other, *change);
    content.figures.push_back(waterfall_figure(*change, loaded->profiles[0].series.name, loaded->profiles[other].series.name));
  }
  content.tables.push_back(procedure_table(*loaded, other, change));
  if (change) content.tables.push_back(waterfall_table(*change));
  Result<TableData> sites = site_table(request, *loaded, other);
  if (!sites) return sites.error();
  content.tables.push_back(std::move(*sites));
  if (other == 0) {
    content.message = "There is only one series: record the program on another backend or transport, or put another factor into "
                      "Series, to see where the difference comes from.";
  }
  return content;
}

}  // namespace tulkki
