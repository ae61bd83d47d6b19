// SPDX-License-Identifier: GPL-3.0-or-later
// tulkki-viewer: the window, and the same without a display. The platform is chosen before Qt connects to anything.
#include <QApplication>
#include <QCoreApplication>
#include <QIcon>
#include <QSettings>
#include <cstdio>
#include <exception>
#include <fmt/core.h>

#include "viewer/model/session.h"
#include "viewer/pages/shell.h"
#include "viewer/pages/theme.h"
#include "viewer/start.h"

namespace tulkki {
namespace {

bool has_display() {
  const bool chosen = qEnvironmentVariableIsSet("QT_QPA_PLATFORM");
  return chosen || !qEnvironmentVariableIsEmpty("DISPLAY") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY");
}

void name_application() {
  QCoreApplication::setApplicationName("tulkki");
  QCoreApplication::setOrganizationName("tulkki");
}

int run_window(int argc, char** argv, const ViewOptions& options, const Start& start) {
  QApplication application(argc, argv);
  name_application();
  // As the package installs them; elsewhere the desktop has its own idea of an icon.
  QGuiApplication::setDesktopFileName("tulkki-viewer");
  QApplication::setWindowIcon(QIcon::fromTheme("tulkki"));
  const WindowTheme kept = theme_named(QSettings().value("theme").toString());
  apply_theme(application, options.theme == "system" ? kept : theme_named(QString::fromStdString(options.theme)));
  Session session;
  session.set_state(start.state);
  Shell shell(session);
  shell.restore();
  if (!start.chosen) shell.recall(start.paths);
  if (!options.page.empty()) shell.show_page(QString::fromStdString(options.page));
  shell.show();
  shell.open(start.paths);
  return QApplication::exec();
}

int run(int argc, char** argv) {
  ViewOptions options;
  if (const std::optional<int> code = parse_view_options(argc, argv, options)) return *code;
  if (!options.is_headless() && !has_display()) {
    fmt::print(stderr, "tulkki view: no display (DISPLAY and WAYLAND_DISPLAY are not set): log in with `ssh -X`, or use --figure, "
                       "--table or --screenshot, which need none\n");
    return 1;
  }
  const Result<Start> start = options.figure.empty() ? start_of(options) : Result<Start>(Start{});
  if (!start) {
    fmt::print(stderr, "tulkki view: {}\n", start.message());
    return 1;
  }
  if (!options.table.empty()) return write_table(options, *start);
  if (!options.is_headless()) return run_window(argc, argv, options, *start);
  qputenv("QT_QPA_PLATFORM", "offscreen");
  // What Qt has to say of platforms and folders is nothing that the user of a file can do something about.
  qInstallMessageHandler([](QtMsgType type, const QMessageLogContext&, const QString& message) {
    if (type == QtCriticalMsg || type == QtFatalMsg) fmt::print(stderr, "tulkki view: {}\n", message.toStdString());
  });
  QApplication application(argc, argv);
  name_application();
  if (!options.figure.empty()) return write_figure(options);
  apply_theme(application, options.theme == "dark" ? WindowTheme::dark : WindowTheme::light);
  return write_screenshot(options, *start);
}

}  // namespace
}  // namespace tulkki

int main(int argc, char** argv) {
  try {
    return tulkki::run(argc, argv);
  } catch (const std::exception& error) {  // out of memory, and what libraries throw
    fmt::print(stderr, "tulkki view: {}\n", error.what());
    return 1;
  }
}
