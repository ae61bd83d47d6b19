// SPDX-License-Identifier: GPL-3.0-or-later
// figure.json: the text form of a figure, small enough for a repository. docs/viewer.md describes its fields.
#pragma once

#include <string>

#include "storage/result.h"
#include "viewer/plot/figure_spec.h"

namespace tulkki::plot {

// Number of the format; a file of a newer one is refused.
inline constexpr int kFigureFormat = 1;

// The error names the field: "/style/width_in: is 90; it can be 0.5 to 40".
Result<FigureSpec> figure_from_json(const std::string& text);
// With `query`, data that can be asked for again are left out unless `with_data`.
std::string figure_to_json(const FigureSpec& figure, bool with_data);

// Reads the file; messages begin with its path.
Result<FigureSpec> read_figure(const std::string& path);

}  // namespace tulkki::plot
