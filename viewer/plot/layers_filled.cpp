// SPDX-License-Identifier: GPL-3.0-or-later
// Bars and cells: what is filled.
#include <algorithm>
#include <cmath>

#include "viewer/plot/layers.h"

namespace tulkki::plot {
namespace {

constexpr double kBarHalf = 0.36;
constexpr int kMostVectorCells = 10'000;  // more are drawn as a picture

}  // namespace

void BarLayer::draw(QCPPainter* painter) {
  painter->setAntialiasing(false);
  const Surface surface = surface_of(drawing_.theme);
  for (std::size_t i = 0; i < bars_.size(); ++i) {
    const Bar& bar = bars_[i];
    const QRectF area = rectangle(bar.key - kBarHalf, bar.key + kBarHalf, std::min(bar.from, bar.to), std::max(bar.from, bar.to));
    if (!area.isNull()) {
      painter->setPen(QPen(surface.background, pt(0.4)));
      painter->setBrush(bar.colour);
      painter->drawRect(area);
      if (bar.hatched) {
        painter->setBrush(QBrush(surface.background, Qt::BDiagPattern));
        painter->drawRect(area);
      }
    }
    if (bar.connected && i + 1 < bars_.size()) {
      painter->setPen(QPen(surface.faint_text, pt(0.5)));
      const ClipBox edge = visible();
      if (bar.to >= edge.bottom && bar.to <= edge.top) {
        painter->drawLine(pixel(bar.key + kBarHalf, bar.to), pixel(bars_[i + 1].key - kBarHalf, bar.to));
      }
    }
    if (!bar.label.isEmpty()) draw_label(painter, bar);
  }
}

void BarLayer::draw_label(QCPPainter* painter, const Bar& bar) const {
  const ClipBox edge = visible();
  if (bar.key < edge.left || bar.key > edge.right) return;
  const double low = std::clamp(std::min(bar.from, bar.to), edge.bottom, edge.top);
  const double high = std::clamp(std::max(bar.from, bar.to), edge.bottom, edge.top);
  painter->setFont(drawing_.font);
  painter->setPen(surface_of(drawing_.theme).text);
  const QPointF end = pixel(bar.key, high), start = pixel(bar.key, low);
  const double width = QFontMetricsF(drawing_.font).horizontalAdvance(bar.label) + pt(3);
  // Right of the bar where there is room, else left of it.
  const bool right = end.x() + width < keyAxis()->axisRect()->right();
  const QRectF place = right ? QRectF(end.x() + pt(2.5), end.y() - pt(8), width, pt(16))
                             : QRectF(start.x() - width - pt(2.5), start.y() - pt(8), width, pt(16));
  painter->drawText(place, (right ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter, bar.label);
}

void CellLayer::draw(QCPPainter* painter) {
  painter->setAntialiasing(false);
  painter->setPen(Qt::NoPen);
  const auto edge_of = [](const std::vector<double>& edges, int index) {
    return edges.empty() ? index - 0.5 : edges[static_cast<std::size_t>(index)];
  };
  const bool as_picture = matrix_.columns * matrix_.rows > kMostVectorCells && matrix_.column_edges.empty();
  if (as_picture) {
    QImage picture(matrix_.columns, matrix_.rows, QImage::Format_ARGB32);
    for (int row = 0; row < matrix_.rows; ++row) {
      for (int column = 0; column < matrix_.columns; ++column) {
        const double value = matrix_.at(column, row);
        // Rows of a picture go down, an axis goes up unless it is reversed.
        const int line = valueAxis()->rangeReversed() ? row : matrix_.rows - 1 - row;
        picture.setPixelColor(column, line, std::isfinite(value) ? colour_(value) : QColor(Qt::transparent));
      }
    }
    const QRectF whole = QRectF(pixel(-0.5, -0.5), pixel(matrix_.columns - 0.5, matrix_.rows - 0.5)).normalized();
    const ClipBox edge = visible();
    const QRectF seen = QRectF(pixel(edge.left, edge.bottom), pixel(edge.right, edge.top)).normalized().intersected(whole);
    const QRectF part((seen.left() - whole.left()) / whole.width() * picture.width(),
                      (seen.top() - whole.top()) / whole.height() * picture.height(),
                      seen.width() / whole.width() * picture.width(), seen.height() / whole.height() * picture.height());
    painter->drawImage(seen, picture, part);
    return;
  }
  for (int row = 0; row < matrix_.rows; ++row) {
    for (int column = 0; column < matrix_.columns; ++column) {
      const double value = matrix_.at(column, row);
      if (!std::isfinite(value)) continue;
      QRectF area = rectangle(edge_of(matrix_.column_edges, column), edge_of(matrix_.column_edges, column + 1),
                              edge_of(matrix_.row_edges, row), edge_of(matrix_.row_edges, row + 1));
      if (area.isNull()) continue;
      // Neighbours overlap by a hair, so that no ground shines through between them.
      painter->fillRect(area.adjusted(0, 0, pt(0.15), pt(0.15)), colour_(value));
    }
  }
}

}  // namespace tulkki::plot
