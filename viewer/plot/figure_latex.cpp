// SPDX-License-Identifier: GPL-3.0-or-later
// Four digits: what a reader compares. CSV has the rest.
#include "viewer/plot/figure_latex.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace tulkki::plot {
namespace {

constexpr double kSamePlace = 0.005;  // places of series that differ by less are one line: means of a size class

std::string plain(const std::string& words) {
  std::string text;
  for (const char letter : words) {
    if (std::string_view("&%$#_{}").find(letter) != std::string_view::npos) text += '\\';
    text += letter == '\\' ? '/' : letter == '~' || letter == '^' ? '-' : letter;
  }
  if (const std::size_t at = text.find("µ"); at != std::string::npos) text.replace(at, std::string_view("µ").size(), "$\\mu$");
  return text;
}

// Without an exponent where four digits do.
std::string short_number(double value) {
  if (!std::isfinite(value)) return "--";
  const double size = std::abs(value);
  if (size >= 1000 && size < 1e7) return fmt::format("{:.0f}", value);
  return fmt::format("{:.4g}", value);
}

std::string scaled(double value, double factor, const std::array<const char*, 5>& units) {
  std::size_t unit = 0;
  for (; std::abs(value) >= factor && unit + 1 < units.size(); ++unit) value /= factor;
  return short_number(value) + (*units[unit] == '\0' ? "" : std::string("~") + units[unit]);
}

std::string place_text(const Axis& axis, double x) {
  const auto index = static_cast<std::size_t>(std::max(0.0, std::round(x)));
  if (axis.scale == Scale::category && index < axis.categories.size()) return plain(axis.categories[index]);
  if (axis.quantity == Quantity::bytes) return scaled(x, 1024, {"B", "KiB", "MiB", "GiB", "TiB"});
  if (axis.quantity == Quantity::duration) return scaled(x, 1000, {"ns", "$\\mu$s", "ms", "s", ""});
  return short_number(x);
}

std::string value_text(const Point& point) {
  if (!point.low || !point.high) return short_number(point.y);
  return fmt::format("{} [{}, {}]", short_number(point.y), short_number(*point.low), short_number(*point.high));
}

std::vector<double> places_of(const Panel& panel, const Axis& axis) {
  std::vector<double> places;
  for (const Series& series : panel.series) {
    for (const Point& point : series.points) places.push_back(point.x);
  }
  std::sort(places.begin(), places.end());
  const double slack = axis.scale == Scale::category ? 0 : kSamePlace;
  const auto same = [slack](double left, double right) { return right - left <= slack * std::abs(right); };
  places.erase(std::unique(places.begin(), places.end(), same), places.end());
  return places;
}

std::string panel_lines(const FigureSpec& figure, const Panel& panel) {
  std::string lines;
  const std::vector<double> places = places_of(panel, figure.x);
  for (std::size_t i = 0; i < places.size(); ++i) {
    lines += "  " + place_text(figure.x, places[i]);
    const double next = i + 1 < places.size() ? places[i + 1] : INFINITY;
    for (const Series& series : panel.series) {
      const auto at = std::find_if(series.points.begin(), series.points.end(),
                                   [&](const Point& point) { return point.x >= places[i] && point.x < next; });
      lines += " & " + (at == series.points.end() ? "--" : value_text(*at));
    }
    lines += " \\\\\n";
  }
  return lines;
}

std::string box_lines(const FigureSpec& figure, const Panel& panel) {
  std::string lines;
  for (const Series& series : panel.series) {
    for (const Box& box : series.boxes) {
      lines += fmt::format("  {} & {} & {} & {} & {} & {} & {} \\\\\n", place_text(figure.x, box.x), short_number(box.median),
                           short_number(box.lower_quartile), short_number(box.upper_quartile), short_number(box.minimum), short_number(box.maximum),
                           box.values.size());
    }
  }
  return lines;
}

}  // namespace

std::string figure_latex(const FigureSpec& figure) {
  std::string body, head, kinds;
  std::size_t columns = 1;
  bool boxes = false, points = false;
  for (const Panel& panel : figure.panels) {
    for (const Series& series : panel.series) {
      boxes |= !series.boxes.empty();
      points |= !series.points.empty();
    }
    if (!panel.matrix.values.empty()) return {};
    columns = std::max(columns, panel.series.size() + 1);
  }
  if (!boxes && !points) return {};
  if (boxes) columns = 7;
  head = boxes ? " & median & 25\\,\\% & 75\\,\\% & min & max & launches" : "";
  kinds = "l" + std::string(columns - 1, 'r');
  for (const Panel& panel : figure.panels) {
    if (!body.empty() || !panel.title.empty()) body += "  \\midrule\n";
    if (!panel.title.empty()) body += fmt::format("  \\multicolumn{{{}}}{{l}}{{\\emph{{{}}}}} \\\\\n", columns, plain(panel.title));
    if (&panel == &figure.panels.front() && panel.title.empty()) body += "  \\midrule\n";
    body += boxes ? box_lines(figure, panel) : panel_lines(figure, panel);
  }
  if (!boxes) {
    for (const Series& series : figure.panels.front().series) head += " & " + plain(series.name);
  }
  return fmt::format("% {}{}: median [95 % interval]; needs \\usepackage{{booktabs}}\n\\begin{{tabular}}{{{}}}\n  \\toprule\n  {}{} \\\\\n{}"
                     "  \\bottomrule\n\\end{{tabular}}\n",
                     figure.title.empty() ? "" : figure.title + ", ", figure.y.label, kinds, plain(figure.x.label), head, body);
}

}  // namespace tulkki::plot
