// SPDX-License-Identifier: GPL-3.0-or-later
// Ticks that read well: sizes as 1, 4, 16 ... 1 KiB, times as 10 ns, 1 µs, logarithms without "1.04858*10^6".
#pragma once

#include <QSharedPointer>
#include <QString>
#include <qcustomplot.h>

#include "viewer/plot/figure_spec.h"

namespace tulkki::plot {

// "16", "1 KiB", "1.5 MiB": exact for powers of two.
QString bytes_label(double bytes);
// "250 ns", "1 µs", "1.5 s"
QString duration_label(double ns);
// "0.05", "1000", "1e6": no more digits than needed.
QString number_label(double value);
QString quantity_label(double value, Quantity quantity);

// `room`: how many labels fit along the axis.
QSharedPointer<QCPAxisTicker> ticker_for(const Axis& axis, int room);

}  // namespace tulkki::plot
