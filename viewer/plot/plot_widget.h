// SPDX-License-Identifier: GPL-3.0-or-later
// A figure in the window: zoom, pan, hover, selection, and keys. The figure itself never changes; what is seen of it does.
#pragma once

#include <QPointF>
#include <QString>
#include <QWidget>
#include <memory>
#include <optional>

#include "viewer/plot/figure_spec.h"

namespace tulkki::plot {

// A point, box, bar or cell of the figure.
struct Place {
  int panel = -1, series = -1, index = -1;
  int column = -1, row = -1;  // of a matrix
  bool operator==(const Place&) const = default;
};

class PlotWidget : public QWidget {
  Q_OBJECT

 public:
  explicit PlotWidget(QWidget* parent = nullptr);
  ~PlotWidget() override;

  // Keeps the zoom when the axes are the same as before, as when a followed run has grown.
  void show_figure(const FigureSpec& figure);
  const FigureSpec& figure() const;
  // Instead of a figure: why there is none and what to do.
  void show_message(const QString& text);
  QString message() const;

  // Draws a frame around a part of each panel, in data coordinates (x, y); of the window only, not of the figure.
  void set_frame(const std::optional<QRectF>& part);
  const std::optional<QRectF>& frame() const;

  // Part of the axes that is seen, as shares of the whole: 0, 0, 1, 1 when nothing is zoomed.
  QRectF visible_part() const;
  bool can_go_back() const;
  // What is at a place, with all its numbers, one a line.
  QString description(const Place& place) const;
  std::optional<Place> place_at(QPointF position) const;
  // Middle of a point or cell in the widget's coordinates; nothing when it is out of sight.
  std::optional<QPointF> position_of(const Place& place) const;

 public slots:
  void zoom_at(QPointF position, double factor);  // > 1: closer
  void pan(double keys, double values);           // in shares of what is visible
  void fit();
  void back();
  void clear_selection();

 signals:
  void place_clicked(const tulkki::plot::Place& place);
  void place_hovered(const QString& description);
  // In data coordinates of the figure's x and y.
  void range_selected(double x_low, double x_high, double y_low, double y_high);
  void view_changed();

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  struct State;
  void rebuild();
  bool mouse_pressed(QPointF position, Qt::KeyboardModifiers modifiers, Qt::MouseButton button);
  bool mouse_moved(QPointF position);
  bool mouse_released(QPointF position);
  void step_to_neighbour(int by);
  std::unique_ptr<State> state_;
};

// The size of text in plots follows the application's font and is never below 11 pixels.
int plot_font_px(const QWidget& widget);

}  // namespace tulkki::plot
