// SPDX-License-Identifier: GPL-3.0-or-later
// The window: pages, the dock of runs, slots, menus, keys. It knows no page in detail.
#pragma once

#include <QLineEdit>
#include <QMainWindow>
#include <QMenu>
#include <QStackedWidget>
#include <QTabBar>

#include "viewer/pages/content_page.h"
#include "viewer/pages/figure_page.h"
#include "viewer/pages/runs_dock.h"
#include "viewer/pages/theme.h"

namespace tulkki {

namespace timeline {
class TimelinePage;
}

class Shell : public QMainWindow {
  Q_OBJECT

 public:
  explicit Shell(Session& session, QWidget* parent = nullptr);

  QStringList page_names() const { return names_; }
  QString page() const;
  void show_page(const QString& name);
  QWidget* page_widget(const QString& name) const;
  ContentPage* content_page() const;  // nullptr on pages of another kind
  // All that the visible page needs has been read and drawn.
  bool is_settled() const;
  void open(const QStringList& paths);
  // What was chosen for these files when they were closed last: slots, filters, baseline, metric, marks.
  void recall(const QStringList& paths);
  // Without it nothing is read from or written to the user's settings.
  void keep_state(bool on) { keeps_state_ = on; }
  void restore();

 protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void closeEvent(QCloseEvent* event) override;

 private:
  void add_page(const QString& name, const QString& title, QWidget* page);
  void make_menus();
  void make_keys();
  void open_with_dialog();
  void update_recent();
  void report_problems();
  void keep_choices() const;

  void export_figure();
  void export_timeline(const timeline::TimelinePage& timeline);
  void copy_table();
  Session& session_;
  RunsDock* runs_;
  QTabBar* tabs_;
  QStackedWidget* stack_;
  QLineEdit* search_;
  FigurePage* figure_;
  QLabel* problem_;
  QMenu* recent_ = nullptr;
  QStringList names_;
  ContentPage* last_content_ = nullptr;
  bool keeps_state_ = true;
};

}  // namespace tulkki
