// SPDX-License-Identifier: Apache-2.0
// The waterfall and the paired calls for the terminal.
#include <fmt/format.h>
#include <algorithm>
#include <cmath>

#include "viewer/cli/compare.h"
#include "viewer/cli/quantity.h"

namespace tulkki {
namespace {

using Kind = TextTable::Kind;

// One unit and one number of decimals for a whole table, so that a reader can add up its columns.
class FixedScale {
 public:
  FixedScale(double greatest_ns, const Style& style) : minus_(minus(style)) {
    const std::pair<double, const char*> kUnits[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, style.utf8 ? "µs" : "us"}};
    for (const auto& [divisor, name] : kUnits) {
      if (greatest_ns < divisor) continue;
      divisor_ = divisor;
      unit_ = name;
      decimals_ = greatest_ns < 10 * divisor ? 3 : greatest_ns < 100 * divisor ? 2 : 1;
      break;
    }
  }
  std::string text(std::int64_t ns) const {
    if (ns == 0) return "0";
    const std::string number = fmt::format("{:+.{}f}", static_cast<double>(ns) / divisor_, decimals_);
    if (number.find_first_not_of("+-0.") == std::string::npos) return "0";
    return number.starts_with('-') ? minus_ + number.substr(1) : number;
  }
  const std::string& unit() const { return unit_; }

 private:
  double divisor_ = 1;
  std::string unit_ = "ns", minus_;
  int decimals_ = 0;
};

std::string runs_text(const std::vector<std::int64_t>& runs) {
  if (runs.size() > 4) return fmt::format("mean of {} launches", runs.size());
  return fmt::format("run{} {}", runs.size() > 1 ? "s" : "", fmt::join(runs, " and "));
}

std::string signed_bar(std::int64_t change, double greatest) {
  constexpr double kWidth = 12;
  const auto length = static_cast<std::size_t>(std::lround(std::abs(static_cast<double>(change)) / greatest * kWidth));
  return std::string(length, change < 0 ? '-' : '+');
}

void add_term(TextTable& table, const WaterfallTerm& term, const FixedScale& scale, double greatest) {
  const bool split = term.kind == TermKind::procedure;
  const auto part = [&](std::int64_t ns) { return split ? scale.text(ns) : std::string(); };
  table.row({term.name, scale.text(term.change_ns), part(term.calls_ns), part(term.bytes_ns), part(term.speed_ns),
             part(term.waiting_ns), signed_bar(term.change_ns, greatest)});
}

// Everything that is not shown one by one, as one line; its parts are sums too.
WaterfallTerm rest_of(const Waterfall& waterfall, std::size_t shown) {
  WaterfallTerm rest;
  for (std::size_t i = shown; i < waterfall.terms.size(); ++i) {
    const WaterfallTerm& term = waterfall.terms[i];
    rest.change_ns += term.change_ns;
    rest.calls_ns += term.calls_ns;
    rest.bytes_ns += term.bytes_ns;
    rest.speed_ns += term.speed_ns;
    rest.waiting_ns += term.waiting_ns;
  }
  rest.name = fmt::format("{} others", waterfall.terms.size() - shown);
  return rest;
}

WaterfallTerm sum_of(const Waterfall& waterfall) {
  WaterfallTerm sum = rest_of(waterfall, 0);
  sum.name = "sum";
  return sum;
}

std::string interval_of(const Summary& summary, const Style& style) {
  if (!summary.interval) return change_text(summary.median, style) + fmt::format(" (n={})", summary.count);
  return fmt::format("{} [{}, {}]", change_text(summary.median, style), change_text(summary.interval->low, style),
                     change_text(summary.interval->high, style));
}

// "function file:line", the file without its folders.
std::string short_site(std::string site) {
  const std::size_t blank = site.rfind(' '), slash = site.rfind('/');
  if (blank != std::string::npos && slash != std::string::npos && slash > blank) site.erase(blank + 1, slash - blank);
  return site.empty() ? "(unknown)" : site;
}

std::string pairs_table(const std::vector<PairedContrast>& groups, bool by_site, std::size_t top, const Style& style) {
  TextTable table;
  if (by_site) table.column("call site", Kind::flexible);
  table.column("procedure", Kind::flexible);
  table.column("pairs");
  table.column("median difference");
  table.column("ratio");
  table.column("sum");
  for (std::size_t i = 0; i < std::min(top, groups.size()); ++i) {
    const PairedContrast& group = groups[i];
    std::vector<std::string> cells;
    if (by_site) cells.push_back(short_site(group.site));
    cells.insert(cells.end(), {group.procedure, quantity_text(std::floor(group.pairs), "1", style),
                               interval_of(group.difference_ns, style), fmt::format("{:.3g}", group.ratio),
                               change_text(group.total_difference_ns.median, style)});
    table.row(std::move(cells));
  }
  return table.text(style);
}

}  // namespace

