// SPDX-License-Identifier: GPL-3.0-or-later
// QCustomPlot's own items know one plottable each; ours show the look of a series.
#include "viewer/plot/legend.h"

#include <algorithm>
#include <set>

#include "viewer/plot/marker.h"

namespace tulkki::plot {
namespace {

class Entry : public QCPAbstractLegendItem {
 public:
  Entry(QCPLegend* legend, const Drawing& drawing, QString name, Look look, bool filled)
      : QCPAbstractLegendItem(legend), drawing_(drawing), name_(std::move(name)), look_(std::move(look)), filled_(filled) {
    setFont(drawing.font);
    setTextColor(surface_of(drawing.theme).text);
    setMargins(QMargins());
  }
  static double icon_width(const Drawing& drawing, bool filled) { return drawing.unit * (filled ? 8 : 20); }
  static double width(const Drawing& drawing, const QString& name, bool filled) {
    return icon_width(drawing, filled) + 3 * drawing.unit + QFontMetricsF(drawing.font).horizontalAdvance(name);
  }

 protected:
  void draw(QCPPainter* painter) override {
    const QRectF place(mRect);
    const double wide = icon_width(drawing_, filled_);
    const QRectF icon(place.left(), place.top(), wide, place.height());
    painter->setAntialiasing(true);
    if (filled_) {
      const double side = drawing_.unit * 6;
      painter->fillRect(QRectF(icon.left(), icon.center().y() - side / 2, side, side), look_.colour);
    } else {
      draw_look(*painter, look_, icon.adjusted(0, 0, 0, 0), 1.1 * drawing_.unit, drawing_.markers);
    }
    painter->setPen(mTextColor);
    painter->setFont(mFont);
    painter->drawText(place.adjusted(wide + 3 * drawing_.unit, 0, drawing_.unit * 20, 0), Qt::AlignLeft | Qt::AlignVCenter, name_);
  }
  QSize minimumOuterSizeHint() const override {
    return {static_cast<int>(width(drawing_, name_, filled_)) + 1,
            static_cast<int>(QFontMetricsF(drawing_.font).height() + drawing_.unit)};
  }

 private:
  Drawing drawing_;
  QString name_;
  Look look_;
  bool filled_;
};

struct Name {
  QString text;
  Look look;
  bool filled = false;
};

// Boxes and bars have their names on the axis.
bool has_series(const FigureSpec& figure) {
  return figure.form != Form::box && figure.form != Form::waterfall && figure.form != Form::heatmap && figure.form != Form::density;
}

std::vector<Name> names_of(const FigureSpec& figure, const Drawing& drawing) {
  std::vector<Name> names;
  std::set<std::string> seen;
  const bool parts = figure.form == Form::stacked;
  if (!has_series(figure)) return names;
  for (const Panel& panel : figure.panels) {
    for (std::size_t i = 0; i < panel.series.size(); ++i) {
      const Series& series = panel.series[i];
      if (series.name.empty() || !seen.insert(series.name).second) continue;
      const int number = series.look >= 0 ? series.look : static_cast<int>(i);
      Look look = look_of(number, drawing.theme, drawing.grey);
      if (parts) look.colour = part_colour(number, series.name == "other", drawing.theme, drawing.grey);
      names.push_back({QString::fromStdString(series.name), look, parts});
    }
  }
  return names;
}

Qt::Alignment inside(Legend legend) {
  if (legend == Legend::inside_top_left) return Qt::AlignTop | Qt::AlignLeft;
  if (legend == Legend::inside_bottom_right) return Qt::AlignBottom | Qt::AlignRight;
  return Qt::AlignTop | Qt::AlignRight;
}

int columns_that_fit(const std::vector<Name>& names, const Drawing& drawing, double width) {
  double widest = 0;
  for (const Name& name : names) widest = std::max(widest, Entry::width(drawing, name.text, name.filled));
  const int fit = static_cast<int>((width - 8 * drawing.unit) / (widest + 8 * drawing.unit));
  const int count = static_cast<int>(names.size()), columns = std::clamp(fit, 1, count);
  const int rows = (count + columns - 1) / columns;
  return (count + rows - 1) / rows;  // no row with one name alone where two are even
}

void place(QCustomPlot& plot, Legend where, QCPLegend* legend, QCPAxisRect* first, const Drawing& drawing, int rows) {
  QCPLayoutGrid* grid = plot.plotLayout();
  if (where == Legend::right) {
    grid->addElement(0, grid->columnCount(), legend);
    grid->setColumnStretchFactor(grid->columnCount() - 1, 0.001);
    return;
  }
  if (where != Legend::top && where != Legend::bottom) {
    first->insetLayout()->addElement(legend, inside(where));
    first->insetLayout()->setMargins(QMargins(1, 1, 1, 1) * static_cast<int>(4 * drawing.unit));
    return;
  }
  // In a box of its own in which it is centred; as a cell of the grid it would spread over the whole width.
  auto* box = new QCPLayoutInset;
  const int height = static_cast<int>(rows * (QFontMetricsF(drawing.font).height() + drawing.unit) + drawing.unit);
  box->setMinimumSize(0, height);
  box->setMaximumSize(QWIDGETSIZE_MAX, height);
  const int row = where == Legend::top ? 0 : grid->rowCount();
  if (row == 0) grid->insertRow(0);
  grid->addElement(row, 0, box);
  grid->setRowStretchFactor(row, 0.001);
  box->addElement(legend, Qt::AlignHCenter | Qt::AlignTop);
}

}  // namespace

void add_legend(QCustomPlot& plot, const FigureSpec& figure, const Drawing& drawing, QSizeF size, QCPAxisRect* first) {
  const Legend where = figure.style.legend;
  if (where == Legend::none || first == nullptr) return;
  std::vector<Name> names = names_of(figure, drawing);
  if (names.size() == 1 && figure.form != Form::stacked && figure.panels.size() == 1 && !figure.title.empty()) names.clear();
  const bool any_doubt = std::any_of(figure.panels.begin(), figure.panels.end(), [](const Panel& panel) { return !panel.doubts.empty(); });
  if (any_doubt) names.push_back({QStringLiteral("within what recording costs"), {surface_of(drawing.theme).band, Marker::circle, {}}, true});
  if (names.empty()) return;
  auto* legend = new QCPLegend;
  legend->setFillOrder(QCPLayoutGrid::foColumnsFirst);
  const bool above = where == Legend::top || where == Legend::bottom;
  const int columns = above ? columns_that_fit(names, drawing, size.width()) : 1;
  legend->setWrap(columns);
  legend->setColumnSpacing(static_cast<int>(8 * drawing.unit));
  legend->setRowSpacing(0);
  legend->setBorderPen(Qt::NoPen);
  QColor ground = surface_of(drawing.theme).background;
  ground.setAlpha(above || where == Legend::right ? 0 : 215);
  legend->setBrush(ground);
  legend->setMargins(QMargins(static_cast<int>(3 * drawing.unit), 0, static_cast<int>(3 * drawing.unit), 0));
  place(plot, where, legend, first, drawing, (static_cast<int>(names.size()) + columns - 1) / columns);
  legend->setLayer("legend");
  for (const Name& name : names) legend->addItem(new Entry(legend, drawing, name.text, name.look, name.filled));
}

}  // namespace tulkki::plot
