// SPDX-License-Identifier: GPL-3.0-or-later
// Cuts lines at the edges of an axis in data coordinates. Qt's SVG generator ignores clipping, so that what lies outside
// of a zoomed figure would be drawn over its axes.
#pragma once

#include <utility>
#include <vector>

namespace tulkki::plot {

struct ClipBox {
  double left, right, bottom, top;
  bool logarithmic_x = false, logarithmic_y = false;
  bool contains(double x, double y) const { return x >= left && x <= right && y >= bottom && y <= top; }
};

using Polyline = std::vector<std::pair<double, double>>;

// The parts of the line inside of the box, cut where it crosses the edge on screen.
std::vector<Polyline> clipped(const Polyline& line, const ClipBox& box);

}  // namespace tulkki::plot
