// SPDX-License-Identifier: GPL-3.0-or-later
// Zooming and the history of views. All panels of a figure move together.
#include "viewer/plot/plot_widget.h"

#include <qcustomplot.h>

#include <QKeyEvent>
#include <QLabel>
#include <QToolTip>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "viewer/plot/builder.h"
#include "viewer/plot/frame.h"
#include "viewer/plot/hit.h"

namespace tulkki::plot {
namespace {

constexpr int kSmallestTextPx = 11;
constexpr std::size_t kLongestHistory = 100;
constexpr double kLayoutPoints = 8;  // the size of text for which the widths of lines were chosen

struct View {
  QCPRange keys, values;
  bool operator==(const View& other) const { return keys == other.keys && values == other.values; }
};

double to_share(const QCPRange& range, double value, bool logarithmic) {
  return logarithmic ? std::log(value / range.lower) / std::log(range.upper / range.lower)
                     : (value - range.lower) / range.size();
}
double from_share(const QCPRange& range, double share, bool logarithmic) {
  return logarithmic ? range.lower * std::pow(range.upper / range.lower, share) : range.lower + range.size() * share;
}
QCPRange part_of(const QCPRange& range, double from, double to, bool logarithmic) {
  return {from_share(range, from, logarithmic), from_share(range, to, logarithmic)};
}

}  // namespace

struct PlotWidget::State {
  FigureSpec figure;
  QCustomPlot* plot = nullptr;
  QLabel* message = nullptr;
  std::vector<BuiltPanel> panels;
  std::optional<View> view;  // nothing: the whole figure
  std::vector<std::optional<View>> history;
  std::optional<QPointF> drag_start;
  bool panning = false;
  std::optional<QRectF> selected;  // in data coordinates: keys, values
  std::optional<Place> hovered;
  std::optional<QRectF> frame;
  QRubberBand* band = nullptr;

  bool logarithmic_keys() const { return panels.front().keys->scaleType() == QCPAxis::stLogarithmic; }
  bool logarithmic_values() const { return panels.front().values->scaleType() == QCPAxis::stLogarithmic; }
  View whole() const { return {panels.front().key_range, panels.front().value_range}; }
  View seen() const { return view.value_or(whole()); }
  void apply() {
    const View now = seen();
    for (const BuiltPanel& panel : panels) {
      panel.keys->setRange(now.keys);
      panel.values->setRange(now.values);
    }
    plot->replot(QCustomPlot::rpQueuedReplot);
  }
  const BuiltPanel* panel_at(QPointF position) const {
    for (const BuiltPanel& panel : panels) {
      if (panel.rect->rect().contains(position.toPoint())) return &panel;
    }
    return nullptr;
  }
  void remember() {
    history.push_back(view);
    if (history.size() > kLongestHistory) history.erase(history.begin());
  }
};

int plot_font_px(const QWidget& widget) {
  return std::max(kSmallestTextPx, static_cast<int>(std::lround(QFontMetricsF(widget.font()).height() * 0.8)));
}

PlotWidget::PlotWidget(QWidget* parent) : QWidget(parent), state_(std::make_unique<State>()) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(2, 2, 2, 2);
  state_->plot = new QCustomPlot(this);
  state_->plot->setFocusPolicy(Qt::NoFocus);
  state_->plot->setMouseTracking(true);
  state_->plot->installEventFilter(this);
  state_->message = new QLabel(this);
  state_->message->setAlignment(Qt::AlignCenter);
  state_->message->setWordWrap(true);
  state_->message->setMargin(24);
  state_->message->hide();
  layout->addWidget(state_->plot);
  layout->addWidget(state_->message);
  state_->band = new QRubberBand(QRubberBand::Rectangle, state_->plot);
  setFocusPolicy(Qt::StrongFocus);
  setMinimumSize(160, 120);
}

PlotWidget::~PlotWidget() = default;

const FigureSpec& PlotWidget::figure() const { return state_->figure; }
QString PlotWidget::message() const { return state_->message->isHidden() ? QString() : state_->message->text(); }

