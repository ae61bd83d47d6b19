// SPDX-License-Identifier: GPL-3.0-or-later
// Sizes are chosen so that all markers look equally big.
#include "viewer/plot/marker.h"

#include <QPainter>
#include <QPolygonF>
#include <algorithm>

namespace tulkki::plot {

QPainterPath marker_path(Marker marker, double size) {
  const double half = size / 2, wide = half * 1.2;
  QPainterPath path;
  const auto closed = [&path](std::initializer_list<QPointF> points) {
    path.addPolygon(QPolygonF(QList<QPointF>(points)));
    path.closeSubpath();
  };
  const auto stroke = [&path](QPointF from, QPointF to) {
    path.moveTo(from);
    path.lineTo(to);
  };
  switch (marker) {
    case Marker::circle: path.addEllipse(QPointF(0, 0), half, half); break;
    case Marker::square: path.addRect(QRectF(-half * 0.9, -half * 0.9, half * 1.8, half * 1.8)); break;
    case Marker::triangle: closed({{0, -wide}, {wide, half}, {-wide, half}}); break;
    case Marker::triangle_down: closed({{0, wide}, {wide, -half}, {-wide, -half}}); break;
    case Marker::diamond: closed({{0, -wide}, {wide, 0}, {0, wide}, {-wide, 0}}); break;
    case Marker::cross:
      stroke({-half, -half}, {half, half});
      stroke({-half, half}, {half, -half});
      break;
    case Marker::plus:
    case Marker::star:
      stroke({-wide, 0}, {wide, 0});
      stroke({0, -wide}, {0, wide});
      if (marker == Marker::star) {
        stroke({-half, -half}, {half, half});
        stroke({-half, half}, {half, -half});
      }
      break;
  }
  return path;
}

bool is_filled(Marker marker) { return marker != Marker::cross && marker != Marker::plus && marker != Marker::star; }

QPen line_pen(const Look& look, double width) {
  QPen pen(look.colour, width, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin);
  if (!look.dash.empty()) pen.setDashPattern(QList<qreal>(look.dash.begin(), look.dash.end()));
  return pen;
}

void draw_look(QPainter& painter, const Look& look, const QRectF& place, double line_width, bool with_marker) {
  painter.setPen(line_pen(look, line_width));
  const QPointF middle = place.center();
  painter.drawLine(QPointF(place.left(), middle.y()), QPointF(place.right(), middle.y()));
  if (!with_marker) return;
  painter.save();
  painter.translate(middle);
  painter.setPen(QPen(look.colour, line_width));
  painter.setBrush(is_filled(look.marker) ? QBrush(look.colour) : QBrush(Qt::NoBrush));
  painter.drawPath(marker_path(look.marker, std::min(place.height() * 0.6, line_width * 5)));
  painter.restore();
}

}  // namespace tulkki::plot
