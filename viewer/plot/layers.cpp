// SPDX-License-Identifier: GPL-3.0-or-later
// Lines with markers and intervals, boxes, and marks across a panel. Cells and bars: viewer/plot/layers_filled.cpp.
#include "viewer/plot/layers.h"

#include <algorithm>
#include <cmath>

#include "viewer/plot/marker.h"

namespace tulkki::plot {
namespace {

constexpr double kLineWidth = 1.1, kThinWidth = 0.6, kMarkerSize = 4.2;  // points
constexpr std::size_t kMostMarkers = 5000;  // beyond that they are a smear, and a density is the right form

}  // namespace

ClipBox Layer::visible() const {
  const QCPRange keys = keyAxis()->range(), values = valueAxis()->range();
  return {keys.lower, keys.upper, values.lower, values.upper, keyAxis()->scaleType() == QCPAxis::stLogarithmic,
          valueAxis()->scaleType() == QCPAxis::stLogarithmic};
}

QRectF Layer::rectangle(double key_low, double key_high, double value_low, double value_high) const {
  const ClipBox box = visible();
  key_low = std::max(key_low, box.left);
  key_high = std::min(key_high, box.right);
  value_low = std::max(value_low, box.bottom);
  value_high = std::min(value_high, box.top);
  if (!(key_low < key_high) || !(value_low <= value_high)) return {};
  return QRectF(pixel(key_low, value_low), pixel(key_high, value_high)).normalized();
}

SeriesLayer::SeriesLayer(QCPAxis* keys, QCPAxis* values, const Drawing& drawing, const Series& series, Look look,
                         Join join, bool with_markers)
    : Layer(keys, values, drawing), series_(series), look_(std::move(look)), join_(join), with_markers_(with_markers) {}

void SeriesLayer::draw(QCPPainter* painter) {
  const ClipBox box = visible();
  painter->setAntialiasing(true);
  // Categories have no order in which a line between them would mean something.
  if (keyAxis()->orientation() == Qt::Horizontal) draw_line(painter, box);
  draw_intervals(painter, box);
  if (with_markers_ && series_.points.size() <= kMostMarkers) draw_markers(painter, box);
}

void SeriesLayer::draw_line(QCPPainter* painter, const ClipBox& box) const {
  Polyline line;
  for (const Point& point : series_.points) {
    if (join_ == Join::steps && !line.empty()) line.emplace_back(point.x, line.back().second);
    line.emplace_back(point.x, point.y);
  }
  painter->setPen(line_pen(look_, pt(kLineWidth)));
  painter->setBrush(Qt::NoBrush);
  for (const Polyline& part : clipped(line, box)) {
    QPolygonF polygon;
    for (const auto& [x, y] : part) polygon << pixel(x, y);
    painter->drawPolyline(polygon);
  }
}

void SeriesLayer::draw_intervals(QCPPainter* painter, const ClipBox& box) const {
  painter->setPen(QPen(look_.colour, pt(kThinWidth)));
  const QPointF cap = keyAxis()->orientation() == Qt::Horizontal ? QPointF(pt(1.6), 0) : QPointF(0, pt(1.6));
  for (const Point& point : series_.points) {
    if (!point.low || !point.high || point.x < box.left || point.x > box.right) continue;
    const double low = std::max(*point.low, box.bottom), high = std::min(*point.high, box.top);
    if (!(low <= high)) continue;
    const QPointF from = pixel(point.x, low), to = pixel(point.x, high);
    painter->drawLine(from, to);
    if (low == *point.low) painter->drawLine(from - cap, from + cap);
    if (high == *point.high) painter->drawLine(to - cap, to + cap);
  }
}

void SeriesLayer::draw_markers(QCPPainter* painter, const ClipBox& box) const {
  const QPainterPath path = marker_path(look_.marker, pt(kMarkerSize));
  const bool filled = is_filled(look_.marker);
  painter->setPen(filled ? QPen(surface_of(drawing_.theme).background, pt(0.4)) : QPen(look_.colour, pt(0.9)));
  painter->setBrush(filled ? QBrush(look_.colour) : QBrush(Qt::NoBrush));
  for (const Point& point : series_.points) {
    if (box.contains(point.x, point.y)) painter->drawPath(path.translated(pixel(point.x, point.y)));
  }
}

void BoxLayer::draw(QCPPainter* painter) {
  painter->setAntialiasing(true);
  const ClipBox visible_box = visible();
  for (const Box& box : series_.boxes) {
    if (box.x >= visible_box.left && box.x <= visible_box.right) draw_box(painter, box);
  }
}

void BoxLayer::draw_box(QCPPainter* painter, const Box& box) const {
  constexpr double kHalf = 0.28;
  constexpr std::size_t kFewValues = 50;
  const ClipBox edge = visible();
  const auto line = [&](double key0, double value0, double key1, double value1) {
    value0 = std::clamp(value0, edge.bottom, edge.top);
    value1 = std::clamp(value1, edge.bottom, edge.top);
    painter->drawLine(pixel(key0, value0), pixel(key1, value1));
  };
  QColor fill = look_.colour;
  fill.setAlpha(70);
  painter->setPen(QPen(look_.colour, pt(0.8)));
  painter->setBrush(fill);
  const QRectF body = rectangle(box.x - kHalf, box.x + kHalf, box.lower_quartile, box.upper_quartile);
  if (!body.isNull()) painter->drawRect(body);
  line(box.x, box.minimum, box.x, box.lower_quartile);
  line(box.x, box.upper_quartile, box.x, box.maximum);
  line(box.x - kHalf / 2, box.minimum, box.x + kHalf / 2, box.minimum);
  line(box.x - kHalf / 2, box.maximum, box.x + kHalf / 2, box.maximum);
  painter->setPen(QPen(look_.colour, pt(1.8), Qt::SolidLine, Qt::FlatCap));
  line(box.x - kHalf, box.median, box.x + kHalf, box.median);
  if (box.values.size() > kFewValues) return;
  painter->setPen(QPen(surface_of(drawing_.theme).background, pt(0.3)));
  painter->setBrush(look_.colour);
  for (std::size_t i = 0; i < box.values.size(); ++i) {
    // Beside each other in a fixed pattern: the same figure every time.
    const double shift = (static_cast<double>(i % 5) - 2) * 0.06;
    if (edge.contains(box.x, box.values[i])) painter->drawEllipse(pixel(box.x + shift, box.values[i]), pt(1.5), pt(1.5));
  }
}

// Between categories there is nothing; elsewhere the band leads from place to place as the line does.
void MarkLayer::draw_doubts(QCPPainter* painter) const {
  const ClipBox edge = visible();
  const QColor colour = surface_of(drawing_.theme).band;
  if (keyAxis()->orientation() == Qt::Vertical || doubts_.size() == 1) {
    for (const Doubt& doubt : doubts_) {
      const QRectF area = rectangle(doubt.x - 0.5, doubt.x + 0.5, doubt.low, doubt.high);
      if (!area.isNull()) painter->fillRect(area, colour);
    }
    return;
  }
  painter->setPen(Qt::NoPen);
  painter->setBrush(colour);
  const auto share = [&](double from, double to, double at) {
    return edge.logarithmic_x ? std::log(at / from) / std::log(to / from) : (at - from) / (to - from);
  };
  const auto between = [&](double from, double to, double part) {
    return edge.logarithmic_y && from > 0 && to > 0 ? from * std::pow(to / from, part) : from + (to - from) * part;
  };
  const auto inside = [&](double value) { return std::clamp(value, edge.bottom, edge.top); };
  for (std::size_t i = 1; i < doubts_.size(); ++i) {
    const Doubt &from = doubts_[i - 1], &to = doubts_[i];
    const double left = std::max(from.x, edge.left), right = std::min(to.x, edge.right);
    if (!(left < right)) continue;
    const double begin = share(from.x, to.x, left), end = share(from.x, to.x, right);
    const double lowest = std::max(from.low, edge.bottom), lowest_after = std::max(to.low, edge.bottom);
    const QPolygonF part{pixel(left, inside(between(lowest, lowest_after, begin))), pixel(right, inside(between(lowest, lowest_after, end))),
                         pixel(right, inside(between(from.high, to.high, end))), pixel(left, inside(between(from.high, to.high, begin)))};
    painter->drawPolygon(part);
  }
}

void MarkLayer::draw(QCPPainter* painter) {
  const ClipBox edge = visible();
  const Surface surface = surface_of(drawing_.theme);
  for (const Band& band : bands_) {
    const QRectF area = rectangle(edge.left, edge.right, band.low, band.high);
    if (!area.isNull()) painter->fillRect(area, surface.band);
  }
  painter->setAntialiasing(false);
  draw_doubts(painter);
  painter->setFont(drawing_.font);
  painter->setPen(QPen(look_of(1, drawing_.theme, drawing_.grey).colour, pt(0.9), Qt::DashLine));
  for (const double mark : marks_) {
    if (mark >= edge.left && mark <= edge.right) painter->drawLine(pixel(mark, edge.bottom), pixel(mark, edge.top));
  }
  for (const Reference& reference : references_) {
    if (reference.y < edge.bottom || reference.y > edge.top) continue;
    painter->setPen(QPen(surface.axis, pt(0.7), Qt::DashLine));
    const QPointF from = pixel(edge.left, reference.y), to = pixel(edge.right, reference.y);
    painter->drawLine(from, to);
    if (reference.label.empty()) continue;
    painter->setPen(surface.faint_text);
    const QRectF place(to.x() - pt(150), to.y() - pt(20), pt(148), pt(19));
    painter->drawText(place, Qt::AlignRight | Qt::AlignBottom, QString::fromStdString(reference.label));
  }
}

}  // namespace tulkki::plot