void PlotWidget::show_figure(const FigureSpec& figure) {
  const FigureSpec& old = state_->figure;
  if (figure.form != old.form || figure.metric != old.metric || figure.x.scale != old.x.scale ||
      figure.y.scale != old.y.scale || figure.x.categories != old.x.categories) {
    state_->view.reset();
    state_->history.clear();
    state_->selected.reset();
  }
  state_->figure = figure;
  state_->message->hide();
  state_->plot->show();
  QStringList names;
  for (const Panel& panel : figure.panels) {
    for (const Series& series : panel.series) names << QString::fromStdString(series.name);
  }
  names.removeDuplicates();
  setAccessibleName(tr("Plot: %1").arg(QString::fromStdString(figure.y.label)));
  setAccessibleDescription(tr("Series: %1. The table below has the same numbers.").arg(names.join(", ")));
  rebuild();
}

void PlotWidget::show_message(const QString& text) {
  state_->figure = FigureSpec{};
  state_->panels.clear();
  state_->plot->hide();
  state_->band->hide();
  state_->message->setText(text);
  state_->message->show();
  setAccessibleName(text);
}

void PlotWidget::rebuild() {
  if (is_empty(state_->figure)) return;
  Drawing drawing;
  drawing.theme = palette().color(QPalette::Base).lightness() < 128 ? Theme::dark : Theme::light;
  drawing.markers = state_->figure.style.markers;
  drawing.grey = state_->figure.style.grey;
  drawing.font = font();
  drawing.font.setPixelSize(plot_font_px(*this));
  drawing.unit = std::max(1.0, drawing.font.pixelSize() / kLayoutPoints * 0.85);
  state_->panels = build(*state_->plot, state_->figure, drawing, QSizeF(state_->plot->size()));
  if (state_->panels.empty()) return;
  if (state_->frame) {
    for (const BuiltPanel& panel : state_->panels) new FrameLayer(panel.keys, panel.values, drawing, *state_->frame);
  }
  state_->apply();
  // Now and not at the next turn of the event loop: places on the screen are asked for at once.
  state_->plot->replot(QCustomPlot::rpQueuedRefresh);
}

void PlotWidget::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  rebuild();  // the number of ticks and columns follows the size
}

void PlotWidget::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) rebuild();
}

void PlotWidget::focusInEvent(QFocusEvent* event) {
  QWidget::focusInEvent(event);
  update();
}
void PlotWidget::focusOutEvent(QFocusEvent* event) {
  QWidget::focusOutEvent(event);
  update();
}

void PlotWidget::paintEvent(QPaintEvent* event) {
  QWidget::paintEvent(event);
  if (!hasFocus()) return;
  QPainter painter(this);
  painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
  painter.drawRect(rect().adjusted(1, 1, -1, -1));
}

void PlotWidget::set_frame(const std::optional<QRectF>& part) {
  if (state_->frame == part) return;
  state_->frame = part;
  rebuild();
}

const std::optional<QRectF>& PlotWidget::frame() const { return state_->frame; }

QRectF PlotWidget::visible_part() const {
  if (state_->panels.empty()) return {0, 0, 1, 1};
  const View whole = state_->whole(), seen = state_->seen();
  const bool log_keys = state_->logarithmic_keys(), log_values = state_->logarithmic_values();
  return {QPointF(to_share(whole.keys, seen.keys.lower, log_keys), to_share(whole.values, seen.values.lower, log_values)),
          QPointF(to_share(whole.keys, seen.keys.upper, log_keys), to_share(whole.values, seen.values.upper, log_values))};
}

bool PlotWidget::can_go_back() const { return !state_->history.empty(); }

std::optional<Place> PlotWidget::place_at(QPointF position) const {
  return nearest_place(state_->figure, state_->panels, position, 3.0 * plot_font_px(*this));
}
std::optional<QPointF> PlotWidget::position_of(const Place& place) const {
  return pixel_of(state_->figure, state_->panels, place);
}
QString PlotWidget::description(const Place& place) const { return describe(state_->figure, place); }

