// SPDX-License-Identifier: GPL-3.0-or-later
// Paints the strips of all rows in view into an image, scan line by scan line: cost goes with the pixels and with the
// calls in view up to a limit, never with the length of the trace.
#pragma once

#include <QImage>
#include <QPalette>
#include <cstdint>
#include <memory>
#include <vector>

#include "viewer/timeline/timeline_model.h"

namespace tulkki::timeline {

// A view that costs no more is drawn call by call; above, the pyramid is drawn. The unit is the cost of drawing a call.
inline constexpr std::uint32_t kMostExactCost = 300'000;

struct PaintReport {
  std::uint64_t calls = 0;  // in view, of the rows in view; counted only as far as the limit
  std::uint64_t cost = 0;   // of drawing them one by one: above the limit, at least that
  bool exact = false;
};

class StripPainter {
 public:
  // `image`: in device pixels, of the size of the model's view times `scale`.
  PaintReport paint(QImage& image, const TimelineModel& model, const QPalette& palette, double scale,
                    std::uint64_t most_exact_cost = kMostExactCost);

 private:
  // What is known of a run's procedures, made once for a store and a theme.
  struct RunLook {
    std::shared_ptr<const trace::TraceStore> store;
    bool dark = false;
    std::vector<QRgb> colors;
    std::vector<std::uint8_t> usual_log;  // median of the durations
  };
  struct Job {
    const Row* row;
    int top, height;  // device pixels, clipped to the image
    int full_height;
  };
  // What one column of a row shows.
  struct Column {
    QRgb mpi = 0, program = 0;
    int mpi_share = 0, busy_share = 0;
    int unusual = 0;  // 0: no mark; to 255: as long as can be
  };
  struct Colors {
    QRgb background = 0, program = 0, mark = 0;
  };
  const RunLook& look(std::size_t run, const Run& of, bool dark);
  std::vector<Column> columns(const TimelineModel& model, const Job& job, std::size_t width, bool exact,
                              const Colors& colors) const;
  void paint_row(QImage& image, const TimelineModel& model, const Job& job, bool exact, const Colors& colors) const;

  std::vector<RunLook> looks_;
};

}  // namespace tulkki::timeline
