// SPDX-License-Identifier: GPL-3.0-or-later
// Painting of the timeline: the strips come as an image, the rest is drawn over it.
#include <QElapsedTimer>
#include <QPaintEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "viewer/timeline/time_axis.h"
#include "viewer/timeline/timeline_view.h"

namespace tulkki::timeline {

namespace {

constexpr std::uint64_t kMostNamedCalls = 3000;  // calls in view that may get their name written in
constexpr std::size_t kMostBundles = 40;
constexpr double kMovingStripsNs = 9e6;  // of the 16 ms of a frame
constexpr std::uint32_t kLeastExactCost = 20'000;

QColor faded(QColor color, int alpha) {
  color.setAlpha(alpha);
  return color;
}

}  // namespace

QSize TimelineView::strips_size(double scale) const {
  return {std::max(1, static_cast<int>(std::lround((width() - kGutter) * scale))),
          std::max(1, static_cast<int>(std::lround((height() - kRuler) * scale)))};
}

// While the view moves, only as many calls are drawn one by one as keep a frame short on this machine; when it rests,
// the picture becomes as sharp as it can.
void TimelineView::paint_strips() {
  const double scale = devicePixelRatioF();
  const QSize size = strips_size(scale);
  // To become sharp costs more than to stay so: what was not looked at yet comes from the file.
  const auto affordable = static_cast<std::uint64_t>(std::clamp(
      kMovingStripsNs / ns_per_cost_ / (last_paint_.exact ? 1 : 4), double{kLeastExactCost}, double{kMostExactCost}));
  const std::uint64_t limit = settle_.isActive() ? affordable : kMostExactCost;
  const bool same = image_.size() == size && painted_.revision == model_.revision() &&
                    painted_.palette == palette().cacheKey();
  if (same && (last_paint_.exact || limit <= painted_.most_exact_cost)) return;
  if (image_.size() != size) image_ = QImage(size, QImage::Format_RGB32);
  QElapsedTimer timer;
  timer.start();
  last_paint_ = painter_.paint(image_, model_, palette(), scale, limit);
  image_.setDevicePixelRatio(scale);
  painted_ = {model_.revision(), palette().cacheKey(), limit};
  if (!last_paint_.exact || last_paint_.cost < kLeastExactCost) return;
  const double seen = static_cast<double>(timer.nsecsElapsed()) / static_cast<double>(last_paint_.cost);
  ns_per_cost_ = std::min(seen, ns_per_cost_ * 1.1);  // a single slow picture says little
}

void TimelineView::paintEvent(QPaintEvent*) {
  QElapsedTimer timer;
  timer.start();
  paint_strips();
  QPainter painter(this);
  draw(painter, image_);
  paint_cursor(painter);
  last_paint_ms_ = static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

void TimelineView::paint_picture(QPainter& painter, double fineness) const {
  QImage strips(strips_size(fineness), QImage::Format_RGB32);
  StripPainter().paint(strips, model_, palette(), fineness);
  strips.setDevicePixelRatio(fineness);
  draw(painter, strips);
}

void TimelineView::draw(QPainter& painter, const QImage& strips) const {
  painter.fillRect(rect(), palette().window());
  painter.drawImage(QPointF(kGutter, kRuler), strips);
  paint_names(painter);
  paint_ruler(painter);
  painter.setClipRect(QRectF(kGutter, kRuler, width() - kGutter, height() - kRuler));
  paint_call_names(painter);
  paint_messages(painter);
  paint_marks(painter);
  paint_selection(painter);
  painter.setClipping(false);
}

void TimelineView::paint_ruler(QPainter& painter) const {
  const View& view = model_.view();
  const bool steps = model_.mode() == AxisMode::step;
  painter.setPen(palette().color(QPalette::WindowText));
  const int label_width = painter.fontMetrics().horizontalAdvance("-000.000 ms") + 24;
  const double room = width() - kGutter;
  for (const Tick& tick : axis_ticks(view.begin, view.end, std::max(1, static_cast<int>(room / label_width)), steps)) {
    const double x = kGutter + model_.to_pixel(tick.at);
    painter.drawLine(QPointF(x, kRuler - 5), QPointF(x, kRuler - 1));
    const QString label = QString::fromStdString(tick.label);
    const double half = painter.fontMetrics().horizontalAdvance(label) / 2.0;
    if (x - half < kGutter || x + half > width()) continue;
    painter.drawText(QPointF(x - half, kRuler - 8), label);
    painter.save();
    painter.setPen(faded(palette().color(QPalette::WindowText), 26));
    painter.drawLine(QPointF(x, kRuler), QPointF(x, height()));
    painter.restore();
  }
  const QString unit = steps ? tr("call") : tr("time");
  painter.drawText(QRectF(4, 0, kGutter - 8, kRuler - 4), Qt::AlignLeft | Qt::AlignBottom, unit);
}

void TimelineView::paint_names(QPainter& painter) const {
  painter.setClipRect(QRectF(0, kRuler, width(), height() - kRuler));
  const int line = painter.fontMetrics().height();
  double next = -1e9;
  for (const Row& row : model_.rows()) {
    const double y = row.y - model_.view().top + kRuler;
    if (y + row.height < kRuler || y > height()) continue;
    const QString name = QString::fromStdString(model_.row_name(row));
    if (row.header) {
      painter.fillRect(QRectF(0, y, width(), row.height), palette().color(QPalette::AlternateBase));
      QFont bold = painter.font();
      bold.setBold(true);
      painter.save();
      painter.setFont(bold);
      painter.setPen(palette().color(QPalette::Text));
      const trace::TraceStore* store = model_.runs()[row.run].store.get();
      const QString state = store == nullptr    ? tr(" - opening")
                            : store->complete() ? QString()
                                                : tr(" - being indexed");
      painter.drawText(QRectF(4, y, width() - 8, row.height), Qt::AlignLeft | Qt::AlignVCenter, name + state);
      painter.restore();
      next = y + row.height;
      continue;
    }
    const double middle = y + row.height / 2 - line / 2.0;
    if (middle < next) continue;  // names that would overlap are left out
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(QRectF(4, middle, kGutter - 10, line), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(name, Qt::ElideMiddle, kGutter - 10));
    next = middle + line;
  }
  painter.setClipping(false);
}

// With few calls in view they have room for their names.
void TimelineView::paint_call_names(QPainter& painter) const {
  if (!last_paint_.exact || last_paint_.calls > kMostNamedCalls || model_.mode() == AxisMode::step) return;
  const int line = painter.fontMetrics().height();
  for (const Row& row : model_.rows()) {
    if (row.header || row.grouped || row.height < line + 2) continue;
    const double y = row.y - model_.view().top + kRuler;
    if (y + row.height < kRuler || y > height()) continue;
    const trace::TraceStore& store = *model_.runs()[row.run].store;
    const trace::Window window = model_.window(row.run);
    store.for_each_call(row.index, static_cast<std::uint64_t>(std::max(0.0, window.begin)),
                        static_cast<std::uint64_t>(std::max(0.0, window.end)),
                        [&](std::uint64_t, std::uint64_t start, std::uint64_t end, const trace::CallDetail& detail) {
                          if (detail.procedure >= store.definitions().procedures.size()) return;
                          const trace::Procedure& procedure = store.definitions().procedures[detail.procedure];
                          const double left = std::max<double>(kGutter, axis_x(row.run, static_cast<double>(start)));
                          const double right = std::min<double>(width(), axis_x(row.run, static_cast<double>(end)));
                          if (right - left < 6 || !procedure.mpi) return;
                          painter.setPen(faded(palette().color(QPalette::Base), 160));
                          painter.drawLine(QPointF(left, y), QPointF(left, y + row.height - 1));
                          const QString name = QString::fromStdString(procedure.name);
                          const QString text = painter.fontMetrics().elidedText(name, Qt::ElideRight,
                                                                                static_cast<int>(right - left) - 6);
                          if (right - left < 28 || text.size() < 5) return;
                          painter.setPen(Qt::black);
                          painter.drawText(QRectF(left + 3, y, right - left - 6, row.height - 1),
                                           Qt::AlignLeft | Qt::AlignVCenter, text);
                        });
  }
}

double TimelineView::row_middle(std::size_t run, std::uint32_t location) const {
  const Row* row = model_.row_of(run, location);
  return row == nullptr ? -1e9 : row->y - model_.view().top + kRuler + row->height / 2;
}

void TimelineView::paint_messages(QPainter& painter) const {
  if (!show_messages_ || model_.mode() == AxisMode::step) return;
  painter.setRenderHint(QPainter::Antialiasing);
  const QColor ink = palette().color(QPalette::Text);
  for (std::size_t run = 0; run < messages_.size(); ++run) {
    const trace::MessageView& view = messages_[run];
    painter.setPen(QPen(faded(ink, view.lines.size() > 400 ? 70 : 130), 1));
    for (const trace::MessageLine& line : view.lines) {
      if (!line.send.at.valid() || !line.receive.at.valid()) continue;
      const QPointF from(axis_x(run, static_cast<double>(line.send.time_ns)), row_middle(run, line.send.location));
      const QPointF to(axis_x(run, static_cast<double>(line.receive.time_ns)), row_middle(run, line.receive.location));
      if (from.y() < -1e8 || to.y() < -1e8) continue;
      painter.drawLine(from, to);
      painter.drawEllipse(to, 1.5, 1.5);
    }
    std::vector<trace::MessageBundle> bundles = view.bundles;
    std::sort(bundles.begin(), bundles.end(), [](const auto& a, const auto& b) { return a.messages > b.messages; });
    if (bundles.size() > kMostBundles) bundles.resize(kMostBundles);
    const auto rows = bands(run);
    for (const trace::MessageBundle& bundle : bundles) {
      if (bundle.from == bundle.to || bundle.from >= rows.size() || bundle.to >= rows.size()) continue;
      const auto middle = [&](std::uint32_t band) {
        const Row &top = model_.rows()[rows[band].first], &bottom = model_.rows()[rows[band].second];
        return (top.y + bottom.y + bottom.height) / 2 - model_.view().top + kRuler;
      };
      const QPointF from(axis_x(run, bundle.mean_send_ns), middle(bundle.from));
      const QPointF to(axis_x(run, bundle.mean_receive_ns), middle(bundle.to));
      painter.setPen(QPen(faded(ink, 70), 1 + std::log10(std::max(1.0, bundle.messages))));
      QPainterPath path(from);
      const double bow = 18 + 14.0 * std::abs(static_cast<double>(bundle.to) - static_cast<double>(bundle.from));
      const double side = bundle.from < bundle.to ? 1 : -1;  // there and back do not lie on each other
      path.quadTo((from + to) / 2 + QPointF(std::min(bow, 90.0) * side, 0), to);
      painter.drawPath(path);
      if (std::abs(from.y() - to.y()) < painter.fontMetrics().height()) continue;
      const QString label = (view.sampled ? "≈" : "") +
                            QString::fromStdString(count_text(static_cast<std::uint64_t>(bundle.messages + 0.5)));
      const QPointF at = path.pointAtPercent(0.5);
      QRectF box = painter.fontMetrics().boundingRect(label);
      constexpr double kApart = 6;  // outside of its arc: there and back have a number each
      box.moveCenter(at + QPointF(side * (box.width() / 2 + kApart), 0));
      painter.fillRect(box.adjusted(-3, -1, 3, 1), faded(palette().color(QPalette::Base), 210));
      painter.setPen(ink);
      painter.drawText(box.adjusted(-4, -2, 4, 2), Qt::AlignCenter, label);
    }
  }
  painter.setRenderHint(QPainter::Antialiasing, false);
}

void TimelineView::paint_marks(QPainter& painter) const {
  if (marks_.empty() || marked_run_ >= model_.runs().size() || model_.runs()[marked_run_].store == nullptr) return;
  painter.setPen(QPen(QColor(0xD5, 0x5E, 0x00), 2));
  const trace::TraceStore& store = *model_.runs()[marked_run_].store;
  for (const trace::CallRef& ref : marks_) {
    const double at =
        model_.mode() == AxisMode::step ? static_cast<double>(ref.call) : static_cast<double>(store.call(ref).start_ns);
    const double x = axis_x(marked_run_, at);
    if (x < kGutter || x > width()) continue;
    const Row* row = model_.row_of(marked_run_, ref.location);
    if (row == nullptr) continue;
    const double y = row->y - model_.view().top + kRuler;
    if (y + row->height < kRuler || y > height()) continue;
    painter.drawLine(QPointF(x, y), QPointF(x, y + std::max(2.0, row->height - 2)));
  }
}

void TimelineView::paint_selection(QPainter& painter) const {
  if (area_) {
    const double left = kGutter + model_.to_pixel(area_->begin), right = kGutter + model_.to_pixel(area_->end);
    const double top = area_->top - model_.view().top + kRuler, bottom = area_->bottom - model_.view().top + kRuler;
    painter.fillRect(QRectF(left, top, right - left, bottom - top), faded(palette().color(QPalette::Highlight), 60));
    painter.setPen(palette().color(QPalette::Highlight));
    painter.drawRect(QRectF(left, top, right - left, bottom - top));
    painter.setPen(palette().color(QPalette::Text));
    if (model_.mode() != AxisMode::step && right - left > 60) {
      const QString width = QString::fromStdString(time_text(area_->end - area_->begin));
      painter.drawText(QRectF(left, top + 2, right - left, 18), Qt::AlignHCenter, width);
    }
  }
  if (!selected_.valid() || selected_.run >= model_.runs().size() || model_.runs()[selected_.run].store == nullptr)
    return;
  const Row* row = model_.row_of(selected_.run, selected_.call.location);
  if (row == nullptr) return;
  const trace::Call call = model_.runs()[selected_.run].store->call(selected_.call);
  const bool steps = model_.mode() == AxisMode::step;
  const double begin = steps ? static_cast<double>(selected_.call.call) : static_cast<double>(call.start_ns);
  const double end = steps ? begin + 1 : begin + static_cast<double>(call.duration_ns);
  const double left = axis_x(selected_.run, begin), right = std::max(left + 3, axis_x(selected_.run, end));
  const double y = row->y - model_.view().top + kRuler;
  // Dark on light and light on dark around it, so that it stands out on any colour.
  painter.setPen(QPen(palette().color(QPalette::Base), 4));
  painter.drawRect(QRectF(left - 1, y, right - left + 1, row->height - 1));
  painter.setPen(QPen(palette().color(QPalette::Text), 2));
  painter.drawRect(QRectF(left - 1, y, right - left + 1, row->height - 1));
}

void TimelineView::paint_cursor(QPainter& painter) const {
  if (hasFocus()) {
    painter.setPen(palette().color(QPalette::Highlight));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
  }
  if (!cursor_ || cursor_->x() < kGutter) return;
  painter.setPen(faded(palette().color(QPalette::Text), 150));
  painter.drawLine(QPointF(cursor_->x(), kRuler), QPointF(cursor_->x(), height()));
  const double at = model_.to_axis(cursor_->x() - kGutter);
  const QString text = model_.mode() == AxisMode::step
                           ? QString::fromStdString(count_text(static_cast<std::uint64_t>(std::max(0.0, at)) + 1))
                           : QString::fromStdString(time_text(at, 6));
  QRectF box = painter.fontMetrics().boundingRect(text).adjusted(-4, -1, 4, 1);
  box.moveTopLeft(QPointF(std::min(cursor_->x() + 4, width() - box.width()), kRuler - box.height() - 1));
  painter.fillRect(box, palette().color(QPalette::ToolTipBase));
  painter.setPen(palette().color(QPalette::ToolTipText));
  painter.drawText(box, Qt::AlignCenter, text);
}

}  // namespace tulkki::timeline
