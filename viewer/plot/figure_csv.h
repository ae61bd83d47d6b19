// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers of a figure as a tidy table: one point a row, full precision, C locale.
#pragma once

#include <string>

#include "viewer/plot/figure_spec.h"

namespace tulkki::plot {

std::string figure_csv(const FigureSpec& figure);

}  // namespace tulkki::plot
