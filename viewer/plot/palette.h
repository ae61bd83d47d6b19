// SPDX-License-Identifier: GPL-3.0-or-later
// Colours of figures and of the window's plots: Okabe and Ito's, which colour-blind people can tell apart, with a
// marker and a dash for each so that a figure can be read in grey (https://jfly.uni-koeln.de/color/).
#pragma once

#include <QColor>
#include <QPixmap>
#include <Qt>
#include <vector>

#include "viewer/plot/figure_spec.h"

namespace tulkki::plot {

enum class Marker { circle, square, triangle, diamond, cross, triangle_down, plus, star };

struct Look {
  QColor colour;
  Marker marker;
  std::vector<double> dash;  // in widths of the pen; empty: solid
};

struct Surface {  // what is behind and around the data
  QColor background, text, faint_text, axis, grid, band;
};

// The look of a series; numbers repeat with other dashes, so that any number of series can be drawn.
Look look_of(int number, Theme theme, bool grey);
// Parts of a stacked bar: the last one is "other".
QColor part_colour(int number, bool other, Theme theme, bool grey);
Surface surface_of(Theme theme);

// As the printer sees it: ITU-R BT.709 luminance.
QColor grey_of(const QColor& colour);

// Colours at 0 .. 1: viridis, or blue - white - orange for differences around 0.5.
QColor sequential_colour(double position, bool grey);
QColor diverging_colour(double position, Theme theme, bool grey);

// A small picture of line and marker, for lists and tables.
QPixmap swatch(int look, Theme theme, int height_px, double device_pixel_ratio);

}  // namespace tulkki::plot
