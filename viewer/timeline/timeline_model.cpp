// SPDX-License-Identifier: Apache-2.0
// Layout and clamping.
#include "viewer/timeline/timeline_model.h"

#include <algorithm>
#include <cmath>

namespace tulkki::timeline {

namespace {

constexpr double kClosestNs = 20, kClosestSteps = 4;  // widths of the closest view
constexpr std::size_t kMostHistory = 200;

// A thread that called nothing gets no row; a rank without calls does, since its absence says something.
bool has_row(const trace::TraceStore& store, const trace::Location& location) {
  return location.thread == 0 || location.calls != 0 || !store.complete();
}

double row_count(const trace::TraceStore& store) {
  double rows = 0;
  for (const trace::Location& location : store.definitions().locations)
    rows += has_row(store, location) ? 1 : 0;
  return rows;
}

}  // namespace

void TimelineModel::set_runs(std::vector<Run> runs) {
  const bool everything = view_.begin <= first_ && view_.end >= last_;
  runs_ = std::move(runs);
  measure();
  layout();
  if (everything) fit();
  clamp();
}

void TimelineModel::set_mode(AxisMode mode) {
  mode_ = mode;
  history_.clear();
  measure();
  fit();
}

double TimelineModel::origin(std::size_t run) const {
  if (mode_ == AxisMode::step || run >= runs_.size() || runs_[run].store == nullptr) return 0;
  const trace::Definitions& model = runs_[run].store->definitions();
  return static_cast<double>(mode_ == AxisMode::wall_clock ? model.first_ns : model.first_communication_ns);
}

trace::Window TimelineModel::window(std::size_t run) const {
  const double zero = origin(run);
  return {view_.begin + zero, view_.end + zero, mode_ == AxisMode::step};
}

// In the mode "first communication" the initialization lies at negative times: there, but not in the first view.
void TimelineModel::measure() {
  first_ = 0;
  last_ = 1;
  for (std::size_t run = 0; run < runs_.size(); ++run) {
    if (runs_[run].store == nullptr) continue;
    const trace::Definitions& model = runs_[run].store->definitions();
    if (mode_ == AxisMode::step) {
      for (const trace::Location& location : model.locations)
        last_ = std::max(last_, static_cast<double>(location.calls));
    } else {
      first_ = std::min(first_, static_cast<double>(model.first_ns) - origin(run));
      last_ = std::max(last_, static_cast<double>(model.last_ns) - origin(run));
    }
  }
}

void TimelineModel::set_view_size(double width, double height) {
  width_ = std::max(1.0, width);
  height_ = std::max(1.0, height);
  layout();
  clamp();
}

void TimelineModel::layout() {
  rows_.clear();
  double locations = 0;
  const double headers = runs_.size() > 1 ? kHeaderHeight * static_cast<double>(runs_.size()) : 0;
  for (const Run& run : runs_) {
    if (run.store != nullptr) locations += row_count(*run.store);
  }
  const double room = std::max(1.0, height_ - headers);
  const double wanted =
      view_.row_height > 0 ? view_.row_height : std::min(kHighestRow, room / std::max(1.0, locations));
  const bool grouped = wanted < kLeastRow && mode_ != AxisMode::step;
  double groups = 0;
  for (const Run& run : runs_) {
    if (run.store == nullptr) continue;
    const std::size_t count = run.store->groups().size();
    groups += grouped && count > 0 ? static_cast<double>(count) : row_count(*run.store);
  }
  double height = wanted;
  if (grouped) height = std::clamp(room / std::max(1.0, groups), kLeastRow, kHighestRow);
  height = std::max(height, kLeastRow);
  if (height >= 4) height = std::floor(height);  // whole pixels: rows of one height look even
  double y = 0;
  for (std::size_t run = 0; run < runs_.size(); ++run) {
    if (runs_.size() > 1) {
      rows_.push_back({run, true, false, 0, y, kHeaderHeight});
      y += kHeaderHeight;
    }
    if (runs_[run].store == nullptr) continue;
    const bool by_group = grouped && !runs_[run].store->groups().empty();
    const std::size_t count =
        by_group ? runs_[run].store->groups().size() : runs_[run].store->definitions().locations.size();
    for (std::size_t n = 0; n < count; ++n) {
      if (!by_group && !has_row(*runs_[run].store, runs_[run].store->definitions().locations[n])) continue;
      rows_.push_back({run, false, by_group, static_cast<std::uint32_t>(n), y, height});
      y += height;
    }
  }
  content_height_ = y;
}

void TimelineModel::clamp() {
  ++revision_;
  const double closest = mode_ == AxisMode::step ? kClosestSteps : kClosestNs;
  const double length = std::max(last_ - first_, closest), margin = length * 0.05;
  double width = std::clamp(view_.end - view_.begin, closest, length + 2 * margin);
  if (!std::isfinite(width)) width = length;
  if (!std::isfinite(view_.begin)) view_.begin = first_;
  view_.begin = std::clamp(view_.begin, first_ - margin, std::max(first_ - margin, last_ + margin - width));
  view_.end = view_.begin + width;
  view_.top = std::clamp(view_.top, 0.0, std::max(0.0, content_height_ - height_));
}

void TimelineModel::zoom(double factor, double at) {
  const double closest = mode_ == AxisMode::step ? kClosestSteps : kClosestNs;
  const double width = view_.end - view_.begin;
  factor = std::max(factor, closest / width);
  view_.begin = at - (at - view_.begin) * factor;
  view_.end = view_.begin + width * factor;
  clamp();
}

void TimelineModel::pan(double by) {
  const double most = 2 * (last_ - first_) + (view_.end - view_.begin);
  by = std::isfinite(by) ? std::clamp(by, -most, most) : 0;
  view_.begin += by;
  view_.end += by;
  clamp();
}

void TimelineModel::scroll(double pixels) {
  view_.top += pixels;
  clamp();
}

void TimelineModel::scale_rows(double factor) {
  double height = kHighestRow;
  for (const Row& row : rows_) {
    if (!row.header) height = row.grouped ? kLeastRow * 0.9 : row.height;
  }
  view_.row_height = std::clamp(height * factor, 1.0, 200.0);
  layout();
  clamp();
}

void TimelineModel::show(double begin, double end) {
  view_.begin = std::min(begin, end);
  view_.end = std::max(begin, end);
  clamp();
}

void TimelineModel::fit() {
  view_.row_height = 0;
  layout();
  // Leaves MPI_Init out, which is most of a short run, but keeps a little of it to see where it ends.
  const double begin = mode_ == AxisMode::first_communication ? std::max(first_, -0.02 * last_) : first_;
  show(begin, last_ + (last_ - begin) * 0.005);
}

void TimelineModel::remember() {
  if (!history_.empty() && history_.back() == view_) return;
  if (history_.size() == kMostHistory) history_.erase(history_.begin());
  history_.push_back(view_);
}

bool TimelineModel::back() {
  while (!history_.empty() && history_.back() == view_)
    history_.pop_back();
  if (history_.empty()) return false;
  view_ = history_.back();
  history_.pop_back();
  layout();
  clamp();
  return true;
}

const Row* TimelineModel::row_at(double y) const {
  const double at = y + view_.top;
  const auto after =
      std::upper_bound(rows_.begin(), rows_.end(), at, [](double value, const Row& row) { return value < row.y; });
  if (after == rows_.begin() || at >= (after - 1)->y + (after - 1)->height) return nullptr;
  return &*(after - 1);
}

const Row* TimelineModel::row_of(std::size_t run, std::uint32_t location) const {
  for (const Row& row : rows_) {
    if (row.run != run || row.header) continue;
    if (!row.grouped && row.index == location) return &row;
    if (!row.grouped) continue;
    const trace::RowGroup& group = runs_[run].store->groups()[row.index];
    if (location >= group.first_location && location < group.last_location) return &row;
  }
  return nullptr;
}

void TimelineModel::show_row(const Row& row) {
  if (row.y < view_.top) view_.top = row.y;
  if (row.y + row.height > view_.top + height_) view_.top = row.y + row.height - height_;
  clamp();
}

std::string TimelineModel::row_name(const Row& row) const {
  if (row.header || runs_[row.run].store == nullptr) return runs_[row.run].label;
  const trace::TraceStore& store = *runs_[row.run].store;
  if (row.grouped) return store.groups()[row.index].name;
  const trace::Location& location = store.definitions().locations[row.index];
  std::string name = "rank " + std::to_string(location.rank);
  if (location.thread != 0) name.append(1, '.').append(std::to_string(location.thread));
  return name;
}

}  // namespace tulkki::timeline
