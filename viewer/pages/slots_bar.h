// SPDX-License-Identifier: GPL-3.0-or-later
// Above every page: the slots that take factors, the baseline, and the filters as chips that can be removed.
#pragma once

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <functional>

#include "viewer/model/session.h"

namespace tulkki {

// One slot: drop a column of the runs here, or choose with the button.
class FactorSlot : public QFrame {
  Q_OBJECT

 public:
  FactorSlot(const QString& title, bool several, QWidget* parent = nullptr);
  void show_factors(const QStringList& factors);

 signals:
  void changed(const QStringList& factors);

 protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  void add(const QString& factor);
  QStringList factors_;
  bool several_;
  QString title_;
  QHBoxLayout* layout_;
};

class SlotsBar : public QWidget {
  Q_OBJECT

 public:
  explicit SlotsBar(Session& session, QWidget* parent = nullptr);

 private:
  void refresh();
  Session& session_;
  FactorSlot *series_, *panels_, *x_;
  QLabel* repeat_;
  QHBoxLayout* chips_;
  QWidget* chips_row_;
};

}  // namespace tulkki
