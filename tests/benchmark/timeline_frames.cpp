// SPDX-License-Identifier: GPL-3.0-or-later
// How long the timeline takes for a frame while one zooms and pans: timeline_frames ARCHIVE [WIDTHxHEIGHT [MOTION]]
// MOTION: part of the name of the only motions to measure.
// Paints the real widget into an image; prints median and 99th percentile of wall and processor time, and memory.
#include <QApplication>
#include <QImage>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "viewer/timeline/timeline_view.h"
#include "viewer/trace/index.h"

namespace {

using tulkki::timeline::TimelineModel;
using tulkki::timeline::TimelineView;

double seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double memory_mb(const char* field) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word == field && status >> word) return std::strtod(word.c_str(), nullptr) / 1e3;
  }
  return 0;
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

struct Figures {
  std::vector<double> wall_ms, cpu_ms;
  std::size_t exact = 0;

  void frame(TimelineView& view, QImage& image) {
    const double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    view.render(&image, {}, {}, QWidget::DrawWindowBackground);
    wall_ms.push_back((seconds(CLOCK_MONOTONIC) - wall) * 1e3);
    cpu_ms.push_back((seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e3);
    exact += view.last_paint().exact ? 1 : 0;
  }
  void print(const char* what, double rest_ms) const {
    std::printf("| %-34s | %4zu | %6.1f | %6.1f | %6.1f | %6.1f | %3.0f %% | %6.1f |\n", what, wall_ms.size(),
                quantile(wall_ms, 0.5), quantile(wall_ms, 0.99), quantile(cpu_ms, 0.5), quantile(cpu_ms, 0.99),
                100.0 * static_cast<double>(exact) / static_cast<double>(wall_ms.size()), rest_ms);
  }
};

QString only;

// The picture as it becomes when the view rests.
double rest_ms(TimelineView& view) {
  while (view.is_gathering())
    QApplication::processEvents(QEventLoop::WaitForMoreEvents);
  QApplication::processEvents();
  return view.last_paint_ms();
}

void measure(const char* what, TimelineView& view, QImage& image, int frames, const std::function<void(int)>& move) {
  if (!QString(what).contains(only)) return;
  Figures figures;
  for (int n = 0; n < frames; ++n) {
    move(n);
    view.changed();
    figures.frame(view, image);
  }
  figures.print(what, rest_ms(view));
}

void run(TimelineView& view, QImage& image) {
  TimelineModel& model = view.model();
  constexpr int kFrames = 200;
  const double middle = (model.first() + model.last()) * 0.43;
  const auto zoom_in_and_out = [&](int n) { model.zoom(n < kFrames / 2 ? 0.9 : 1 / 0.9, middle); };
  const auto pan_at = [&](double share) {
    model.fit();
    const double length = model.last() - model.first();
    model.show(model.first() + length * 0.2, model.first() + length * (0.2 + share));
    return [&model, length, share](int n) { model.pan((n % 2 == 0 ? 1 : 0.9) * length * std::min(0.02, share * 0.1)); };
  };
  std::printf(
      "| what | frames | wall median ms | p99 | CPU median ms | p99 | exact | at rest ms |\n"
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
  model.fit();
  measure("zoom, all ranks", view, image, kFrames, zoom_in_and_out);
  measure("pan at 1/2, all ranks", view, image, kFrames / 2, pan_at(0.5));
  measure("pan at 1/20, all ranks", view, image, kFrames / 2, pan_at(0.05));
  measure("pan at 1/1000, all ranks", view, image, kFrames / 2, pan_at(0.001));
  measure("pan at 1/20000, all ranks", view, image, kFrames / 2, pan_at(0.00005));
  model.fit();
  model.scale_rows(8);  // ranks, of which some are in view
  measure("zoom, rows of ranks", view, image, kFrames, zoom_in_and_out);
  measure("scroll, rows of ranks", view, image, kFrames / 2, [&](int) { model.scroll(37); });
}

}  // namespace

int main(int count, char** arguments) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication app(count, arguments);
  if (count < 2) return std::fprintf(stderr, "usage: timeline_frames ARCHIVE [WIDTHxHEIGHT [MOTION]]\n"), 2;
  const QStringList size = QString(count > 2 ? arguments[2] : "1600x1000").split('x');
  if (count > 3) only = arguments[3];
  const double begin = seconds(CLOCK_MONOTONIC);
  const auto store = tulkki::trace::open_trace(arguments[1]);
  if (!store) return std::fprintf(stderr, "%s\n", store.message().c_str()), 1;
  const double opened = seconds(CLOCK_MONOTONIC);
  TimelineView view;
  view.resize(size.value(0).toInt(), size.value(1).toInt());
  view.set_show_messages(false);  // they come from another thread, after the frame
  view.set_runs({{"run", *store}});
  QImage image(view.size(), QImage::Format_RGB32);
  view.show();
  view.fit();
  view.render(&image, {}, {}, QWidget::DrawWindowBackground);
  const double shown = seconds(CLOCK_MONOTONIC);
  std::printf("%s: %llu calls, %zu ranks and threads; opened in %.3f s, first picture after %.3f s\n\n", arguments[1],
              static_cast<unsigned long long>((*store)->definitions().calls), (*store)->definitions().locations.size(),
              opened - begin, shown - begin);
  run(view, image);
  std::printf("\nmemory: %.1f MB, and %.1f MB of mapped files in use\n", memory_mb("RssAnon:"), memory_mb("RssFile:"));
  return 0;
}
