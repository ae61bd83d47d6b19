// SPDX-License-Identifier: GPL-3.0-or-later
// The scale beside a matrix.
#pragma once

#include "viewer/plot/builder.h"

namespace tulkki::plot {

void add_colour_bar(QCustomPlot& plot, const FigureSpec& figure, const Drawing& drawing, QCPAxisRect* beside);

}  // namespace tulkki::plot
