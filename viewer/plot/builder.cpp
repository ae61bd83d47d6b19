// SPDX-License-Identifier: GPL-3.0-or-later
// One axis rectangle for each panel, in a grid; all panels share the ranges, so that they can be compared by eye.
#include "viewer/plot/builder.h"

#include <algorithm>
#include <cmath>

#include "viewer/plot/colour_bar.h"
#include "viewer/plot/legend.h"
#include "viewer/plot/panel_layers.h"
#include "viewer/plot/ticks.h"

namespace tulkki::plot {
namespace {

QCPAxis::ScaleType scale_type(const Axis& axis) {
  return axis.scale == Scale::log10 || axis.scale == Scale::log2 ? QCPAxis::stLogarithmic : QCPAxis::stLinear;
}

// Room around the data; a linear axis of amounts begins at 0.
QCPRange range_of(const Axis& axis, Extent extent, bool from_zero, bool exact) {
  const bool logarithmic = scale_type(axis) == QCPAxis::stLogarithmic;
  if (!extent.valid) extent = logarithmic ? Extent{1, 10, true} : Extent{0, 1, true};
  double low = extent.minimum, high = extent.maximum;
  if (logarithmic && !exact) {
    const double room = std::max(std::pow(high / low, 0.06), 1.08);
    low /= room;
    high *= room;
  } else if (axis.scale != Scale::category && !exact) {
    if (from_zero && low > 0 && low < 0.7 * high) low = 0;
    const double room = high > low ? 0.06 * (high - low) : std::max(1e-12, std::abs(high) * 0.1);
    if (low != 0) low -= room;
    high += high == 0 && low < 0 ? 0 : room;
  }
  if (axis.minimum) low = *axis.minimum;
  if (axis.maximum) high = *axis.maximum;
  if (!(low < high)) high = logarithmic ? low * 2 : low + 1;
  return {low, high};
}

void style_axis(QCPAxis* axis, const Axis& wanted, const Drawing& drawing, double length_px) {
  const Surface surface = surface_of(drawing.theme);
  const bool horizontal = axis->orientation() == Qt::Horizontal;
  const double label_px = horizontal ? QFontMetricsF(drawing.font).horizontalAdvance("100 KiB ") : drawing.unit * 16;
  axis->setScaleType(scale_type(wanted));
  axis->setTicker(ticker_for(wanted, static_cast<int>(length_px / label_px)));
  axis->setLabel(QString::fromStdString(wanted.label));
  axis->setLabelFont(drawing.font);
  axis->setTickLabelFont(drawing.font);
  axis->setLabelColor(surface.text);
  axis->setTickLabelColor(surface.text);
  const QPen pen(surface.axis, 0.6 * drawing.unit);
  axis->setBasePen(pen);
  axis->setTickPen(pen);
  axis->setSubTickPen(QPen(surface.axis, 0.4 * drawing.unit));
  const int tick = std::max(1, static_cast<int>(2.5 * drawing.unit));
  axis->setTickLength(wanted.scale == Scale::category ? 0 : tick);
  axis->setSubTickLength(wanted.scale == Scale::category ? 0 : std::max(1, tick / 2));
  axis->setTickLabelPadding(static_cast<int>(2.5 * drawing.unit));
  axis->setLabelPadding(static_cast<int>(2.5 * drawing.unit));
  axis->grid()->setPen(QPen(surface.grid, 0.5 * drawing.unit));
  axis->grid()->setZeroLinePen(QPen(surface.grid, 0.5 * drawing.unit));
  axis->grid()->setSubGridVisible(false);
  axis->grid()->setVisible(wanted.scale != Scale::category);
}

void style_rect(QCPAxisRect* rect, const Drawing& drawing) {
  rect->setAutoMargins(QCP::msAll);
  const int room = static_cast<int>(3 * drawing.unit);
  rect->setMinimumMargins(QMargins(room, room, static_cast<int>(6 * drawing.unit), room));
  const QPen pen(surface_of(drawing.theme).axis, 0.6 * drawing.unit);
  for (const auto type : {QCPAxis::atTop, QCPAxis::atRight}) {
    QCPAxis* axis = rect->axis(type);
    axis->setVisible(true);
    axis->setTicks(false);
    axis->setTickLabels(false);
    axis->setBasePen(pen);
  }
  for (QCPAxis* axis : rect->axes()) axis->setLayer("axes");
}

int panel_columns(const FigureSpec& figure, QSizeF size) {
  const auto count = static_cast<int>(figure.panels.size());
  if (count <= 1) return 1;
  const int by_width = std::max(1, static_cast<int>(std::sqrt(count * size.width() / std::max(1.0, size.height()) / 1.3) + 0.5));
  const int rows = (count + by_width - 1) / by_width;
  return std::clamp((count + rows - 1) / rows, 1, count);  // no row with less than it could have
}

QCPTextElement* text_element(QCustomPlot& plot, const std::string& text, const Drawing& drawing, bool bold) {
  QFont font = drawing.font;
  font.setBold(bold);
  auto* element = new QCPTextElement(&plot, QString::fromStdString(text), font);
  element->setTextColor(surface_of(drawing.theme).text);
  return element;
}

Extent values_of(const FigureSpec& figure, const Panel& panel) {
  if (!figure.own_values) return extent_y(figure);
  FigureSpec alone;
  alone.form = figure.form;
  alone.y = figure.y;
  alone.panels = {panel};
  return extent_y(alone);
}

// Names of categories stand once, left of the first column, which is wider by them.
double width_of_names(const FigureSpec& figure, const Drawing& drawing) {
  double widest = 0;
  for (const std::string& name : figure.x.categories)
    widest = std::max(widest, QFontMetricsF(drawing.font).horizontalAdvance(QString::fromStdString(name)));
  return widest + 2.5 * drawing.unit;
}

void widen_first_column(QCPLayoutGrid& grid, double names, double width, int columns) {
  const double inner = (width - names) / columns;
  if (inner > names * 0.3) grid.setColumnStretchFactor(0, (inner + names) / inner);
}

BuiltPanel build_panel(QCustomPlot& plot, const FigureSpec& figure, const Panel& panel, const Drawing& drawing,
                       QSizeF size, bool first_column) {
  BuiltPanel built;
  built.rect = new QCPAxisRect(&plot);
  style_rect(built.rect, drawing);
  QCPAxis* bottom = built.rect->axis(QCPAxis::atBottom);
  QCPAxis* left = built.rect->axis(QCPAxis::atLeft);
  const bool sideways = is_sideways(figure);
  built.keys = sideways ? left : bottom;
  built.values = sideways ? bottom : left;
  style_axis(built.keys, figure.x, drawing, (sideways ? size.height() : size.width()) * 0.8);
  style_axis(built.values, figure.y, drawing, (sideways ? size.width() : size.height()) * 0.75);
  if (sideways) built.keys->setRangeReversed(true);  // the first category is on top
  if (sideways) built.values->setSubTicks(false);
  if (sideways && !first_column) built.keys->setTickLabels(false);
  if (figure.form == Form::points) built.keys->grid()->setVisible(true);  // leads from a name to its points
  const bool cells = figure.form == Form::heatmap || figure.form == Form::density;
  const bool amounts = figure.form != Form::ratio && figure.form != Form::box;
  built.key_range = range_of(figure.x, extent_x(figure), figure.form == Form::scaling, cells);
  built.value_range = range_of(figure.y, values_of(figure, panel), amounts, cells);
  if (figure.form == Form::heatmap) built.values->setRangeReversed(true);  // rank 0 on top, as a matrix is written
  if (figure.form == Form::stacked || figure.form == Form::waterfall) built.value_range = bar_range(figure);
  if (figure.form == Form::cdf && !figure.y.maximum) built.value_range = QCPRange(0, 1);
  for (QCPAxis* axis : {built.keys, built.values}) {
    if (cells) axis->grid()->setVisible(false);
  }
  built.keys->setRange(built.key_range);
  built.values->setRange(built.value_range);
  add_layers(built, figure, panel, drawing);
  return built;
}

void reset(QCustomPlot& plot, const Drawing& drawing) {
  plot.clearPlottables();
  plot.clearItems();
  plot.plotLayout()->clear();
  plot.setBackground(surface_of(drawing.theme).background);
  plot.setNoAntialiasingOnDrag(false);
  plot.plotLayout()->setRowSpacing(static_cast<int>(2 * drawing.unit));
  plot.plotLayout()->setColumnSpacing(static_cast<int>(2 * drawing.unit));
}

}  // namespace

bool is_sideways(const FigureSpec& figure) {
  return figure.x.scale == Scale::category && figure.form != Form::heatmap && figure.form != Form::density &&
         figure.form != Form::curve && figure.form != Form::scaling;
}

std::vector<BuiltPanel> build(QCustomPlot& plot, const FigureSpec& figure, const Drawing& drawing, QSizeF size) {
  reset(plot, drawing);
  std::vector<BuiltPanel> panels;
  const int columns = panel_columns(figure, size);
  const int rows = (static_cast<int>(figure.panels.size()) + columns - 1) / std::max(1, columns);
  auto* grid = new QCPLayoutGrid;
  grid->setRowSpacing(static_cast<int>(2 * drawing.unit));
  grid->setColumnSpacing(static_cast<int>(4 * drawing.unit));
  plot.plotLayout()->addElement(0, 0, grid);
  const bool names_once = is_sideways(figure) && columns > 1;
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    const int row = static_cast<int>(i) / columns, column = static_cast<int>(i) % columns;
    if (!figure.panels[i].title.empty()) {
      QCPTextElement* title = text_element(plot, figure.panels[i].title, drawing, false);
      if (column == 0 && names_once) {  // above its axes, not above the names too
        title->setAutoMargins(QCP::msNone);
        title->setMargins(QMargins(static_cast<int>(width_of_names(figure, drawing)), 0, 0, 0));
      }
      grid->addElement(2 * row, column, title);
    }
    panels.push_back(build_panel(plot, figure, figure.panels[i], drawing,
                                 {size.width() / columns, size.height() / std::max(1, rows)}, column == 0));
    grid->addElement(2 * row + 1, column, panels.back().rect);
    grid->setRowStretchFactor(2 * row, 0.001);  // of titles, or empty
  }
  if (names_once) widen_first_column(*grid, width_of_names(figure, drawing), size.width(), columns);
  if (figure.form == Form::heatmap || figure.form == Form::density) add_colour_bar(plot, figure, drawing, panels.empty() ? nullptr : panels.back().rect);
  add_legend(plot, figure, drawing, size, panels.empty() ? nullptr : panels.front().rect);
  if (!figure.title.empty()) {
    plot.plotLayout()->insertRow(0);
    plot.plotLayout()->addElement(0, 0, text_element(plot, figure.title, drawing, true));
    plot.plotLayout()->setRowStretchFactor(0, 0.001);
  }
  return panels;
}

}  // namespace tulkki::plot
