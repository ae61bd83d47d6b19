// SPDX-License-Identifier: GPL-3.0-or-later
// Figures as files: PDF with embedded fonts, SVG, PNG, CSV, figure.json. Needs a QGuiApplication, no display.
#pragma once

#include <QByteArray>
#include <string>

#include "storage/result.h"
#include "viewer/plot/figure_spec.h"

namespace tulkki::plot {

// The format follows the ending: .pdf, .svg, .png, .csv, .json. `png_dpi`: dots an inch of a PNG.
Result<void> export_figure(const FigureSpec& figure, const std::string& path, double png_dpi = 300);

// The same as export to .png, kept in memory.
QByteArray figure_png(const FigureSpec& figure, double dpi);

// Endings that can be written, for messages and file dialogs.
std::string export_endings();

}  // namespace tulkki::plot
