// SPDX-License-Identifier: GPL-3.0-or-later
// Fills a QCustomPlot with a figure: panels, axes, ticks, layers, legend, scale of colours.
#pragma once

#include <qcustomplot.h>

#include <functional>
#include <vector>

#include "viewer/plot/figure_spec.h"
#include "viewer/plot/layers.h"

namespace tulkki::plot {

struct BuiltPanel {
  QCPAxisRect* rect = nullptr;
  QCPAxis* keys = nullptr;    // the figure's x: drawn upwards where categories are
  QCPAxis* values = nullptr;  // the figure's y
  QCPRange key_range, value_range;  // of the whole figure
};

// Replaces all that the plot holds. `size` in pixels is needed for the number of ticks and columns of panels.
std::vector<BuiltPanel> build(QCustomPlot& plot, const FigureSpec& figure, const Drawing& drawing, QSizeF size);

// True where x is drawn upwards: long names of categories need room beside each other.
bool is_sideways(const FigureSpec& figure);

// Value of a matrix to colour, over all panels of the figure.
std::function<QColor(double)> colour_function(const FigureSpec& figure, const Drawing& drawing);
struct ColourRange {
  double low = 0, high = 1;
  bool valid = false;
};
ColourRange colour_range(const FigureSpec& figure);

}  // namespace tulkki::plot
