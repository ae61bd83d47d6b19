// SPDX-License-Identifier: GPL-3.0-or-later
// Markers as paths: the same shape in plots, legends and tables.
#pragma once

#include <QPainterPath>
#include <QPen>
#include <QRectF>

#include "viewer/plot/palette.h"

class QPainter;

namespace tulkki::plot {

// Centred on 0, 0.
QPainterPath marker_path(Marker marker, double size);
// Crosses and stars are drawn, the rest filled.
bool is_filled(Marker marker);

QPen line_pen(const Look& look, double width);

// A piece of line with the marker in its middle, as a legend shows it.
void draw_look(QPainter& painter, const Look& look, const QRectF& place, double line_width, bool with_marker);

}  // namespace tulkki::plot
