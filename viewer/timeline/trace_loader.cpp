// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewer/timeline/trace_loader.h"

#include <QElapsedTimer>

#include "viewer/trace/archive_turn.h"

namespace tulkki::timeline {

namespace {

constexpr int kProgressMs = 50;

}  // namespace

TraceLoader::TraceLoader(QString archive, QObject* parent) : QObject(parent), archive_(std::move(archive)) {}

TraceLoader::~TraceLoader() {
  cancel_ = true;
  if (thread_.joinable()) thread_.join();
}

// Signals that a thread emits reach objects of other threads in those threads.
void TraceLoader::start() {
  thread_ = std::thread([this] {
    QElapsedTimer since;
    trace::OpenOptions options;
    options.cancel = &cancel_;
    options.progress = [&](const trace::IndexProgress& now) {
      if (since.isValid() && since.elapsed() < kProgressMs) return;
      since.start();
      emit progress(now.fraction, QString::fromUtf8(now.phase));
    };
    options.partial = [&](std::shared_ptr<const trace::TraceStore> store) { emit store_changed(store); };
    const auto turn = trace::wait_for_turn([&] { return !cancel_; });
    if (!turn) {
      emit finished(archive_ + ": " + trace::kCancelled);
      return;
    }
    const auto store = trace::open_trace(archive_.toStdString(), options);
    if (store) emit store_changed(*store);
    emit finished(store ? QString() : QString::fromStdString(store.message()));
  });
}

}  // namespace tulkki::timeline
