// SPDX-License-Identifier: GPL-3.0-or-later
// The timeline as it is in view, as a file for a paper: with the names of rows, the axis and the colours' legend.
#pragma once

#include <QString>

#include "storage/result.h"

class QWidget;

namespace tulkki::timeline {

class TimelineView;

// The format follows the ending of `path`: .pdf and .svg (words and lines as such, strips as a fine image) or .png.
// `legend` is drawn below the view. A file that is there is replaced when the new one is whole.
Result<void> export_view(const TimelineView& view, QWidget& legend, const QString& path);

}  // namespace tulkki::timeline
