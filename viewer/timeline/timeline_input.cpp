// SPDX-License-Identifier: GPL-3.0-or-later
// Pointer, wheel, touchpad and keys. A gesture keeps the direction in which it began until the fingers are lifted: a
// touchpad must not zoom and pan at once.
#include <QGestureEvent>
#include <QMouseEvent>
#include <QNativeGestureEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "viewer/timeline/timeline_view.h"

namespace tulkki::timeline {

namespace {

constexpr double kZoomOfNotch = 0.8;   // of the width, for one notch of a wheel
constexpr double kPanOfKey = 0.15;     // of the width
constexpr double kScrollOfNotch = 60;  // pixels
constexpr int kGestureEndsMs = 180;    // a wheel that tells no phases: a pause ends the gesture
constexpr double kLeastDrag = 4;       // pixels: less is a click

}  // namespace

bool TimelineView::event(QEvent* event) {
  if (event->type() == QEvent::NativeGesture) return native_gesture(static_cast<QNativeGestureEvent*>(event));
  if (event->type() == QEvent::Gesture) {
    auto* pinch = static_cast<QPinchGesture*>(static_cast<QGestureEvent*>(event)->gesture(Qt::PinchGesture));
    if (pinch == nullptr) return QWidget::event(event);
    if (pinch->state() == Qt::GestureStarted) model_.remember();
    if (pinch->scaleFactor() > 0) {
      model_.zoom(1 / pinch->scaleFactor(), model_.to_axis(mapFromGlobal(pinch->hotSpot()).x() - kGutter));
      changed();
    }
    return true;
  }
  // Comma and dot, and Tab, are keys of the view only while it has the focus; shortcuts of the window come after.
  if (event->type() == QEvent::ShortcutOverride) {
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->modifiers() == Qt::NoModifier && (key->key() == Qt::Key_Comma || key->key() == Qt::Key_Period)) {
      event->accept();
      return true;
    }
  }
  return QWidget::event(event);
}

bool TimelineView::native_gesture(QNativeGestureEvent* event) {
  if (event->gestureType() == Qt::BeginNativeGesture) model_.remember();
  if (event->gestureType() != Qt::ZoomNativeGesture) return false;
  gesture_ = Gesture::zoom;
  gesture_timer_.start();
  model_.zoom(1 / std::max(0.2, 1 + event->value()), model_.to_axis(event->position().x() - kGutter));
  changed();
  return true;
}

void TimelineView::wheelEvent(QWheelEvent* event) {
  const QPointF notches = QPointF(event->angleDelta()) / 120.0;
  const bool over =
      event->phase() == Qt::ScrollBegin || !gesture_timer_.isValid() || gesture_timer_.elapsed() > kGestureEndsMs;
  if (over) {
    gesture_ = (event->modifiers() & Qt::ControlModifier) != 0 ? Gesture::zoom
               : (event->modifiers() & Qt::ShiftModifier) != 0 ? Gesture::pan
               : std::abs(notches.x()) > std::abs(notches.y()) ? Gesture::pan
                                                               : Gesture::scroll;
    model_.remember();
  }
  gesture_timer_.start();
  const double turn = std::abs(notches.y()) > std::abs(notches.x()) ? notches.y() : notches.x();
  switch (gesture_) {
    case Gesture::zoom:
      if ((event->modifiers() & Qt::ShiftModifier) != 0) {
        model_.scale_rows(std::pow(1 / kZoomOfNotch, turn));
      } else {
        model_.zoom(std::pow(kZoomOfNotch, turn), model_.to_axis(event->position().x() - kGutter));
      }
      break;
    case Gesture::pan:
      model_.pan(-turn * kPanOfKey / 2 * (model_.view().end - model_.view().begin));
      break;
    case Gesture::scroll:
    case Gesture::none:
      model_.scroll(event->pixelDelta().isNull() ? -notches.y() * kScrollOfNotch : -event->pixelDelta().y());
      break;
  }
  if (event->phase() == Qt::ScrollEnd) gesture_timer_.invalidate();
  changed();
  event->accept();
}

void TimelineView::mousePressEvent(QMouseEvent* event) {
  if (event->button() == Qt::MiddleButton ||
      (event->button() == Qt::LeftButton && (event->modifiers() & Qt::ShiftModifier) != 0)) {
    panning_ = true;
    last_ = event->position();
    model_.remember();
    setCursor(Qt::ClosedHandCursor);
  } else if (event->button() == Qt::LeftButton) {
    pressed_ = event->position();
  }
}

