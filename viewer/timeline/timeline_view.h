// SPDX-License-Identifier: GPL-3.0-or-later
// The timeline itself: strips of ranks for one or several runs on one axis, with a ruler above and names at the left.
// What it shows is the model's; this is painting, pointer and keys (docs/timeline.md lists them).
#pragma once

#include <QElapsedTimer>
#include <QImage>
#include <QPoint>
#include <QString>
#include <QTimer>
#include <QWidget>
#include <memory>
#include <optional>
#include <vector>

#include "viewer/timeline/strip_painter.h"
#include "viewer/timeline/timeline_model.h"
#include "viewer/trace/messages.h"

class QNativeGestureEvent;

namespace tulkki::timeline {

// A call of one of the runs.
struct Place {
  std::size_t run = 0;
  trace::CallRef call;
  bool valid() const { return call.valid(); }
  bool operator==(const Place&) const = default;
};

// What was dragged over: a part of the axis, and the rows between.
struct Area {
  double begin = 0, end = 0;
  double top = 0, bottom = 0;  // pixels, scrolling not counted
};

class TimelineView : public QWidget {
  Q_OBJECT

 public:
  explicit TimelineView(QWidget* parent = nullptr);
  ~TimelineView() override;

  TimelineModel& model() { return model_; }  // changed() after a change of it
  const TimelineModel& model() const { return model_; }
  void changed();
  void set_runs(std::vector<Run> runs);
  void set_mode(AxisMode mode);
  void set_show_messages(bool show);
  bool show_messages() const { return show_messages_; }

  Place selected() const { return selected_; }
  // Selects a call; `reveal` moves the view so that it is seen.
  void select(Place place, bool reveal);
  void show_around(Place place, double room);  // selects it; `room`: on each side, in lengths of the call
  std::optional<Area> area() const { return area_; }
  // Calls to mark, of one run; as a search found them.
  void set_marks(std::size_t run, std::vector<trace::CallRef> calls);
  // Messages of the view as they are shown now; for tests.
  bool is_gathering() const { return settle_.isActive() || gathering_ > 0; }  // messages are on their way
  const trace::MessageView& messages(std::size_t run) const { return messages_[run]; }
  PaintReport last_paint() const { return last_paint_; }
  double last_paint_ms() const { return last_paint_ms_; }
  // Does what a key does: zoom_in, fit ...
  void zoom_about_centre(double factor);
  void fit();
  void back();
  void step_call(bool forward);
  // What is in view, without the pointer, on a device of the widget's size; `fineness`: pixels of the strips for one of the
  // widget's.
  void paint_picture(QPainter& painter, double fineness) const;

  static constexpr int kGutter = 92;
  static constexpr int kRuler = 26;

  QSize sizeHint() const override { return {1100, 560}; }
  QSize minimumSizeHint() const override { return {300, 120}; }

 signals:
  void hovered(const QString& text);
  void selection_changed();
  void area_changed();
  void view_changed();
  void search_wanted();  // the key '/'

 protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  enum class Gesture { none, zoom, pan, scroll };

  void gather_messages();
  void paint_strips();
  QSize strips_size(double scale) const;
  void draw(QPainter& painter, const QImage& strips) const;
  void paint_ruler(QPainter& painter) const;
  void paint_names(QPainter& painter) const;
  void paint_call_names(QPainter& painter) const;
  void paint_messages(QPainter& painter) const;
  void paint_marks(QPainter& painter) const;
  void paint_selection(QPainter& painter) const;
  void paint_cursor(QPainter& painter) const;
  // Neighbouring rows that messages are counted between when they are many: (first, last) of `rows`, of one run.
  std::vector<std::pair<std::size_t, std::size_t>> bands(std::size_t run) const;
  double row_middle(std::size_t run, std::uint32_t location) const;
  double axis_x(std::size_t run, double ns) const { return kGutter + model_.to_pixel(ns - model_.origin(run)); }
  Place place_at(QPointF at) const;
  void hover(QPointF at);
  bool native_gesture(QNativeGestureEvent* event);
  void select_row(int by);
  void tell_accessibility();

  TimelineModel model_;
  StripPainter painter_;
  QImage image_;  // the strips, of `painted_`
  PaintReport last_paint_;
  struct Painted {
    std::uint64_t revision = UINT64_MAX;  // of the model
    qint64 palette = 0;
    std::uint64_t most_exact_cost = 0;
  };
  Painted painted_;
  double ns_per_cost_ = 100;  // of drawing calls one by one, as it was seen
  double last_paint_ms_ = 0;
  bool show_messages_ = true;
  Place selected_;
  std::optional<Area> area_;
  std::optional<QPointF> pressed_, cursor_;
  bool panning_ = false;
  QPointF last_;
  Gesture gesture_ = Gesture::none;
  QElapsedTimer gesture_timer_;
  int gathering_ = 0;  // answers that the view in its present place waits for
  QTimer settle_;  // messages are gathered when the view rests
  std::vector<trace::MessageView> messages_;
  std::shared_ptr<std::atomic<std::uint64_t>> generation_;  // of the view: late answers of workers are dropped
  std::size_t marked_run_ = 0;
  std::vector<trace::CallRef> marks_;
};

}  // namespace tulkki::timeline
