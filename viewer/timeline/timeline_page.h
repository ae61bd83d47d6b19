// SPDX-License-Identifier: GPL-3.0-or-later
// The page "Timeline": the view with its tool bar, the search, what is selected in words, and the opening of traces in
// the background. The window gives it runs; on its own it is a window, too.
#pragma once

#include <QString>
#include <QWidget>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "storage/result.h"
#include "viewer/timeline/timeline_view.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QTableWidget;

namespace tulkki::timeline {

class TraceLoader;

class TimelinePage : public QWidget {
  Q_OBJECT

 public:
  explicit TimelinePage(QWidget* parent = nullptr);
  ~TimelinePage() override;

  // Shows these traces under each other; those that are open stay open. `archive`: anchor file or folder.
  struct Source {
    QString label;
    QString archive;
    bool operator==(const Source&) const = default;
  };
  void set_sources(const std::vector<Source>& sources);
  TimelineView& view() { return *view_; }
  bool loading() const;
  // What went wrong, as the page says it; empty if nothing did.
  QString message() const;
  void search(const QString& text);  // as if it were typed
  QString search_answer() const;
  QString details_as_tsv() const;  // of the selected call, or of the marked area
  Result<void> export_picture(const QString& path) const;  // timeline_export.h
  bool is_searching() const { return searching_; }

 signals:
  void call_selected(const QString& procedure, int rank);  // for the window's linked selection

 private:
  struct Entry {
    Source source;
    std::unique_ptr<TraceLoader> loader;
    std::shared_ptr<const trace::TraceStore> store;
    QString error;
    double fraction = 0;
    QString phase;
    bool done = false, cancelled = false;
  };

  QWidget* make_bar();
  std::unique_ptr<Entry> make_entry(const Source& source);
  void start_new();
  void cancel();
  void open_again();  // what was cancelled
  static QLabel* make_legend();
  void refresh_runs();
  void refresh_state();
  void show_details();
  void show_area();
  void fill_details(const std::vector<std::pair<std::string, std::string>>& rows);
  void run_search(bool forward, bool walk);
  void end_search();
  void cancel_search();

  std::vector<std::unique_ptr<Entry>> entries_;
  TimelineView* view_;
  QComboBox* axis_;
  QLineEdit* search_;
  QPushButton *previous_, *next_, *cancel_, *again_;
  QLabel *answer_, *status_, *message_;
  QProgressBar* progress_;
  QTableWidget* details_;
  std::thread searcher_;
  std::shared_ptr<std::atomic<bool>> search_cancel_ = std::make_shared<std::atomic<bool>>(false);
  std::uint64_t search_number_ = 0;
  bool searching_ = false;
};

}  // namespace tulkki::timeline
