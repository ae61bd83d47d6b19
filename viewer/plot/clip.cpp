// SPDX-License-Identifier: GPL-3.0-or-later
// Liang and Barsky's clipping of segments, in the coordinates in which the line is straight on screen.
#include "viewer/plot/clip.h"

#include <cmath>
#include <limits>

namespace tulkki::plot {
namespace {

double forward(double value, bool logarithmic) {
  if (!logarithmic) return value;
  return value > 0 ? std::log(value) : -std::numeric_limits<double>::infinity();
}
double backward(double value, bool logarithmic) { return logarithmic ? std::exp(value) : value; }

// Narrows the share [first, last] of the segment to where it is inside one edge.
bool narrow(double direction, double distance, double& first, double& last) {
  if (direction == 0) return distance >= 0;
  const double share = distance / direction;
  if (direction < 0) first = std::max(first, share);
  else last = std::min(last, share);
  return first <= last;
}

}  // namespace

std::vector<Polyline> clipped(const Polyline& line, const ClipBox& box) {
  const double left = forward(box.left, box.logarithmic_x), right = forward(box.right, box.logarithmic_x);
  const double bottom = forward(box.bottom, box.logarithmic_y), top = forward(box.top, box.logarithmic_y);
  std::vector<Polyline> parts;
  bool open = false;
  for (std::size_t i = 1; i < line.size(); ++i) {
    const double x0 = forward(line[i - 1].first, box.logarithmic_x), x1 = forward(line[i].first, box.logarithmic_x);
    const double y0 = forward(line[i - 1].second, box.logarithmic_y), y1 = forward(line[i].second, box.logarithmic_y);
    double first = 0, last = 1;
    if (!std::isfinite(x0 + x1 + y0 + y1) || !narrow(x0 - x1, x0 - left, first, last) ||
        !narrow(x1 - x0, right - x0, first, last) || !narrow(y0 - y1, y0 - bottom, first, last) ||
        !narrow(y1 - y0, top - y0, first, last)) {
      open = false;
      continue;
    }
    const auto at = [&](double share) {
      // The ends themselves are kept as they are given.
      if (share <= 0) return line[i - 1];
      if (share >= 1) return line[i];
      return std::pair(backward(x0 + (x1 - x0) * share, box.logarithmic_x),
                       backward(y0 + (y1 - y0) * share, box.logarithmic_y));
    };
    if (!open || first > 0) parts.push_back({at(first)});
    parts.back().push_back(at(last));
    open = last >= 1;
  }
  if (line.size() == 1 && box.contains(line[0].first, line[0].second)) parts.push_back(line);
  return parts;
}

}  // namespace tulkki::plot
