// SPDX-License-Identifier: GPL-3.0-or-later
// The page by itself: timeline_window [--screenshot FILE [--size WxH] [--dark] [--view BEGIN:END] [--axis N]
// [--select RANK:CALL] [--search TEXT]] ARCHIVE...   With --screenshot it needs no display.
#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QPalette>
#include <QStyleFactory>
#include <QTimer>
#include <cstdio>

#include "viewer/timeline/timeline_page.h"

namespace {

QPalette dark_palette() {
  QPalette palette;
  palette.setColor(QPalette::Window, QColor(37, 39, 43));
  palette.setColor(QPalette::Base, QColor(26, 27, 30));
  palette.setColor(QPalette::AlternateBase, QColor(46, 48, 53));
  palette.setColor(QPalette::Button, QColor(52, 54, 60));
  palette.setColor(QPalette::ToolTipBase, QColor(60, 62, 68));
  for (const QPalette::ColorRole role :
       {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText})
    palette.setColor(role, QColor(232, 232, 234));
  palette.setColor(QPalette::PlaceholderText, QColor(150, 152, 158));
  palette.setColor(QPalette::Highlight, QColor(86, 180, 233));
  palette.setColor(QPalette::HighlightedText, Qt::black);
  return palette;
}

}  // namespace

int main(int count, char** arguments) {
  for (int n = 1; n < count; ++n) {
    if (QByteArray(arguments[n]) == "--screenshot" && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
      qputenv("QT_QPA_PLATFORM", "offscreen");
  }
  QApplication app(count, arguments);
  app.setStyle(QStyleFactory::create("Fusion"));
  QCommandLineParser parser;
  parser.addHelpOption();
  parser.addPositionalArgument("archive", "OTF2 archives");
  parser.addOptions({{"screenshot", "write a picture and end", "file"},
                     {"size", "of the window", "WxH", "1280x800"},
                     {"dark", "dark theme"},
                     {"view", "part of the axis, ns", "begin:end"},
                     {"axis", "0: first communication, 1: start, 2: calls", "number", "0"},
                     {"select", "a call", "location:number"},
                     {"search", "expression", "text"}});
  parser.process(app);
  if (parser.isSet("dark")) app.setPalette(dark_palette());
  tulkki::timeline::TimelinePage page;
  page.setWindowTitle("Timeline");
  const QStringList size = parser.value("size").split('x');
  page.resize(size.value(0).toInt(), size.value(1).toInt());
  std::vector<tulkki::timeline::TimelinePage::Source> sources;
  for (const QString& path : parser.positionalArguments())
    sources.push_back({QFileInfo(path).isDir() ? QFileInfo(path).fileName() : QFileInfo(path).dir().dirName(), path});
  page.set_sources(sources);
  page.show();
  page.view().setFocus();
  if (!parser.isSet("screenshot")) return app.exec();
  QTimer poll;
  int rounds = 0;
  QObject::connect(&poll, &QTimer::timeout, [&] {
    if (page.loading() || page.search_answer().startsWith("searching")) return;
    ++rounds;
    if (rounds == 1) {
      const int axis = parser.value("axis").toInt();
      page.view().set_mode(axis == 0   ? tulkki::timeline::AxisMode::first_communication
                           : axis == 1 ? tulkki::timeline::AxisMode::wall_clock
                                       : tulkki::timeline::AxisMode::step);
      if (parser.isSet("search")) page.search(parser.value("search"));
    } else if (rounds == 2) {
      const QStringList view = parser.value("view").split(':');
      if (view.size() == 2) page.view().model().show(view[0].toDouble(), view[1].toDouble());
      const QStringList call = parser.value("select").split(':');
      if (call.size() == 2) page.view().select({0, {call[0].toUInt(), call[1].toULongLong()}}, false);
      page.view().set_show_messages(true);
    } else if (rounds == 12) {  // messages have come by then
      const bool good = page.grab().save(parser.value("screenshot"));
      const auto paint = page.view().last_paint();
      std::printf("%s: %llu calls in view, %s, painted in %.1f ms\n", qPrintable(parser.value("screenshot")),
                  static_cast<unsigned long long>(paint.calls), paint.exact ? "exact" : "pyramid",
                  page.view().last_paint_ms());
      app.exit(good ? 0 : 1);
    }
  });
  poll.start(50);
  return app.exec();
}
