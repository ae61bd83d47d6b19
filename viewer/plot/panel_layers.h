// SPDX-License-Identifier: GPL-3.0-or-later
// Which layers a panel of each form has.
#pragma once

#include "viewer/plot/builder.h"

namespace tulkki::plot {

void add_layers(const BuiltPanel& built, const FigureSpec& figure, const Panel& panel, const Drawing& drawing);

// Stacked bars and waterfalls: what their sums need, 0 included.
QCPRange bar_range(const FigureSpec& figure);

}  // namespace tulkki::plot
