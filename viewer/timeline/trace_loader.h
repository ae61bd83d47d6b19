// SPDX-License-Identifier: GPL-3.0-or-later
// Opens a trace on a thread of its own: what is known so far, progress, and the end come as signals.
#pragma once

#include <QObject>
#include <QString>
#include <atomic>
#include <memory>
#include <thread>

#include "viewer/trace/index.h"

namespace tulkki::timeline {

class TraceLoader : public QObject {
  Q_OBJECT

 public:
  explicit TraceLoader(QString archive, QObject* parent = nullptr);
  ~TraceLoader() override;  // cancels and waits
  void start();
  void cancel() { cancel_ = true; }
  const QString& archive() const { return archive_; }

 signals:
  void progress(double fraction, const QString& phase);
  void store_changed(std::shared_ptr<const tulkki::trace::TraceStore> store);  // partial ones, at last the complete one
  void finished(const QString& error);                                         // empty: all is well

 private:
  QString archive_;
  std::atomic<bool> cancel_ = false;
  std::thread thread_;
};

}  // namespace tulkki::timeline
