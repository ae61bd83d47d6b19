// SPDX-License-Identifier: GPL-3.0-or-later
// Values to colours, and the bar that explains them.
#include "viewer/plot/colour_bar.h"

#include <algorithm>
#include <cmath>

#include "viewer/plot/ticks.h"

namespace tulkki::plot {

ColourRange colour_range(const FigureSpec& figure) {
  ColourRange range;
  const ColourScale& scale = figure.colours;
  for (const Panel& panel : figure.panels) {
    for (const double value : panel.matrix.values) {
      if (!std::isfinite(value) || (scale.logarithmic && value <= 0)) continue;
      range.low = range.valid ? std::min(range.low, value) : value;
      range.high = range.valid ? std::max(range.high, value) : value;
      range.valid = true;
    }
  }
  if (!range.valid) return range;
  if (scale.diverging) {
    range.high = std::max({std::abs(range.low), std::abs(range.high), 1e-9});
    range.low = -range.high;
  }
  range.low = scale.minimum.value_or(range.low);
  range.high = scale.maximum.value_or(range.high);
  // Values that hardly differ must not look as if they did.
  if (scale.logarithmic && !scale.minimum) range.low = std::min(range.low, range.high / 4);
  if (!scale.logarithmic && !scale.diverging && !scale.minimum && range.low > 0) range.low = 0;
  if (!(range.low < range.high)) {
    if (scale.logarithmic) range.low = range.high / 10;
    else range.high = range.low + 1;
  }
  return range;
}

std::function<QColor(double)> colour_function(const FigureSpec& figure, const Drawing& drawing) {
  const ColourRange range = colour_range(figure);
  const ColourScale scale = figure.colours;
  return [=](double value) -> QColor {
    if (scale.logarithmic && value <= 0) return Qt::transparent;
    const double position = scale.logarithmic ? std::log(value / range.low) / std::log(range.high / range.low)
                                              : (value - range.low) / (range.high - range.low);
    return scale.diverging ? diverging_colour(position, drawing.theme, drawing.grey)
                           : sequential_colour(position, drawing.grey);
  };
}

void add_colour_bar(QCustomPlot& plot, const FigureSpec& figure, const Drawing& drawing, QCPAxisRect* beside) {
  const ColourRange range = colour_range(figure);
  if (!range.valid) return;
  auto* rect = new QCPAxisRect(&plot);
  rect->setAutoMargins(QCP::msAll);
  const int room = static_cast<int>(3 * drawing.unit);
  rect->setMinimumMargins(QMargins(room, room, room, room));
  for (QCPAxis* axis : rect->axes()) {
    axis->setVisible(axis->axisType() == QCPAxis::atRight);
    axis->setLayer("axes");
    axis->grid()->setVisible(false);
  }
  const Surface surface = surface_of(drawing.theme);
  QCPAxis* values = rect->axis(QCPAxis::atRight);
  Axis wanted;
  wanted.scale = figure.colours.logarithmic ? Scale::log10 : Scale::linear;
  if (figure.unit == "bytes") {
    wanted.quantity = Quantity::bytes;
    if (figure.colours.logarithmic) wanted.scale = Scale::log2;
  }
  if (figure.unit == "ns") wanted.quantity = Quantity::duration;
  values->setScaleType(figure.colours.logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
  values->setTicker(ticker_for(wanted, 7));
  values->setRange(range.low, range.high);
  values->setLabel(QString::fromStdString(figure.colours.label));
  values->setLabelFont(drawing.font);
  values->setTickLabelFont(drawing.font);
  values->setLabelColor(surface.text);
  values->setTickLabelColor(surface.text);
  values->setSubTicks(false);
  values->setTickLengthIn(0);
  values->setTickLengthOut(static_cast<int>(2 * drawing.unit));
  for (const QPen& pen : {QPen(surface.axis, 0.5 * drawing.unit)}) {
    values->setBasePen(pen);
    values->setTickPen(pen);
  }
  rect->axis(QCPAxis::atBottom)->setRange(0, 1);
  constexpr int kSteps = 64;
  Matrix ramp;
  ramp.columns = 1;
  ramp.rows = kSteps;
  ramp.column_edges = {0, 1};
  for (int i = 0; i <= kSteps; ++i) {
    const double share = static_cast<double>(i) / kSteps;
    const auto at = [&](double where) {
      return figure.colours.logarithmic ? range.low * std::pow(range.high / range.low, where)
                                        : range.low + (range.high - range.low) * where;
    };
    ramp.row_edges.push_back(at(share));
    if (i < kSteps) ramp.values.push_back(at(share + 0.5 / kSteps));
  }
  new CellLayer(rect->axis(QCPAxis::atBottom), values, drawing, ramp, colour_function(figure, drawing));
  // The bar, its labels, and the label of the scale.
  const QFontMetricsF metrics(drawing.font);
  const int width = static_cast<int>(18 * drawing.unit + metrics.horizontalAdvance("100.0 MiB") + 1.5 * metrics.height());
  rect->setMinimumSize(width, 10);
  rect->setMaximumSize(width, QWIDGETSIZE_MAX);
  rect->setSizeConstraintRect(QCPLayoutElement::scrOuterRect);
  if (beside != nullptr) {  // as high as the panel
    auto* group = new QCPMarginGroup(&plot);
    for (QCPAxisRect* each : {rect, beside}) each->setMarginGroup(QCP::msTop | QCP::msBottom, group);
  }
  plot.plotLayout()->addElement(0, 1, rect);
  plot.plotLayout()->setColumnStretchFactor(1, 0.001);
}

}  // namespace tulkki::plot
