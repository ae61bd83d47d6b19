// SPDX-License-Identifier: GPL-3.0-or-later
// The legend of a figure: line with marker or filled square, and the name, in as many columns as fit.
#pragma once

#include <qcustomplot.h>

#include "viewer/plot/figure_spec.h"
#include "viewer/plot/layers.h"

namespace tulkki::plot {

// Adds it beside the panels that lie in `row` of the plot's layout; nothing where one series needs no name.
void add_legend(QCustomPlot& plot, const FigureSpec& figure, const Drawing& drawing, QSizeF size, QCPAxisRect* first);

}  // namespace tulkki::plot
