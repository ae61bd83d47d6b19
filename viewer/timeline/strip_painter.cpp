// SPDX-License-Identifier: GPL-3.0-or-later
// A column of a row: from below, the share of MPI in the colour of the procedure that dominates; above it, where the
// program itself is recorded, its colour; at the top a dark mark where a call takes far longer than its kind does.
#include "viewer/timeline/strip_painter.h"

#include <QSemaphore>
#include <QThreadPool>
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

#include "storage/histogram.h"
#include "viewer/timeline/procedure_colors.h"

namespace tulkki::timeline {

namespace {

constexpr int kUnusualSteps = 16;  // quarters of octaves above the median: 16 times as long
constexpr std::uint64_t kLocationCost = 20;  // to look for the calls of a location costs as much as to draw so many
constexpr int kLowRow = 6;         // device pixels; below, the share is shown as strength and not as height

QRgb mixed(QRgb a, QRgb b, int share) {  // share of b, of 256
  const auto mix = [&](int x, int y) { return x + (y - x) * share / 256; };
  return qRgb(mix(qRed(a), qRed(b)), mix(qGreen(a), qGreen(b)), mix(qBlue(a), qBlue(b)));
}

// visit(n) for each n below `count`, by as many threads as pay.
template <class Visit>
void for_each_job(std::size_t count, Visit&& visit) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t n; (n = next.fetch_add(1)) < count;)
      visit(n);
  };
  QThreadPool& pool = *QThreadPool::globalInstance();
  const int workers = std::clamp(static_cast<int>(count) / 8, 0, pool.maxThreadCount() - 1);
  QSemaphore done;
  int started = 0;
  for (int n = 0; n < workers; ++n) {
    const bool taken = pool.tryStart([&] {
      work();
      done.release();
    });
    started += taken ? 1 : 0;
  }
  work();
  done.acquire(started);
}

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

std::vector<StripPainter::Column> StripPainter::columns(const TimelineModel& model, const Job& job, std::size_t width,
                                                        bool exact, const Colors& colors) const {
  const RunLook& look = looks_[job.row->run];
  const trace::TraceStore& store = *look.store;
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
  std::vector<Column> columns(width);
  for (std::size_t x = 0; x < width; ++x) {
    const trace::Cell& cell = cells[x];
    if (cell.procedure >= procedures) continue;
    Column& column = columns[x];
    column.mpi_share = cell.mpi_share;
    column.busy_share = std::max(cell.busy_share, cell.mpi_share);
    column.mpi = look.colors[cell.procedure];
    column.program = cell.mpi_share == 0 ? look.colors[cell.procedure] : colors.program;
    if (cell.longest_procedure >= procedures) continue;
    const int over = cell.longest_log - look.usual_log[cell.longest_procedure] - kUnusualSteps;
    if (over >= 0) column.unusual = std::min(255, 110 + over * 6);
  }
  return columns;
}

void StripPainter::paint_row(QImage& image, const TimelineModel& model, const Job& job, bool exact,
                             const Colors& colors) const {
  const auto width = static_cast<std::size_t>(image.width());
  const std::vector<Column> columns = this->columns(model, job, width, exact, colors);
  const int gap = job.full_height >= 8 ? 1 : 0, full = job.full_height - gap;
  const int mark_height = std::clamp(full / 6, 1, 3);
  QRgb* first = nullptr;
  const int row_top = static_cast<int>(std::lround((job.row->y - model.view().top) * image.height() / model.height()));
  for (int y = job.top; y < job.top + job.height; ++y) {
    auto* line = reinterpret_cast<QRgb*>(image.bits() + static_cast<std::ptrdiff_t>(y) * image.bytesPerLine());
    const int inside = y - row_top;
    if (inside >= full) {
      std::fill(line, line + width, colors.background);
      continue;
    }
    if (full < kLowRow && first != nullptr) {  // all lines of a low row are alike
      std::memcpy(line, first, width * sizeof(QRgb));
      continue;
    }
    const int level = 255 * (full - inside) / std::max(1, full);  // what reaches up to this line
    const bool marks = inside < mark_height || full < kLowRow;
    for (std::size_t x = 0; x < width; ++x) {
      const Column& column = columns[x];
      QRgb color = colors.background;
      if (full < kLowRow) {
        if (column.busy_share > 0) color = mixed(color, column.program, 60 + column.busy_share * 196 / 255);
        if (column.mpi_share > 0) color = mixed(color, column.mpi, 70 + column.mpi_share * 186 / 255);
      } else if (column.mpi_share > 0 && (column.mpi_share >= level || inside == full - 1)) {
        color = column.mpi;
      } else if (column.busy_share > 0 && column.busy_share >= level) {
        color = column.program;
      }
      if (marks && column.unusual > 0) color = mixed(color, colors.mark, column.unusual);
      line[x] = color;
    }
    first = line;
  }
}

PaintReport StripPainter::paint(QImage& image, const TimelineModel& model, const QPalette& palette, double scale,
                                std::uint64_t most_exact_cost) {
  PaintReport report;
  const bool dark = palette.color(QPalette::Base).lightness() < 128;
  const Colors colors{palette.color(QPalette::Base).rgb(), dark ? qRgb(84, 86, 92) : qRgb(216, 217, 222),
                      dark ? qRgb(255, 255, 255) : qRgb(0, 0, 0)};
  image.fill(colors.background);
  std::vector<Job> jobs;
  for (const Row& row : model.rows()) {
    if (row.header) continue;
    const int top = static_cast<int>(std::lround((row.y - model.view().top) * scale));
    const int bottom = static_cast<int>(std::lround((row.y + row.height - model.view().top) * scale));
    const int clipped_top = std::max(0, top), clipped_bottom = std::min(image.height(), bottom);
    if (clipped_bottom <= clipped_top) continue;
    look(row.run, model.runs()[row.run], dark);
    jobs.push_back({&row, clipped_top, clipped_bottom - clipped_top, bottom - top});
  }
  std::atomic<std::uint64_t> calls = 0, cost = 0;
  for_each_job(jobs.size(), [&](std::size_t n) {
    if (cost.load(std::memory_order_relaxed) > most_exact_cost) return;
    const Row& row = *jobs[n].row;
    const trace::TraceStore& store = *model.runs()[row.run].store;
    const std::uint32_t first = row.grouped ? store.groups()[row.index].first_location : row.index;
    const std::uint32_t last = row.grouped ? store.groups()[row.index].last_location : row.index + 1;
    const std::uint64_t in_row = calls_in(store, first, last, model.window(row.run));
    calls += in_row;
    cost += in_row + kLocationCost * (last - first);
  });
  report.calls = calls;
  report.cost = cost;
  report.exact = report.cost <= most_exact_cost;
  image.bits();  // detaches here, once, and not in the workers
  for_each_job(jobs.size(), [&](std::size_t n) { paint_row(image, model, jobs[n], report.exact, colors); });
  return report;
}

}  // namespace tulkki::timeline