std::string waterfall_text(const CompareReport& report, const SeriesWaterfall& part, std::size_t top,
                           const Style& style) {
  const Waterfall& waterfall = part.waterfall;
  const std::string& before = report.comparison.series[report.comparison.options.baseline].key;
  const std::string& after = report.comparison.series[part.series].key;
  std::string text = fmt::format("\n{}", style.bold(fmt::format("Where the time went from {} to {}", before, after)));
  double greatest = std::abs(static_cast<double>(waterfall.change_ns));
  for (const WaterfallTerm& term : waterfall.terms)
    greatest = std::max(greatest, std::abs(static_cast<double>(term.change_ns)));
  const FixedScale scale(greatest, style);
  text += fmt::format(
      "\n  wall time {} ({}) to {} ({}), in {}\n", quantity_text(static_cast<double>(waterfall.before_ns), "ns", style),
      runs_text(waterfall.before_runs), quantity_text(static_cast<double>(waterfall.after_ns), "ns", style),
      runs_text(waterfall.after_runs), scale.unit());
  if (greatest == 0) return text + "  no difference\n";
  TextTable table;
  table.column("", Kind::flexible);
  for (const char* heading : {"change", "calls", "bytes", "speed", "waiting"})
    table.column(heading);
  table.column("", Kind::text);
  std::size_t shown = std::min(top, waterfall.terms.size());
  while (shown > 0 && scale.text(waterfall.terms[shown - 1].change_ns) == "0")
    --shown;
  if (shown + 1 == waterfall.terms.size()) ++shown;  // one other is no longer than its name
  for (std::size_t i = 0; i < shown; ++i)
    add_term(table, waterfall.terms[i], scale, greatest);
  if (shown < waterfall.terms.size()) add_term(table, rest_of(waterfall, shown), scale, greatest);
  add_term(table, sum_of(waterfall), scale, greatest);
  return text + table.text(style);
}

std::string pairs_text(const CompareReport& report, const PairedSeries& part, std::size_t top, const Style& style) {
  const std::string& before = report.comparison.series[report.comparison.options.baseline].key;
  const std::string& after = report.comparison.series[part.series].key;
  std::string text = fmt::format("\n{}", style.bold(fmt::format("Paired calls, {} - {}", after, before)));
  std::uint64_t pairs = 0, calls = 0, polling = 0;
  for (const PairingResult& couple : part.couples) {
    pairs += couple.pairs;
    calls += couple.first_calls + couple.second_calls;
    polling += couple.first_polling + couple.second_polling;
  }
  std::vector<std::string> couples;
  for (const auto& [first, second] : part.runs)
    couples.push_back(fmt::format("{}-{}", first, second));
  text += fmt::format("  {:.2f} % of the calls have a partner; runs {}\n",
                      calls > 0 ? 200.0 * static_cast<double>(pairs) / static_cast<double>(calls) : 0.0,
                      fmt::join(couples, ", "));
  if (polling > 0) text += fmt::format("  {} polling calls (MPI_Test, MPI_Iprobe ...) were skipped\n", polling);
  text += pairs_table(part.procedures, false, top, style);
  if (!part.sites.empty()) text += fmt::format("\n{}", pairs_table(part.sites, true, top, style));
  return text;
}

}  // namespace tulkki
