// SPDX-License-Identifier: GPL-3.0-or-later
// Columns depend on what the figure holds: points, boxes, or cells of a matrix.
#include "viewer/plot/figure_csv.h"

#include <cmath>
#include <fmt/format.h>

namespace tulkki::plot {
namespace {

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string result = "\"";
  for (const char letter : text) result += letter == '"' ? std::string("\"\"") : std::string(1, letter);
  return result + "\"";
}

// Shortest form that reads back as the same number; empty for what is not there.
std::string number(double value) { return std::isfinite(value) ? fmt::format("{}", value) : ""; }
std::string number(const std::optional<double>& value) { return value ? number(*value) : ""; }

std::string category(const Axis& axis, double position) {
  const auto index = static_cast<std::size_t>(std::max(0.0, std::round(position)));
  return axis.scale == Scale::category && index < axis.categories.size() ? quoted(axis.categories[index])
                                                                         : number(position);
}

void add_points(std::string& csv, const FigureSpec& figure, const Panel& panel, const Series& series) {
  for (const Point& point : series.points) {
    csv += fmt::format("{},{},{},{},{},{},{},{},{},{}\n", quoted(panel.title), quoted(series.name),
                       category(figure.x, point.x), quoted(figure.metric), quoted(figure.unit), number(point.y),
                       number(point.low), number(point.high), point.launches > 0 ? std::to_string(point.launches) : "",
                       quoted(point.note));
  }
}

void add_boxes(std::string& csv, const FigureSpec& figure, const Panel& panel, const Series& series) {
  for (const Box& box : series.boxes) {
    csv += fmt::format("{},{},{},{},{},{},{},{},{},{},{}\n", quoted(panel.title), quoted(series.name),
                       category(figure.x, box.x), quoted(figure.metric), quoted(figure.unit), number(box.minimum),
                       number(box.lower_quartile), number(box.median), number(box.upper_quartile),
                       number(box.maximum), box.values.size());
  }
}

void add_matrix(std::string& csv, const FigureSpec& figure, const Panel& panel) {
  const Matrix& matrix = panel.matrix;
  const auto place = [](const std::vector<double>& edges, int index) {
    return edges.empty() ? std::to_string(index) + "," : number(edges[index]) + "," + number(edges[index + 1]);
  };
  for (int row = 0; row < matrix.rows; ++row) {
    for (int column = 0; column < matrix.columns; ++column) {
      if (!std::isfinite(matrix.at(column, row))) continue;
      csv += fmt::format("{},{},{},{},{},{}\n", quoted(panel.title), place(matrix.column_edges, column),
                         place(matrix.row_edges, row), quoted(figure.metric), quoted(figure.unit),
                         number(matrix.at(column, row)));
    }
  }
}

}  // namespace

std::string figure_csv(const FigureSpec& figure) {
  std::string points, boxes, cells;
  for (const Panel& panel : figure.panels) {
    for (const Series& series : panel.series) {
      add_points(points, figure, panel, series);
      add_boxes(boxes, figure, panel, series);
    }
    add_matrix(cells, figure, panel);
  }
  if (!boxes.empty()) return "panel,series,x,metric,unit,min,q25,median,q75,max,launches\n" + boxes;
  if (!cells.empty()) return "panel,x_from,x_to,y_from,y_to,metric,unit,value\n" + cells;
  return "panel,series,x,metric,unit,value,low,high,launches,note\n" + points;
}

}  // namespace tulkki::plot
