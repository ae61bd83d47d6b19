// SPDX-License-Identifier: GPL-3.0-or-later
// The open study with the user's choices, shared by all pages. Files are read and pages computed on one worker thread;
// answers to questions that have been overtaken are dropped.
#pragma once

#include <QObject>
#include <QStringList>
#include <QThreadPool>
#include <QTimer>
#include <atomic>
#include <functional>
#include <map>
#include <memory>

#include "viewer/model/page_content.h"

namespace tulkki {

class Session : public QObject {
  Q_OBJECT

 public:
  explicit Session(QObject* parent = nullptr);
  ~Session() override;

  const Study& study() const { return study_; }
  const ViewState& state() const { return state_; }
  SeriesLooks& looks() { return looks_; }
  QStringList paths() const { return paths_; }
  bool is_loading() const { return loading_; }

  void open(const QStringList& paths);  // instead of what is open
  void add(const QStringList& paths);
  void close(const QString& path);
  void reload();
  void set_following(bool on);          // reads files again that have changed
  bool is_following() const { return follow_.isActive(); }

  void set_state(const ViewState& state);
  template <class Change>
  void change(Change change) {
    ViewState state = state_;
    change(state);
    set_state(state);
  }
  bool can_undo() const { return !history_.empty(); }
  void undo();  // the state before the last change

  // Runs `question` on the worker; `done` on this thread, unless a newer question with the same number was asked: that
  // cancels the work for this one. What it tells of its progress comes as progressed().
  using Answer = std::shared_ptr<void>;
  void ask(int number, std::function<Answer(const Work&)> question, std::function<void(Answer)> done);
  // The work for the last question with this number is to stop; `done` gets what it answers then.
  void cancel(int number);
  bool is_busy() const { return open_questions_ > 0; }
  PageRequest request() const;

 signals:
  void study_changed();
  void state_changed();
  void busy_changed(bool busy);
  void progressed(int number, double fraction, const QString& phase);

 private:
  void look_for_changes();
  void take(Study study);
  Study study_;
  ViewState state_;
  std::vector<ViewState> history_;
  SeriesLooks looks_;
  QStringList paths_;
  bool loading_ = false;
  QTimer follow_;
  QThreadPool pool_;
  std::shared_ptr<LaunchCache> cache_;
  struct Asked {
    std::atomic<bool> cancelled = false;  // what it computes is not wanted, or not any more
    std::atomic<bool> overtaken = false;  // nor is it told that it has ended
  };
  Work work_of(int number, const std::shared_ptr<Asked>& asked);
  void cancel_all();
  std::map<int, std::shared_ptr<Asked>> asked_;  // the last question with each number
  int open_questions_ = 0;
};

}  // namespace tulkki
