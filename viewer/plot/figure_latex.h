// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers of a figure as a table for a paper: a line for each place on the axis, a column for each series.
#pragma once

#include <string>

#include "viewer/plot/figure_spec.h"

namespace tulkki::plot {

// Needs the LaTeX package booktabs. Empty for figures of cells, which are no table.
std::string figure_latex(const FigureSpec& figure);

}  // namespace tulkki::plot
