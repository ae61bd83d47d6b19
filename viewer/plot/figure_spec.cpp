// SPDX-License-Identifier: GPL-3.0-or-later
// What can be said of a figure without drawing it.
#include "viewer/plot/figure_spec.h"

#include <algorithm>
#include <cmath>

namespace tulkki::plot {
namespace {

void include(Extent& extent, double value, Scale scale) {
  const bool logarithmic = scale == Scale::log10 || scale == Scale::log2;
  if (!std::isfinite(value) || (logarithmic && value <= 0)) return;
  extent.minimum = extent.valid ? std::min(extent.minimum, value) : value;
  extent.maximum = extent.valid ? std::max(extent.maximum, value) : value;
  extent.valid = true;
}

void include_edges(Extent& extent, const std::vector<double>& edges, int cells, Scale scale) {
  if (cells == 0) return;
  if (!edges.empty()) {
    include(extent, edges.front(), scale);
    include(extent, edges.back(), scale);
    return;
  }
  include(extent, -0.5, scale);
  include(extent, cells - 0.5, scale);
}

}  // namespace

bool is_empty(const FigureSpec& figure) {
  return std::all_of(figure.panels.begin(), figure.panels.end(), [](const Panel& panel) {
    return panel.matrix.values.empty() &&
           std::all_of(panel.series.begin(), panel.series.end(),
                       [](const Series& series) { return series.points.empty() && series.boxes.empty(); });
  });
}

Extent extent_x(const FigureSpec& figure) {
  Extent extent;
  if (figure.x.scale == Scale::category && !figure.x.categories.empty()) {
    return {-0.5, static_cast<double>(figure.x.categories.size()) - 0.5, true};
  }
  for (const Panel& panel : figure.panels) {
    for (const Series& series : panel.series) {
      for (const Point& point : series.points) include(extent, point.x, figure.x.scale);
      for (const Box& box : series.boxes) include(extent, box.x, figure.x.scale);
    }
    include_edges(extent, panel.matrix.column_edges, panel.matrix.columns, figure.x.scale);
  }
  return extent;
}

Extent extent_y(const FigureSpec& figure) {
  Extent extent;
  for (const Panel& panel : figure.panels) {
    for (const Series& series : panel.series) {
      for (const Point& point : series.points) {
        include(extent, point.y, figure.y.scale);
        if (point.low) include(extent, *point.low, figure.y.scale);
        if (point.high) include(extent, *point.high, figure.y.scale);
      }
      for (const Box& box : series.boxes) {
        include(extent, box.minimum, figure.y.scale);
        include(extent, box.maximum, figure.y.scale);
      }
    }
    include_edges(extent, panel.matrix.row_edges, panel.matrix.rows, figure.y.scale);
  }
  if (!extent.valid) return extent;
  for (const Reference& reference : figure.references) include(extent, reference.y, figure.y.scale);
  return extent;
}

}  // namespace tulkki::plot
