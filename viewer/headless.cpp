// SPDX-License-Identifier: GPL-3.0-or-later
// Figures and pictures of the window on the offscreen platform.
#include <QApplication>
#include <QDeadlineTimer>
#include <QFileInfo>
#include <QPixmap>
#include <QStatusBar>
#include <QThread>
#include <algorithm>
#include <cstdio>
#include <fmt/core.h>

#include "viewer/analysis/near_name.h"
#include "viewer/model/session.h"
#include "viewer/pages/shell.h"
#include "viewer/plot/export.h"
#include "viewer/plot/figure_json.h"
#include "viewer/start.h"
#include "viewer/timeline/timeline_page.h"
#include "viewer/trace/search.h"

namespace tulkki {
namespace {

constexpr int kPatienceMs = 120'000;
constexpr const char* kNotReady = "the page was not ready after two minutes";

// Until the page has its content; false when it takes too long.
bool settle(const Shell& shell) {
  const QDeadlineTimer deadline(kPatienceMs);
  int quiet_rounds = 0;
  while (!deadline.hasExpired()) {
    QApplication::processEvents(QEventLoop::AllEvents, 20);
    quiet_rounds = shell.is_settled() ? quiet_rounds + 1 : 0;
    if (quiet_rounds > 5) return true;
    QThread::msleep(5);
  }
  return false;
}

// Why the call that was looked for is not shown; empty when it is.
std::string show_hit(const Shell& shell, const QString& search) {
  auto* page = shell.page_widget("timeline")->findChild<timeline::TimelinePage*>();
  if (const auto parsed = trace::Search::parse(search.toStdString()); !parsed) return parsed.message();
  const auto& runs = page->view().model().runs();
  if (std::none_of(runs.begin(), runs.end(), [](const auto& run) { return run.store != nullptr; }))
    return "there is no trace to search: none of the runs that are shown has one";
  page->search(search);
  const QDeadlineTimer deadline(kPatienceMs);
  while (page->is_searching() && !deadline.hasExpired()) QApplication::processEvents(QEventLoop::AllEvents, 20);
  const timeline::Place hit = page->view().selected();
  if (page->is_searching()) return "the search did not end within two minutes";
  if (!hit.valid()) return page->search_answer().toStdString();
  constexpr double kRoom = 12;  // lengths of the call on each side: what led to it is seen
  page->view().show_around(hit, kRoom);
  return settle(shell) ? "" : kNotReady;
}

}  // namespace

int write_figure(const ViewOptions& options) {
  Result<plot::FigureSpec> figure = plot::read_figure(options.figure);
  if (!figure) return failed(kFailed, figure.message());
  const std::string folder = QFileInfo(QString::fromStdString(options.figure)).path().toStdString();
  Result<plot::FigureSpec> resolved = resolve_figure(*figure, folder, options.databases);
  if (!resolved) return failed(kFailed, options.figure + ": " + resolved.message());
  const Result<void> done = plot::export_figure(*resolved, options.out, options.dpi);
  return done ? 0 : failed(kFailed, done.message());
}

int write_screenshot(const ViewOptions& options, const Start& start) {
  const QStringList size = QString::fromStdString(options.size).split('x');
  const int width = size.value(0).toInt(), height = size.value(1).toInt();
  if (size.size() != 2 || width < 200 || height < 150 || width > 20000 || height > 20000) {
    return failed(kWrongUse, "--size " + options.size + ": write it as 1280x800");
  }
  Session session;
  session.set_state(start.state);
  Shell shell(session);
  shell.keep_state(false);
  const QString page = options.page.empty() ? QStringLiteral("compare") : QString::fromStdString(options.page);
  if (!shell.page_names().contains(page)) {
    std::vector<std::string> names;
    for (const QString& name : shell.page_names()) names.push_back(name.toStdString());
    return failed(kWrongUse, "--page: " + no_such("page", options.page, names));
  }
  shell.resize(width, height);
  shell.show();
  shell.open(start.paths);
  if (!settle(shell)) return failed(kFailed, kNotReady);
  shell.show_page(page);
  if (!settle(shell)) return failed(kFailed, kNotReady);
  if (!options.find.empty()) {
    const std::string obstacle = show_hit(shell, QString::fromStdString(options.find));
    if (!obstacle.empty()) return failed(kFailed, "--find '" + options.find + "': " + obstacle);
  }
  const QPixmap picture = shell.grab();
  const QString path = QString::fromStdString(options.screenshot);
  return picture.save(path) ? 0 : failed(kFailed, "cannot write " + options.screenshot + ": give a path that ends in .png, in a folder that exists");
}

}  // namespace tulkki
