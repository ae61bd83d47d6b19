// SPDX-License-Identifier: GPL-3.0-or-later
// One worker thread: the launches that it has read can be kept without a lock.
#include "viewer/model/session.h"

#include <QElapsedTimer>

namespace tulkki {
namespace {

constexpr int kFollowMs = 1000;
constexpr std::size_t kLongestHistory = 200;
constexpr int kLoadNumber = -1;
constexpr qint64 kProgressMs = 50;

}  // namespace

Session::Session(QObject* parent) : QObject(parent), cache_(std::make_shared<LaunchCache>()) {
  pool_.setMaxThreadCount(1);
  follow_.setInterval(kFollowMs);
  connect(&follow_, &QTimer::timeout, this, &Session::look_for_changes);
  follow_.start();
}

Session::~Session() {
  for (const auto& [number, asked] : asked_) asked->overtaken = asked->cancelled = true;
  pool_.waitForDone();
}

void Session::open(const QStringList& paths) {
  cancel_all();
  paths_ = paths;
  reload();
}

void Session::add(const QStringList& paths) {
  cancel_all();
  for (const QString& path : paths) {
    if (!paths_.contains(path)) paths_ << path;
  }
  reload();
}

void Session::close(const QString& path) {
  cancel_all();
  paths_.removeAll(path);
  reload();
}

void Session::reload() {
  loading_ = true;
  std::vector<std::string> paths;
  for (const QString& path : paths_) paths.push_back(path.toStdString());
  ask(
      kLoadNumber, [paths](const Work&) { return std::make_shared<Study>(load_study(paths)); },
      [this](const Answer& answer) { take(std::move(*std::static_pointer_cast<Study>(answer))); });
}

void Session::take(Study study) {
  loading_ = false;
  study_ = std::move(study);
  emit study_changed();
}

void Session::set_following(bool on) {
  if (on) follow_.start();
  else follow_.stop();
}

void Session::look_for_changes() {
  if (loading_) return;
  for (const Source& source : study_.sources) {
    if (file_stamp(source.path) != source.stamp) return reload();
  }
}

void Session::set_state(const ViewState& state) {
  if (state == state_) return;
  history_.push_back(state_);
  if (history_.size() > kLongestHistory) history_.erase(history_.begin());
  state_ = state;
  emit state_changed();
}

void Session::undo() {
  if (history_.empty()) return;
  state_ = history_.back();
  history_.pop_back();
  emit state_changed();
}

PageRequest Session::request() const { return {study_, state_, looks_, cache_.get()}; }

Work Session::work_of(int number, const std::shared_ptr<Asked>& asked) {
  const auto tell = [this, number, asked, since = std::make_shared<QElapsedTimer>()](double fraction, const std::string& phase) {
    if (since->isValid() && since->elapsed() < kProgressMs) return;
    since->start();
    QMetaObject::invokeMethod(this, [this, number, asked, fraction, phase] {
      if (!asked->overtaken) emit progressed(number, fraction, QString::fromStdString(phase));
    });
  };
  return {tell, &asked->cancelled};
}

void Session::ask(int number, std::function<Answer(const Work&)> question, std::function<void(Answer)> done) {
  std::shared_ptr<Asked>& last = asked_[number];
  if (last) last->overtaken = last->cancelled = true;
  last = std::make_shared<Asked>();
  if (open_questions_++ == 0) emit busy_changed(true);
  pool_.start([this, question = std::move(question), done = std::move(done), work = work_of(number, last), asked = last, cache = cache_] {
    const Answer answer = asked->overtaken ? nullptr : question(work);
    // Queued to the window's thread; when the session is gone the event goes with it.
    QMetaObject::invokeMethod(this, [this, answer, done, asked] {
      if (--open_questions_ == 0) emit busy_changed(false);
      if (answer && !asked->overtaken) done(answer);
    });
  });
}

void Session::cancel(int number) {
  const auto found = asked_.find(number);
  if (found != asked_.end()) found->second->cancelled = true;
}

// Other files are wanted now: pages will ask again.
void Session::cancel_all() {
  for (const auto& [number, asked] : asked_) asked->cancelled = true;
}

}  // namespace tulkki
