// SPDX-License-Identifier: GPL-3.0-or-later
// Bars are stacked and waterfalls summed here; the other forms are drawn as their data are.
#include "viewer/plot/panel_layers.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "viewer/plot/ticks.h"

namespace tulkki::plot {
namespace {

bool is_total(const Point& point) { return point.note == "total"; }

std::vector<Bar> stacked_bars(const Panel& panel, const Drawing& drawing) {
  std::map<double, double> tops;
  std::vector<Bar> bars;
  for (std::size_t i = 0; i < panel.series.size(); ++i) {
    const Series& part = panel.series[i];
    const int number = part.look >= 0 ? part.look : static_cast<int>(i);
    for (const Point& point : part.points) {
      double& top = tops[point.x];
      bars.push_back({point.x, top, top + point.y, part_colour(number, part.name == "other", drawing.theme, drawing.grey),
                      {}, false, false});
      top += point.y;
    }
  }
  return bars;
}

// Steps have the decimals of three digits of the greatest, so that they can be added up by eye.
int decimals_of_steps(const Panel& panel) {
  double greatest = 0;
  for (const Series& series : panel.series) {
    for (const Point& point : series.points)
      if (!is_total(point)) greatest = std::max(greatest, std::abs(point.y));
  }
  return greatest > 0 ? std::clamp(2 - static_cast<int>(std::floor(std::log10(greatest))), 0, 9) : 2;
}

QString signed_label(double value, int decimals, const std::string& unit) {
  QString text = QString::number(std::abs(value), 'f', decimals);
  if (text.toDouble() != 0) text.prepend(value < 0 ? QChar(0x2212) : QChar('+'));
  return unit.empty() ? text : text + QChar(0x00a0) + QString::fromStdString(unit);
}

std::vector<Bar> waterfall_bars(const FigureSpec& figure, const Panel& panel, const Drawing& drawing) {
  const Surface surface = surface_of(drawing.theme);
  const QColor more = look_of(1, drawing.theme, false).colour, less = look_of(0, drawing.theme, false).colour;
  std::vector<Bar> bars;
  const int decimals = decimals_of_steps(panel);
  double level = 0;
  for (const Series& series : panel.series) {
    for (const Point& point : series.points) {
      const bool total = is_total(point);
      const double from = total ? 0 : level, to = total ? point.y : level + point.y;
      QColor colour = total ? surface.faint_text : point.y > 0 ? more : less;
      if (drawing.grey) colour = grey_of(colour);
      QString label = signed_label(point.y, decimals, figure.unit);
      if (total && label.startsWith('+')) label.remove(0, 1);
      bars.push_back({point.x, from, to, colour, label, drawing.grey && !total && point.y < 0, true});
      level = to;
    }
  }
  return bars;
}

void add_series(const BuiltPanel& built, const FigureSpec& figure, const Panel& panel, const Drawing& drawing) {
  const bool steps = figure.form == Form::cdf;
  for (std::size_t i = 0; i < panel.series.size(); ++i) {
    const Series& series = panel.series[i];
    const Look look = look_of(series.look >= 0 ? series.look : static_cast<int>(i), drawing.theme, drawing.grey);
    if (!series.points.empty()) {
      new SeriesLayer(built.keys, built.values, drawing, series, look, steps ? Join::steps : Join::lines,
                      drawing.markers && !steps);
    }
    if (!series.boxes.empty()) new BoxLayer(built.keys, built.values, drawing, series, look);
  }
}

}  // namespace

void add_layers(const BuiltPanel& built, const FigureSpec& figure, const Panel& panel, const Drawing& drawing) {
  if (!panel.matrix.values.empty()) {
    new CellLayer(built.keys, built.values, drawing, panel.matrix, colour_function(figure, drawing));
  }
  if (!figure.references.empty() || !figure.bands.empty() || !panel.marks.empty() || !panel.doubts.empty()) {
    auto* marks = new MarkLayer(built.keys, built.values, drawing, figure.references, figure.bands, panel);
    if (panel.matrix.values.empty()) marks->setLayer("grid");
  }
  switch (figure.form) {
    case Form::stacked: new BarLayer(built.keys, built.values, drawing, stacked_bars(panel, drawing)); break;
    case Form::waterfall: new BarLayer(built.keys, built.values, drawing, waterfall_bars(figure, panel, drawing)); break;
    default: add_series(built, figure, panel, drawing);
  }
}

QCPRange bar_range(const FigureSpec& figure) {
  double low = 0, high = 0;
  for (const Panel& panel : figure.panels) {
    if (figure.form == Form::stacked) {
      std::map<double, double> tops;
      for (const Series& part : panel.series) {
        for (const Point& point : part.points) high = std::max(high, tops[point.x] += point.y);
      }
      continue;
    }
    // The totals are far from 0 and the steps small: begin where the lowest level is, unless that hides little.
    double level = 0, lowest = INFINITY;
    for (const Series& series : panel.series) {
      for (const Point& point : series.points) {
        level = is_total(point) ? point.y : level + point.y;
        high = std::max(high, level);
        low = std::min(low, level);
        lowest = std::min(lowest, level);
      }
    }
    if (std::isfinite(lowest) && lowest > 0.6 * high) low = lowest - 0.5 * (high - lowest);
  }
  const double room = 0.05 * std::max(high - low, 1e-12);
  if (figure.y.maximum) high = *figure.y.maximum;
  else if (figure.form == Form::waterfall) high += 5 * room;  // for the numbers beside the bars
  else high += high <= 100.001 && high > 99.9 ? 0 : room;
  return {figure.y.minimum.value_or(low < 0 ? low - room : low), high};
}

}  // namespace tulkki::plot
