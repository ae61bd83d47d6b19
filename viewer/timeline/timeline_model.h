// SPDX-License-Identifier: Apache-2.0
// What the timeline shows: runs under each other on one x axis, the part of it in view, rows and their height. Knows
// nothing of widgets, so that it is tested without.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "viewer/trace/picture.h"
#include "viewer/trace/store.h"

namespace tulkki::timeline {

enum class AxisMode : std::uint8_t {
  wall_clock,           // each run from its first call
  first_communication,  // each run from its first communication: what comes before is at negative times
  step,                 // by the number of the call on its rank
};

struct Run {
  std::string label;
  std::shared_ptr<const trace::TraceStore> store;  // null while nothing is known of it yet
};

struct Row {
  std::size_t run = 0;
  bool header = false;       // the label of a run, when there are several
  bool grouped = false;      // a node, or some ranks
  std::uint32_t index = 0;   // of the group or location
  double y = 0, height = 0;  // pixels from the top of the strips, scrolling not counted
};

struct View {
  double begin = 0, end = 1;  // x axis: nanoseconds or steps
  double top = 0;             // scrolled pixels
  double row_height = 0;      // pixels; 0: as the room allows
  bool operator==(const View&) const = default;
};

inline constexpr double kLeastRow = 3;     // below this many pixels rows are grouped
inline constexpr double kHighestRow = 44;  // rows do not grow beyond by themselves
inline constexpr double kHeaderHeight = 20;

class TimelineModel {
 public:
  void set_runs(std::vector<Run> runs);  // keeps the view where it makes sense
  const std::vector<Run>& runs() const { return runs_; }
  AxisMode mode() const { return mode_; }
  void set_mode(AxisMode mode);  // shows everything in the new mode

  const View& view() const { return view_; }
  // Another number whenever runs, mode, view or its size may have changed: what was drawn of this number is still right.
  std::uint64_t revision() const { return revision_; }
  double first() const { return first_; }  // ends of the x axis over all runs
  double last() const { return last_; }
  void set_view_size(double width, double height);
  double width() const { return width_; }
  double height() const { return height_; }

  // Changes of the view; each clamps. `remember`: Backspace returns to where one was before.
  void zoom(double factor, double at);  // keeps `at` where it is; factor < 1 shows less
  void pan(double by);                  // in units of the axis
  void scroll(double pixels);
  void scale_rows(double factor);
  void show(double begin, double end);
  void fit();
  void remember();
  bool back();

  double to_pixel(double x) const { return (x - view_.begin) / (view_.end - view_.begin) * width_; }
  double to_axis(double pixel) const { return view_.begin + pixel / width_ * (view_.end - view_.begin); }
  // From the common axis to the run's own nanoseconds or call numbers.
  double origin(std::size_t run) const;
  trace::Window window(std::size_t run) const;

  const std::vector<Row>& rows() const { return rows_; }
  double content_height() const { return content_height_; }
  const Row* row_at(double y) const;  // y in the view; null: none
  const Row* row_of(std::size_t run, std::uint32_t location) const;
  void show_row(const Row& row);  // scrolls so that it is in view
  std::string row_name(const Row& row) const;

 private:
  void measure();
  void layout();
  void clamp();

  std::vector<Run> runs_;
  AxisMode mode_ = AxisMode::first_communication;
  View view_;
  double width_ = 1, height_ = 1, first_ = 0, last_ = 1, content_height_ = 0;
  std::uint64_t revision_ = 0;
  std::vector<View> history_;
  std::vector<Row> rows_;
};

}  // namespace tulkki::timeline
