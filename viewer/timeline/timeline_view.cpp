// SPDX-License-Identifier: GPL-3.0-or-later
// State of the view and what follows from a change of it; painting and input have files of their own.
#include "viewer/timeline/timeline_view.h"

#include <QAccessible>
#include <QPointer>
#include <QThreadPool>
#include <algorithm>
#include <atomic>
#include <limits>

#include "viewer/timeline/call_details.h"
#include "viewer/timeline/time_axis.h"

namespace tulkki::timeline {

namespace {

constexpr int kSettleMs = 60;
constexpr std::size_t kMostBands = 12;
constexpr int kPointerPixels = 3;  // how near is near enough

}  // namespace

TimelineView::TimelineView(QWidget* parent)
    : QWidget(parent), generation_(std::make_shared<std::atomic<std::uint64_t>>(0)) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setAttribute(Qt::WA_OpaquePaintEvent);
  grabGesture(Qt::PinchGesture);
  setAccessibleName(tr("Timeline"));
  settle_.setSingleShot(true);
  settle_.setInterval(kSettleMs);
  connect(&settle_, &QTimer::timeout, this, [this] {
    if (!last_paint_.exact) update();
    gather_messages();
  });
}

TimelineView::~TimelineView() { generation_->fetch_add(1); }

void TimelineView::set_runs(std::vector<Run> runs) {
  if (selected_.run >= runs.size()) selected_ = {};
  model_.set_runs(std::move(runs));
  messages_.assign(model_.runs().size(), {});
  changed();
}

void TimelineView::set_mode(AxisMode mode) {
  area_.reset();
  model_.set_mode(mode);
  changed();
}

void TimelineView::set_show_messages(bool show) {
  show_messages_ = show;
  changed();
}

void TimelineView::set_marks(std::size_t run, std::vector<trace::CallRef> calls) {
  marked_run_ = run;
  marks_ = std::move(calls);
  update();
}

void TimelineView::changed() {
  generation_->fetch_add(1);
  gathering_ = 0;
  for (trace::MessageView& view : messages_)
    view = {};
  settle_.start();
  update();
  emit view_changed();
}

std::vector<std::pair<std::size_t, std::size_t>> TimelineView::bands(std::size_t run) const {
  std::vector<std::size_t> seen;
  for (std::size_t n = 0; n < model_.rows().size(); ++n) {
    const Row& row = model_.rows()[n];
    if (row.run != run || row.header) continue;
    if (row.y + row.height > model_.view().top && row.y < model_.view().top + model_.height()) seen.push_back(n);
  }
  std::vector<std::pair<std::size_t, std::size_t>> bands;
  const std::size_t size = (seen.size() + kMostBands - 1) / kMostBands;
  for (std::size_t n = 0; n < seen.size(); n += size)
    bands.emplace_back(seen[n], seen[std::min(seen.size(), n + size) - 1]);
  return bands;
}

// Lines or bundles of the rows in view, on a worker: of many messages they take longer than a frame.
void TimelineView::gather_messages() {
  if (!show_messages_ || model_.mode() == AxisMode::step) return;
  for (std::size_t run = 0; run < model_.runs().size(); ++run) {
    const std::shared_ptr<const trace::TraceStore> store = model_.runs()[run].store;
    if (store == nullptr || !store->complete()) continue;
    std::vector<trace::RowRange> rows;
    for (const auto& [first, last] : bands(run)) {
      const Row &top = model_.rows()[first], &bottom = model_.rows()[last];
      rows.push_back(top.grouped ? trace::RowRange{store->groups()[top.index].first_location,
                                                   store->groups()[bottom.index].last_location}
                                 : trace::RowRange{top.index, bottom.index + 1});
    }
    const trace::Window window = model_.window(run);
    const std::uint64_t wanted = generation_->load();
    const auto begin = static_cast<std::uint64_t>(std::max(0.0, window.begin));
    const auto end = static_cast<std::uint64_t>(std::max(0.0, window.end));
    ++gathering_;
    QThreadPool::globalInstance()->start(
        [self = QPointer<TimelineView>(this), generation = generation_, wanted, run, store, rows, begin, end] {
          if (generation->load() != wanted) return;
          trace::MessageView view = trace::messages_in(*store, rows, begin, end);
          if (generation->load() != wanted) return;
          QMetaObject::invokeMethod(
              qApp,
              [self, generation, wanted, run, view = std::move(view)] {
                if (self.isNull() || generation->load() != wanted) return;
                --self->gathering_;
                if (run >= self->messages_.size()) return;
                self->messages_[run] = view;
                self->update();
              },
              Qt::QueuedConnection);
        });
  }
}

void TimelineView::resizeEvent(QResizeEvent*) {
  model_.set_view_size(width() - kGutter, height() - kRuler);
  changed();
}

void TimelineView::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) update();
  QWidget::changeEvent(event);
}

void TimelineView::zoom_about_centre(double factor) {
  model_.remember();
  model_.zoom(factor, cursor_ ? model_.to_axis(cursor_->x() - kGutter) : (model_.view().begin + model_.view().end) / 2);
  changed();
}

// To what is selected; without a selection, or when that is in view already, to everything.
void TimelineView::fit() {
  model_.remember();
  if (area_) {
    model_.show(area_->begin, area_->end);
    area_.reset();
    emit area_changed();
  } else {
    model_.fit();
  }
  changed();
}

