// SPDX-License-Identifier: GPL-3.0-or-later
// What of a figure lies at a place of the screen, and what it says.
#pragma once

#include <QPointF>
#include <QString>
#include <optional>
#include <vector>

#include "viewer/plot/builder.h"
#include "viewer/plot/plot_widget.h"

namespace tulkki::plot {

// Nearest point within `reach_px`, or the cell below the pointer.
std::optional<Place> nearest_place(const FigureSpec& figure, const std::vector<BuiltPanel>& panels, QPointF position,
                                   double reach_px);
std::optional<QPointF> pixel_of(const FigureSpec& figure, const std::vector<BuiltPanel>& panels, const Place& place);
// All numbers of a place, one a line.
QString describe(const FigureSpec& figure, const Place& place);
// The next or previous point in the order of the figure; the first when there is none yet.
std::optional<Place> neighbour(const FigureSpec& figure, const std::optional<Place>& place, int by);

}  // namespace tulkki::plot
