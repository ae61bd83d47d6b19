// SPDX-License-Identifier: GPL-3.0-or-later
// A column of a row: from below, the share of MPI in the colour of the procedure that dominates; above it, where the
// program itself is recorded, its colour; at the top a dark mark where a call takes far longer than its kind does.
#include "viewer/timeline/strip_painter.h"

#include <QSemaphore>
#include <QThreadPool>
#include <algorithm>
#include <cmath>
#include <cstring>

#include "storage/histogram.h"
#include "viewer/timeline/procedure_colors.h"

namespace tulkki::timeline {

namespace {

constexpr int kUnusualSteps = 16;  // quarters of octaves above the median: 16 times as long
constexpr int kLowRow = 6;         // device pixels; below, the share is shown as strength and not as height

QRgb mixed(QRgb a, QRgb b, int share) {  // share of b, of 256
  const auto mix = [&](int x, int y) { return x + (y - x) * share / 256; };
  return qRgb(mix(qRed(a), qRed(b)), mix(qGreen(a), qGreen(b)), mix(qBlue(a), qBlue(b)));
}

// What one column shows.
struct Column {
  QRgb mpi = 0, program = 0;
  int mpi_share = 0, busy_share = 0;
  int unusual = 0;  // 0: no mark; to 255: as long as can be
};

}  // namespace

const StripPainter::RunLook& StripPainter::look(std::size_t run, const Run& of, bool dark) {
  if (looks_.size() <= run) looks_.resize(run + 1);
  RunLook& look = looks_[run];
  if (look.store == of.store && look.dark == dark) return look;
  look.store = of.store;
  look.dark = dark;
  look.colors = procedure_colors(of.store->definitions(), dark);
  look.usual_log.clear();
  for (const trace::Procedure& procedure : of.store->definitions().procedures) {
    const Result<Histogram> histogram = Histogram::decode(procedure.histogram);
    const double median = histogram ? histogram->quantile_ns(0.5) : 0;
    look.usual_log.push_back(trace::duration_log(static_cast<std::uint64_t>(std::max(1.0, median))));
  }
  return look;
}

void StripPainter::paint_row(QImage& image, const TimelineModel& model, const Job& job, bool exact, QRgb background,
                             bool dark) const {
  const RunLook& look = looks_[job.row->run];
  const trace::TraceStore& store = *look.store;
  const auto width = static_cast<std::size_t>(image.width());
  std::vector<trace::Cell> cells(width);
  const trace::Window window = model.window(job.row->run);
  if (job.row->grouped) {
    exact ? draw_calls(store, store.groups()[job.row->index], window, cells)
          : draw_pyramid(store.group_row(job.row->index), window, cells);
  } else if (exact) {
    draw_calls(store, job.row->index, window, cells);
  } else {
    draw_pyramid(window.steps ? store.step_row(job.row->index) : store.location_row(job.row->index), window, cells);
  }
  const auto procedures = static_cast<std::uint16_t>(look.colors.size());
  const QRgb program_color = dark ? qRgb(84, 86, 92) : qRgb(216, 217, 222);
  std::vector<Column> columns(width);
  for (std::size_t x = 0; x < width; ++x) {
    const trace::Cell& cell = cells[x];
    if (cell.procedure >= procedures) continue;
    Column& column = columns[x];
    column.mpi_share = cell.mpi_share;
    column.busy_share = std::max(cell.busy_share, cell.mpi_share);
    column.mpi = look.colors[cell.procedure];
    column.program = cell.mpi_share == 0 ? look.colors[cell.procedure] : program_color;
    if (cell.longest_procedure >= procedures) continue;
    const int over = cell.longest_log - look.usual_log[cell.longest_procedure] - kUnusualSteps;
    if (over >= 0) column.unusual = std::min(255, 110 + over * 6);
  }
  const QRgb mark = dark ? qRgb(255, 255, 255) : qRgb(0, 0, 0);
  const int gap = job.full_height >= 8 ? 1 : 0, full = job.full_height - gap;
  const int mark_height = std::clamp(full / 6, 1, 3);
  QRgb* first = nullptr;
  int first_line = -1;
  const int row_top = static_cast<int>(std::lround((job.row->y - model.view().top) * image.height() / model.height()));
  for (int y = job.top; y < job.top + job.height; ++y) {
    auto* line = reinterpret_cast<QRgb*>(image.bits() + static_cast<std::ptrdiff_t>(y) * image.bytesPerLine());
    const int inside = y - row_top;
    if (inside >= full) {
      std::fill(line, line + width, background);
      continue;
    }
    if (full < kLowRow && first != nullptr && first_line >= 0) {  // all lines of a low row are alike
      std::memcpy(line, first, width * sizeof(QRgb));
      continue;
    }
    const int level = 255 * (full - inside) / std::max(1, full);  // what reaches up to this line
    const bool marks = inside < mark_height || full < kLowRow;
    for (std::size_t x = 0; x < width; ++x) {
      const Column& column = columns[x];
      QRgb color = background;
      if (full < kLowRow) {
        if (column.busy_share > 0) color = mixed(background, column.program, 60 + column.busy_share * 196 / 255);
        if (column.mpi_share > 0) color = mixed(color, column.mpi, 70 + column.mpi_share * 186 / 255);
      } else if (column.mpi_share > 0 && (column.mpi_share >= level || inside == full - 1)) {
        color = column.mpi;
      } else if (column.busy_share > 0 && column.busy_share >= level) {
        color = column.program;
      }
      if (marks && column.unusual > 0) color = mixed(color, mark, column.unusual);
      line[x] = color;
    }
    first = line;
    first_line = y;
  }
}

PaintReport StripPainter::paint(QImage& image, const TimelineModel& model, const QPalette& palette, double scale,
                                std::uint64_t most_exact_calls) {
  PaintReport report;
  const bool dark = palette.color(QPalette::Base).lightness() < 128;
  const QRgb background = palette.color(QPalette::Base).rgb();
  image.fill(background);
  std::vector<Job> jobs;
  for (const Row& row : model.rows()) {
    if (row.header) continue;
    const int top = static_cast<int>(std::lround((row.y - model.view().top) * scale));
    const int bottom = static_cast<int>(std::lround((row.y + row.height - model.view().top) * scale));
    const int clipped_top = std::max(0, top), clipped_bottom = std::min(image.height(), bottom);
    if (clipped_bottom <= clipped_top) continue;
    look(row.run, model.runs()[row.run], dark);
    jobs.push_back({&row, clipped_top, clipped_bottom - clipped_top, bottom - top});
    const trace::TraceStore& store = *model.runs()[row.run].store;
    const std::uint32_t first = row.grouped ? store.groups()[row.index].first_location : row.index;
    const std::uint32_t last = row.grouped ? store.groups()[row.index].last_location : row.index + 1;
    if (report.calls <= most_exact_calls) report.calls += calls_in(store, first, last, model.window(row.run));
  }
  report.exact = report.calls <= most_exact_calls;
  const int workers =
      std::clamp(static_cast<int>(jobs.size()) / 8, 0, QThreadPool::globalInstance()->maxThreadCount() - 1);
  image.bits();  // detaches here, once, and not in the workers
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t n; (n = next.fetch_add(1)) < jobs.size();)
      paint_row(image, model, jobs[n], report.exact, background, dark);
  };
  QSemaphore done;
  int started = 0;
  for (int n = 0; n < workers; ++n) {
    started += QThreadPool::globalInstance()->tryStart([&] {
      work();
      done.release();
    })
                   ? 1
                   : 0;
  }
  work();
  done.acquire(started);
  return report;
}

}  // namespace tulkki::timeline