void TimelineView::back() {
  if (model_.back()) changed();
}

void TimelineView::select(Place place, bool reveal) {
  selected_ = place;
  const bool known = place.valid() && place.run < model_.runs().size() && model_.runs()[place.run].store != nullptr;
  if (known && reveal) {
    const bool steps = model_.mode() == AxisMode::step;
    const trace::Call call = model_.runs()[place.run].store->call(place.call);
    const double begin =
        (steps ? static_cast<double>(place.call.call) : static_cast<double>(call.start_ns)) - model_.origin(place.run);
    const double length = steps ? 1 : static_cast<double>(call.duration_ns);
    const double width = model_.view().end - model_.view().begin;
    if (begin < model_.view().begin || begin + length > model_.view().end) {
      const double shown = std::max(width, length * 1.2);
      model_.show(begin + length / 2 - shown / 2, begin + length / 2 + shown / 2);
    }
    if (const Row* row = model_.row_of(place.run, place.call.location)) model_.show_row(*row);
    changed();
  }
  update();
  tell_accessibility();
  emit selection_changed();
}

// The next call on the row of the selected one, or the first in view.
void TimelineView::step_call(bool forward) {
  if (selected_.valid() && selected_.run < model_.runs().size() && model_.runs()[selected_.run].store != nullptr) {
    const trace::TraceStore& store = *model_.runs()[selected_.run].store;
    const std::uint64_t calls = store.definitions().locations[selected_.call.location].calls;
    Place next = selected_;
    if (forward && next.call.call + 1 < calls) ++next.call.call;
    if (!forward && next.call.call > 0) --next.call.call;
    return select(next, true);
  }
  for (const Row& row : model_.rows()) {
    if (row.header || row.y + row.height <= model_.view().top) continue;
    const trace::TraceStore& store = *model_.runs()[row.run].store;
    const std::uint32_t location = row.grouped ? store.groups()[row.index].first_location : row.index;
    const double begin = std::max(0.0, model_.window(row.run).begin);
    const std::uint64_t call = model_.mode() == AxisMode::step
                                   ? static_cast<std::uint64_t>(begin)
                                   : store.calls_before(location, static_cast<std::uint64_t>(begin));
    if (call < store.definitions().locations[location].calls) return select({row.run, {location, call}}, true);
  }
}

// From rank to rank, at the same moment.
void TimelineView::select_row(int by) {
  if (!selected_.valid()) return step_call(true);
  const trace::TraceStore& store = *model_.runs()[selected_.run].store;
  const auto count = static_cast<std::int64_t>(store.definitions().locations.size());
  const trace::Call call = store.call(selected_.call);
  for (std::int64_t location = std::int64_t{selected_.call.location} + by; location >= 0 && location < count;
       location += by) {
    const auto at = static_cast<std::uint32_t>(location);
    const std::uint64_t calls = store.definitions().locations[at].calls;
    if (calls == 0) continue;
    const std::uint64_t before = store.calls_before(at, call.start_ns + 1);
    const std::uint64_t found = model_.mode() == AxisMode::step ? std::min(selected_.call.call, calls - 1)
                                                                : std::min(before == 0 ? 0 : before - 1, calls - 1);
    return select({selected_.run, {at, found}}, true);
  }
}

Place TimelineView::place_at(QPointF at) const {
  if (at.x() < kGutter || at.y() < kRuler) return {};
  const Row* row = model_.row_at(at.y() - kRuler);
  if (row == nullptr || row->header || model_.runs()[row->run].store == nullptr) return {};
  const trace::TraceStore& store = *model_.runs()[row->run].store;
  const double x = model_.to_axis(at.x() - kGutter) + model_.origin(row->run);
  const double slack = kPointerPixels * (model_.view().end - model_.view().begin) / model_.width();
  if (!row->grouped) return {row->run, trace::call_at(store, row->index, x, slack, model_.mode() == AxisMode::step)};
  return {row->run, trace::longest_call(store, store.group_row(row->index), x - slack, x + slack)};
}

void TimelineView::hover(QPointF at) {
  cursor_ = at;
  QString text;
  if (const Place place = place_at(at); place.valid()) {
    text = QString::fromStdString(call_line(*model_.runs()[place.run].store, place.call));
    if (model_.runs().size() > 1) text = QString::fromStdString(model_.runs()[place.run].label) + ": " + text;
  } else if (const Row* row = at.y() >= kRuler ? model_.row_at(at.y() - kRuler) : nullptr;
             row != nullptr && !row->header) {
    text = QString::fromStdString(model_.row_name(*row)) + tr(": no recorded call here");
  }
  emit hovered(text);
  update();
}

void TimelineView::tell_accessibility() {
  QString text = tr("Strips of ranks over time.");
  if (selected_.valid() && model_.runs()[selected_.run].store != nullptr) {
    text = QString::fromStdString(call_line(*model_.runs()[selected_.run].store, selected_.call));
  }
  setAccessibleDescription(text);
  QAccessibleEvent event(this, QAccessible::DescriptionChanged);
  QAccessible::updateAccessibility(&event);
}

}  // namespace tulkki::timeline
