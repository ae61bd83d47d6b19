// SPDX-License-Identifier: GPL-3.0-or-later
// Two lines, of the background's and of the text's colour: one of them stands out.
#include "viewer/plot/frame.h"

#include <algorithm>

namespace tulkki::plot {
namespace {

constexpr double kLeastPoints = 6;  // of a side: cells of large matrices are smaller than a pixel
constexpr double kOuterPoints = 3, kInnerPoints = 1.4;

void widen(double& low, double& high, double least) {
  const double missing = std::max(0.0, least - (high - low)) / 2;
  low -= missing;
  high += missing;
}

}  // namespace

void FrameLayer::draw(QCPPainter* painter) {
  const QRectF corners = QRectF(pixel(part_.left(), part_.top()), pixel(part_.right(), part_.bottom())).normalized();
  double left = corners.left(), right = corners.right(), top = corners.top(), bottom = corners.bottom();
  widen(left, right, pt(kLeastPoints));
  widen(top, bottom, pt(kLeastPoints));
  // Around the cell, and where the panel ends along its edge.
  const double outside = pt(kInnerPoints) / 2, edge = pt(kOuterPoints) / 2;
  const QRectF around = QRectF(QPointF(left, top), QPointF(right, bottom)).adjusted(-outside, -outside, outside, outside);
  const QRectF panel = clipRect();
  if (!around.intersects(panel)) return;
  const QRectF frame = around.intersected(panel.adjusted(edge, edge, -edge, -edge));
  const Surface surface = surface_of(drawing_.theme);
  painter->setBrush(Qt::NoBrush);
  for (const auto& [colour, points] : {std::pair(surface.background, kOuterPoints), std::pair(surface.text, kInnerPoints)}) {
    QPen pen(colour, pt(points));
    pen.setJoinStyle(Qt::MiterJoin);
    painter->setPen(pen);
    painter->drawRect(frame);
  }
}

}  // namespace tulkki::plot
