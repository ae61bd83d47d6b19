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

// Up to so many calls in view each is drawn itself; above, the pyramid is.
inline constexpr std::uint64_t kMostExactCalls = 200'000;

struct PaintReport {
  std::uint64_t calls = 0;  // in view, of the rows in view
  bool exact = false;
};

class StripPainter {
 public:
  // `image`: in device pixels, of the size of the model's view times `scale`.
  PaintReport paint(QImage& image, const TimelineModel& model, const QPalette& palette, double scale,
                    std::uint64_t most_exact_calls = kMostExactCalls);

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
  const RunLook& look(std::size_t run, const Run& of, bool dark);
  void paint_row(QImage& image, const TimelineModel& model, const Job& job, bool exact, QRgb background,
                 bool dark) const;

  std::vector<RunLook> looks_;
};

}  // namespace tulkki::timeline
