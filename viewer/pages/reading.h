// SPDX-License-Identifier: GPL-3.0-or-later
// What a page shows while it reads traces: how far that is with a way to stop it, and afterwards, when it was stopped, a way
// to read them again.
#pragma once

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

namespace tulkki {

// As on the Timeline page: bar and button in the row of controls.
class ReadingBar : public QWidget {
  Q_OBJECT

 public:
  explicit ReadingBar(QWidget* parent = nullptr);
  void show_progress(double fraction, const QString& phase);
  void show_stopping();  // until the work has noticed

 signals:
  void cancelled();

 private:
  QProgressBar* progress_;
  QPushButton* cancel_;
};

// In place of the figures.
class ReadingNotice : public QWidget {
  Q_OBJECT

 public:
  explicit ReadingNotice(QWidget* parent = nullptr);
  void show_reading();
  void show_cancelled(const QString& text);

 signals:
  void read_again();

 private:
  QLabel* text_;
  QPushButton* again_;
};

}  // namespace tulkki