void TimelineView::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (panning_) {
    model_.pan(-(at.x() - last_.x()) / model_.width() * (model_.view().end - model_.view().begin));
    model_.scroll(-(at.y() - last_.y()));
    last_ = at;
    cursor_ = at;
    return changed();
  }
  if (pressed_ && (at - *pressed_).manhattanLength() >= kLeastDrag) {
    const double a = model_.to_axis(pressed_->x() - kGutter), b = model_.to_axis(at.x() - kGutter);
    const double top = model_.view().top - kRuler;
    area_ = Area{std::min(a, b), std::max(a, b), std::min(pressed_->y(), at.y()) + top,
                 std::max(pressed_->y(), at.y()) + top};
  }
  hover(at);
}

void TimelineView::mouseReleaseEvent(QMouseEvent* event) {
  if (panning_) {
    panning_ = false;
    unsetCursor();
    return;
  }
  if (event->button() != Qt::LeftButton || !pressed_) return;
  const bool dragged = (event->position() - *pressed_).manhattanLength() >= kLeastDrag;
  pressed_.reset();
  if (dragged && area_) {
    if ((event->modifiers() & Qt::AltModifier) != 0) return fit();
    emit area_changed();
  } else {
    if (area_) {
      area_.reset();
      emit area_changed();
    }
    select(place_at(event->position()), false);
  }
  update();
}

// To the area if one is marked there, else to the call with some room around it.
void TimelineView::mouseDoubleClickEvent(QMouseEvent* event) {
  const double x = model_.to_axis(event->position().x() - kGutter);
  if (area_ && x >= area_->begin && x <= area_->end) return fit();
  const Place place = place_at(event->position());
  model_.remember();
  if (!place.valid()) {
    model_.zoom(0.25, x);
    return changed();
  }
  show_around(place, 1);
}

void TimelineView::show_around(Place place, double room) {
  if (!place.valid() || place.run >= model_.runs().size() || model_.runs()[place.run].store == nullptr) return;
  const bool steps = model_.mode() == AxisMode::step;
  const trace::Call call = model_.runs()[place.run].store->call(place.call);
  const double begin =
      (steps ? static_cast<double>(place.call.call) : static_cast<double>(call.start_ns)) - model_.origin(place.run);
  const double length = steps ? 1 : std::max<double>(1, static_cast<double>(call.duration_ns));
  model_.show(begin - room * length, begin + (1 + room) * length);
  select(place, false);
  changed();
}

void TimelineView::leaveEvent(QEvent*) {
  cursor_.reset();
  emit hovered({});
  update();
}

void TimelineView::keyPressEvent(QKeyEvent* event) {
  const double width = model_.view().end - model_.view().begin;
  const auto move = [&](auto&& how) {
    if (!event->isAutoRepeat()) model_.remember();
    how();
    changed();
  };
  if ((event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) != 0) {
    return QWidget::keyPressEvent(event);
  }
  switch (event->key()) {
    case Qt::Key_W:
      return zoom_about_centre(kZoomOfNotch);
    case Qt::Key_S:
      return zoom_about_centre(1 / kZoomOfNotch);
    case Qt::Key_A:
    case Qt::Key_Left:
      return move([&] { model_.pan(-kPanOfKey * width); });
    case Qt::Key_D:
    case Qt::Key_Right:
      return move([&] { model_.pan(kPanOfKey * width); });
    case Qt::Key_Up:
      return select_row(-1);
    case Qt::Key_Down:
      return select_row(1);
    case Qt::Key_PageUp:
      return move([&] { model_.scroll(-0.9 * model_.height()); });
    case Qt::Key_PageDown:
      return move([&] { model_.scroll(0.9 * model_.height()); });
    case Qt::Key_Home:
      return move([&] { model_.pan(model_.first() - model_.view().begin); });
    case Qt::Key_End:
      return move([&] { model_.pan(model_.last() - model_.view().end); });
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      return move([&] { model_.scale_rows(1 / kZoomOfNotch); });
    case Qt::Key_Minus:
      return move([&] { model_.scale_rows(kZoomOfNotch); });
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (!area_) return QWidget::keyPressEvent(event);
      return fit();
    case Qt::Key_F:
      return fit();
    case Qt::Key_M:
      return set_show_messages(!show_messages_);
    case Qt::Key_Backspace:
      return back();
    case Qt::Key_Comma:
      return step_call(false);
    case Qt::Key_Period:
      return step_call(true);
    case Qt::Key_Slash:
      emit search_wanted();
      return;
    case Qt::Key_Escape:
      if (!area_ && !selected_.valid()) return QWidget::keyPressEvent(event);
      area_.reset();
      emit area_changed();
      return select({}, false);
    default:
      return QWidget::keyPressEvent(event);
  }
}

}  // namespace tulkki::timeline