void PlotWidget::zoom_at(QPointF position, double factor) {
  if (state_->panels.empty() || !(factor > 0)) return;
  const BuiltPanel* panel = state_->panel_at(position);
  const BuiltPanel& where = panel != nullptr ? *panel : state_->panels.front();
  const QRectF area = where.rect->rect();
  if (area.width() < 1 || area.height() < 1) return;
  double across = std::clamp((position.x() - area.left()) / area.width(), 0.0, 1.0);
  double up = std::clamp((area.bottom() - position.y()) / area.height(), 0.0, 1.0);
  if (where.keys->orientation() == Qt::Vertical) std::swap(across, up);
  if (where.keys->rangeReversed()) across = 1 - across;
  if (where.values->rangeReversed()) up = 1 - up;
  const View now = state_->seen();
  const auto zoomed = [factor](const QCPRange& range, double share, bool logarithmic) {
    return part_of(range, share - share / factor, share + (1 - share) / factor, logarithmic);
  };
  state_->remember();
  // Categories stay whole: closer means to read the amounts.
  const bool categories = state_->figure.x.scale == Scale::category && is_sideways(state_->figure);
  state_->view = View{categories ? now.keys : zoomed(now.keys, across, state_->logarithmic_keys()),
                      zoomed(now.values, up, state_->logarithmic_values())};
  state_->apply();
  emit view_changed();
}

void PlotWidget::pan(double keys, double values) {
  if (state_->panels.empty()) return;
  const View now = state_->seen();
  state_->remember();
  state_->view = View{part_of(now.keys, keys, 1 + keys, state_->logarithmic_keys()),
                      part_of(now.values, values, 1 + values, state_->logarithmic_values())};
  state_->apply();
  emit view_changed();
}

void PlotWidget::fit() {
  if (state_->panels.empty() || !state_->view) return;
  state_->remember();
  state_->view.reset();
  state_->apply();
  emit view_changed();
}

void PlotWidget::back() {
  if (state_->history.empty() || state_->panels.empty()) return;
  state_->view = state_->history.back();
  state_->history.pop_back();
  state_->apply();
  emit view_changed();
}

void PlotWidget::clear_selection() {
  state_->selected.reset();
  state_->band->hide();
}

void PlotWidget::keyPressEvent(QKeyEvent* event) {
  constexpr double kStep = 0.15, kZoom = 1.3;
  const QPointF middle = state_->panels.empty() ? QPointF() : QPointF(state_->panels.front().rect->rect().center());
  if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) return QWidget::keyPressEvent(event);
  switch (event->key()) {
    case Qt::Key_W:
    case Qt::Key_Plus: zoom_at(middle, kZoom); return;
    case Qt::Key_S:
    case Qt::Key_Minus: zoom_at(middle, 1 / kZoom); return;
    case Qt::Key_A:
    case Qt::Key_Left: pan(-kStep, 0); return;
    case Qt::Key_D:
    case Qt::Key_Right: pan(kStep, 0); return;
    case Qt::Key_Up: pan(0, kStep); return;
    case Qt::Key_Down: pan(0, -kStep); return;
    case Qt::Key_F:
    case Qt::Key_Home: fit(); return;
    case Qt::Key_Backspace: back(); return;
    case Qt::Key_Comma: step_to_neighbour(-1); return;
    case Qt::Key_Period: step_to_neighbour(1); return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (state_->hovered) emit place_clicked(*state_->hovered);
      return;
    case Qt::Key_Escape: clear_selection(); break;
    default: break;
  }
  QWidget::keyPressEvent(event);
}

void PlotWidget::step_to_neighbour(int by) {
  const std::optional<Place> next = neighbour(state_->figure, state_->hovered, by);
  if (!next) return;
  state_->hovered = next;
  const std::optional<QPointF> position = position_of(*next);
  emit place_hovered(description(*next));
  if (position) QToolTip::showText(state_->plot->mapToGlobal(position->toPoint()), description(*next), state_->plot);
}

