// SPDX-License-Identifier: GPL-3.0-or-later
// Colours of procedures: the family gives the hue (of the Okabe-Ito palette), the name the shade. The same name has the
// same colour in every run and every window.
#pragma once

#include <QRgb>
#include <string_view>
#include <utility>
#include <vector>

#include "viewer/trace/model.h"

namespace tulkki::timeline {

// What the hues mean, for a legend.
std::vector<std::pair<const char*, QRgb>> color_families();
QRgb procedure_color(std::string_view name, bool mpi, bool dark);
// Of all procedures of a trace, by number.
std::vector<QRgb> procedure_colors(const trace::Definitions& model, bool dark);

}  // namespace tulkki::timeline
