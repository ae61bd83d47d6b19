// SPDX-License-Identifier: GPL-3.0-or-later
// The composer: the figure of another page as it will be on paper, and its export.
#pragma once

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFontComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QWidget>

#include "viewer/plot/figure_spec.h"

namespace tulkki {

class FigurePage : public QWidget {
  Q_OBJECT

 public:
  explicit FigurePage(QWidget* parent = nullptr);
  void set_figure(const plot::FigureSpec& figure);  // keeps the style that was composed
  const plot::FigureSpec& figure() const { return figure_; }

 public slots:
  void export_with_dialog();

 signals:
  void status(const QString& text);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void read_controls();
  void draw();
  plot::FigureSpec figure_;
  plot::Style style_;
  QComboBox *width_, *legend_;
  QDoubleSpinBox *height_, *points_;
  QFontComboBox* font_;
  QCheckBox *grey_, *markers_;
  QLineEdit* title_;
  QLabel* paper_;
  QScrollArea* scroll_;
};

}  // namespace tulkki