bool PlotWidget::eventFilter(QObject* watched, QEvent* event) {
  if (watched != state_->plot || state_->panels.empty()) return QWidget::eventFilter(watched, event);
  switch (event->type()) {
    case QEvent::Wheel: {
      auto* wheel = static_cast<QWheelEvent*>(event);
      zoom_at(wheel->position(), std::pow(1.2, wheel->angleDelta().y() / 120.0));
      return true;
    }
    case QEvent::MouseButtonPress: {
      auto* mouse = static_cast<QMouseEvent*>(event);
      return mouse_pressed(mouse->position(), mouse->modifiers(), mouse->button());
    }
    case QEvent::MouseMove: return mouse_moved(static_cast<QMouseEvent*>(event)->position());
    case QEvent::MouseButtonRelease: return mouse_released(static_cast<QMouseEvent*>(event)->position());
    case QEvent::MouseButtonDblClick: {
      const QPointF position = static_cast<QMouseEvent*>(event)->position();
      if (!state_->selected) {
        zoom_at(position, 2);
        return true;
      }
      state_->remember();
      state_->view = View{QCPRange(state_->selected->left(), state_->selected->right()),
                          QCPRange(state_->selected->top(), state_->selected->bottom())};
      clear_selection();
      state_->apply();
      emit view_changed();
      return true;
    }
    default: return QWidget::eventFilter(watched, event);
  }
}

bool PlotWidget::mouse_pressed(QPointF position, Qt::KeyboardModifiers modifiers, Qt::MouseButton button) {
  setFocus(Qt::MouseFocusReason);
  state_->drag_start = position;
  state_->panning = button == Qt::MiddleButton || (modifiers & (Qt::ShiftModifier | Qt::AltModifier)) != 0;
  if (state_->panning) state_->remember();
  return true;
}

bool PlotWidget::mouse_moved(QPointF position) {
  if (!state_->drag_start) {
    const std::optional<Place> place = place_at(position);
    if (place != state_->hovered) {
      state_->hovered = place;
      const QString text = place ? description(*place) : QString();
      emit place_hovered(text);
      QToolTip::showText(state_->plot->mapToGlobal(position.toPoint()), text, state_->plot);
    }
    return true;
  }
  if (state_->panning) {
    const QRectF area = state_->panels.front().rect->rect();
    double across = -(position.x() - state_->drag_start->x()) / area.width();
    double up = (position.y() - state_->drag_start->y()) / area.height();
    if (state_->panels.front().keys->orientation() == Qt::Vertical) std::swap(across, up);
    state_->drag_start = position;
    pan(across, up);
    state_->history.pop_back();  // one step of the history for the whole drag
    return true;
  }
  if ((position - *state_->drag_start).manhattanLength() > 6) {
    state_->band->setGeometry(QRectF(*state_->drag_start, position).normalized().toRect());
    state_->band->show();
  }
  return true;
}

bool PlotWidget::mouse_released(QPointF position) {
  const std::optional<QPointF> start = std::exchange(state_->drag_start, std::nullopt);
  if (!start || std::exchange(state_->panning, false)) return true;
  if ((position - *start).manhattanLength() <= 6) {
    clear_selection();
    if (const std::optional<Place> place = place_at(position)) emit place_clicked(*place);
    return true;
  }
  const BuiltPanel* panel = state_->panel_at(*start);
  if (panel == nullptr) panel = &state_->panels.front();
  double key0, key1, value0, value1;
  const bool sideways = panel->keys->orientation() == Qt::Vertical;
  const auto read = [&](QPointF point, double& key, double& value) {
    key = panel->keys->pixelToCoord(sideways ? point.y() : point.x());
    value = panel->values->pixelToCoord(sideways ? point.x() : point.y());
  };
  read(*start, key0, value0);
  read(position, key1, value1);
  state_->selected = QRectF(QPointF(std::min(key0, key1), std::min(value0, value1)),
                            QPointF(std::max(key0, key1), std::max(value0, value1)));
  emit range_selected(state_->selected->left(), state_->selected->right(), state_->selected->top(),
                      state_->selected->bottom());
  return true;
}

}  // namespace tulkki::plot
