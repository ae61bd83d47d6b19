// SPDX-License-Identifier: GPL-3.0-or-later
// One worker thread: the launches that it has read can be kept without a lock.
#include "viewer/model/session.h"

namespace tulkki {
namespace {

constexpr int kFollowMs = 1000;
constexpr std::size_t kLongestHistory = 200;
constexpr int kLoadNumber = -1;

}  // namespace

Session::Session(QObject* parent)
    : QObject(parent),
      cache_(std::make_shared<LaunchCache>()),
      wanted_(std::make_shared<std::map<int, quint64>>()),
      wanted_lock_(std::make_shared<std::mutex>()) {
  pool_.setMaxThreadCount(1);
  follow_.setInterval(kFollowMs);
  connect(&follow_, &QTimer::timeout, this, &Session::look_for_changes);
  follow_.start();
}

Session::~Session() {
  {
    const std::lock_guard lock(*wanted_lock_);
    for (auto& [number, generation] : *wanted_) ++generation;  // nothing that waits is worth doing any more
  }
  pool_.waitForDone();
}

void Session::open(const QStringList& paths) {
  paths_ = paths;
  reload();
}

void Session::add(const QStringList& paths) {
  for (const QString& path : paths) {
    if (!paths_.contains(path)) paths_ << path;
  }
  reload();
}

void Session::close(const QString& path) {
  paths_.removeAll(path);
  reload();
}

void Session::reload() {
  loading_ = true;
  std::vector<std::string> paths;
  for (const QString& path : paths_) paths.push_back(path.toStdString());
  ask(
      kLoadNumber, [paths] { return std::make_shared<Study>(load_study(paths)); },
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

void Session::ask(int number, std::function<Answer()> work, std::function<void(Answer)> done) {
  quint64 generation = 0;
  {
    const std::lock_guard lock(*wanted_lock_);
    generation = ++(*wanted_)[number];
  }
  if (open_questions_++ == 0) emit busy_changed(true);
  const auto still_wanted = [wanted = wanted_, lock = wanted_lock_, number, generation] {
    const std::lock_guard guard(*lock);
    return (*wanted)[number] == generation;
  };
  pool_.start([this, work = std::move(work), done = std::move(done), still_wanted, cache = cache_] {
    const Answer answer = still_wanted() ? work() : nullptr;
    // Queued to the window's thread; when the session is gone the event goes with it.
    QMetaObject::invokeMethod(this, [this, answer, done, still_wanted] {
      if (--open_questions_ == 0) emit busy_changed(false);
      if (answer && still_wanted()) done(answer);
    });
  });
}

}  // namespace tulkki
