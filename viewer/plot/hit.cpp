// SPDX-License-Identifier: GPL-3.0-or-later
// Figures have few points (a density has cells), so that a search through all is quick enough for each movement.
#include "viewer/plot/hit.h"

#include <QStringList>
#include <algorithm>
#include <cmath>

#include "viewer/plot/ticks.h"

namespace tulkki::plot {
namespace {

const Series* series_of(const FigureSpec& figure, const Place& place) {
  if (place.panel < 0 || place.panel >= static_cast<int>(figure.panels.size())) return nullptr;
  const Panel& panel = figure.panels[static_cast<std::size_t>(place.panel)];
  if (place.series < 0 || place.series >= static_cast<int>(panel.series.size())) return nullptr;
  return &panel.series[static_cast<std::size_t>(place.series)];
}

// Middle of a stacked or falling bar: the sum below it and half of itself.
double bar_middle(const FigureSpec& figure, const Panel& panel, int series, std::size_t index) {
  const Point& wanted = panel.series[static_cast<std::size_t>(series)].points[index];
  double below = 0;
  if (figure.form == Form::stacked) {
    for (int i = 0; i < series; ++i) {
      for (const Point& point : panel.series[static_cast<std::size_t>(i)].points) {
        if (point.x == wanted.x) below += point.y;
      }
    }
    return below + wanted.y / 2;
  }
  for (std::size_t i = 0; i < index; ++i) {
    const Point& point = panel.series[static_cast<std::size_t>(series)].points[i];
    below = point.note == "total" ? point.y : below + point.y;
  }
  return wanted.note == "total" ? wanted.y : below + wanted.y / 2;
}

QPointF pixel(const BuiltPanel& panel, double key, double value) {
  const double along = panel.keys->coordToPixel(key), up = panel.values->coordToPixel(value);
  return panel.keys->orientation() == Qt::Horizontal ? QPointF(along, up) : QPointF(up, along);
}

int cell_index(const std::vector<double>& edges, int cells, double where) {
  if (edges.empty()) {
    const int index = static_cast<int>(std::floor(where + 0.5));
    return index >= 0 && index < cells ? index : -1;
  }
  const auto above = std::upper_bound(edges.begin(), edges.end(), where);
  const auto index = static_cast<int>(above - edges.begin()) - 1;
  return index < cells ? index : -1;
}

double cell_middle(const std::vector<double>& edges, int index, bool logarithmic) {
  if (edges.empty()) return index;
  const double low = edges[static_cast<std::size_t>(index)], high = edges[static_cast<std::size_t>(index) + 1];
  return logarithmic ? std::sqrt(low * high) : (low + high) / 2;
}

std::optional<Place> cell_at(const Panel& panel, const BuiltPanel& built, int number, QPointF position) {
  const bool sideways = built.keys->orientation() == Qt::Vertical;
  Place place;
  place.panel = number;
  place.column = cell_index(panel.matrix.column_edges, panel.matrix.columns,
                            built.keys->pixelToCoord(sideways ? position.y() : position.x()));
  place.row = cell_index(panel.matrix.row_edges, panel.matrix.rows,
                         built.values->pixelToCoord(sideways ? position.x() : position.y()));
  if (place.column < 0 || place.row < 0) return std::nullopt;
  return place;
}

QString with_unit(double value, const std::string& unit) {
  if (unit == "bytes") return bytes_label(value);
  if (unit == "ns") return duration_label(value);
  const QString text = number_label(QString::number(value, 'g', 5).toDouble());
  return unit.empty() ? text : text + ' ' + QString::fromStdString(unit);
}

QString x_text(const FigureSpec& figure, double x) {
  const auto index = static_cast<std::size_t>(std::max(0.0, std::round(x)));
  if (figure.x.scale == Scale::category && index < figure.x.categories.size()) {
    return QString::fromStdString(figure.x.categories[index]);
  }
  return quantity_label(x, figure.x.quantity);
}

void describe_cell(const FigureSpec& figure, const Place& place, QStringList& lines) {
  const Matrix& matrix = figure.panels[static_cast<std::size_t>(place.panel)].matrix;
  const auto text = [](const Axis& axis, const std::vector<double>& edges, int index) {
    const auto at = static_cast<std::size_t>(index);
    if (edges.empty()) {
      return at < axis.categories.size() ? QString::fromStdString(axis.categories[at]) : QString::number(index);
    }
    return quantity_label(edges[at], axis.quantity) + QStringLiteral(" – ") + quantity_label(edges[at + 1], axis.quantity);
  };
  const double value = matrix.at(place.column, place.row);
  lines << QString::fromStdString(figure.x.label) + ": " + text(figure.x, matrix.column_edges, place.column)
        << QString::fromStdString(figure.y.label) + ": " + text(figure.y, matrix.row_edges, place.row)
        << QString::fromStdString(figure.colours.label) + ": " +
               (std::isfinite(value) ? with_unit(value, figure.unit) : QStringLiteral("–"));
}

}  // namespace

std::optional<QPointF> pixel_of(const FigureSpec& figure, const std::vector<BuiltPanel>& panels, const Place& place) {
  if (place.panel < 0 || place.panel >= static_cast<int>(panels.size())) return std::nullopt;
  const BuiltPanel& built = panels[static_cast<std::size_t>(place.panel)];
  const Panel& panel = figure.panels[static_cast<std::size_t>(place.panel)];
  double key, value;
  if (place.column >= 0) {
    key = cell_middle(panel.matrix.column_edges, place.column, built.keys->scaleType() == QCPAxis::stLogarithmic);
    value = cell_middle(panel.matrix.row_edges, place.row, built.values->scaleType() == QCPAxis::stLogarithmic);
  } else {
    const Series* series = series_of(figure, place);
    const auto index = static_cast<std::size_t>(std::max(0, place.index));
    if (series == nullptr || index >= series->points.size() + series->boxes.size()) return std::nullopt;
    if (index < series->points.size()) {
      const bool bars = figure.form == Form::stacked || figure.form == Form::waterfall;
      key = series->points[index].x;
      value = bars ? bar_middle(figure, panel, place.series, index) : series->points[index].y;
    } else {
      key = series->boxes[index - series->points.size()].x;
      value = series->boxes[index - series->points.size()].median;
    }
  }
  if (!built.keys->range().contains(key) || !built.values->range().contains(value)) return std::nullopt;
  return pixel(built, key, value);
}

std::optional<Place> nearest_place(const FigureSpec& figure, const std::vector<BuiltPanel>& panels, QPointF position,
                                   double reach_px) {
  std::optional<Place> best;
  double least = reach_px;
  for (std::size_t number = 0; number < panels.size(); ++number) {
    if (!panels[number].rect->rect().contains(position.toPoint())) continue;
    const Panel& panel = figure.panels[number];
    if (!panel.matrix.values.empty()) return cell_at(panel, panels[number], static_cast<int>(number), position);
    for (std::size_t series = 0; series < panel.series.size(); ++series) {
      const std::size_t count = panel.series[series].points.size() + panel.series[series].boxes.size();
      for (std::size_t index = 0; index < count; ++index) {
        const Place place{static_cast<int>(number), static_cast<int>(series), static_cast<int>(index), -1, -1};
        const std::optional<QPointF> at = pixel_of(figure, panels, place);
        if (!at) continue;
        const double distance = std::hypot(at->x() - position.x(), at->y() - position.y());
        if (distance >= least) continue;
        least = distance;
        best = place;
      }
    }
  }
  return best;
}

QString describe(const FigureSpec& figure, const Place& place) {
  if (place.panel < 0 || place.panel >= static_cast<int>(figure.panels.size())) return {};
  QStringList lines;
  const Panel& panel = figure.panels[static_cast<std::size_t>(place.panel)];
  if (!panel.title.empty()) lines << QString::fromStdString(panel.title);
  if (place.column >= 0) {
    describe_cell(figure, place, lines);
    return lines.join('\n');
  }
  const Series* series = series_of(figure, place);
  const auto index = static_cast<std::size_t>(std::max(0, place.index));
  if (series == nullptr || index >= series->points.size() + series->boxes.size()) return {};
  if (!series->name.empty()) lines << QString::fromStdString(series->name) + (series->baseline ? " (baseline)" : "");
  const auto add_x = [&](double x) {
    const QString label = QString::fromStdString(figure.x.label), text = x_text(figure, x);
    if (!label.isEmpty()) lines << label + ": " + text;
    else if (text.toStdString() != series->name) lines << text;  // where each series has a category of its own
  };
  if (index < series->points.size()) {
    const Point& point = series->points[index];
    add_x(point.x);
    lines << QString::fromStdString(figure.metric) + ": " + with_unit(point.y, figure.unit);
    if (point.low && point.high) {
      lines << QStringLiteral("95 %: ") + with_unit(*point.low, figure.unit) + QStringLiteral(" – ") +
                   with_unit(*point.high, figure.unit);
    }
    if (point.launches > 0) lines << QString::number(point.launches) + (point.launches == 1 ? " launch" : " launches");
    if (!point.note.empty()) lines << QString::fromStdString(point.note);
    return lines.join('\n');
  }
  const Box& box = series->boxes[index - series->points.size()];
  add_x(box.x);
  lines << QStringLiteral("median: ") + with_unit(box.median, figure.unit)
        << QStringLiteral("quartiles: ") + with_unit(box.lower_quartile, figure.unit) + QStringLiteral(" – ") +
               with_unit(box.upper_quartile, figure.unit)
        << QStringLiteral("extremes: ") + with_unit(box.minimum, figure.unit) + QStringLiteral(" – ") +
               with_unit(box.maximum, figure.unit)
        << QString::number(box.values.size()) + " launches";
  return lines.join('\n');
}

std::optional<Place> neighbour(const FigureSpec& figure, const std::optional<Place>& place, int by) {
  std::vector<Place> all;
  for (std::size_t panel = 0; panel < figure.panels.size(); ++panel) {
    for (std::size_t series = 0; series < figure.panels[panel].series.size(); ++series) {
      const Series& one = figure.panels[panel].series[series];
      for (std::size_t i = 0; i < one.points.size() + one.boxes.size(); ++i) {
        all.push_back({static_cast<int>(panel), static_cast<int>(series), static_cast<int>(i), -1, -1});
      }
    }
  }
  if (all.empty()) return std::nullopt;
  const auto now = place ? std::find(all.begin(), all.end(), *place) : all.end();
  if (now == all.end()) return all.front();
  const auto index = (now - all.begin()) + by;
  if (index < 0 || index >= static_cast<std::ptrdiff_t>(all.size())) return place;
  return all[static_cast<std::size_t>(index)];
}

}  // namespace tulkki::plot
