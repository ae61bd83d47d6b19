// SPDX-License-Identifier: GPL-3.0-or-later
// Both are hidden until there is something to say.
#include "viewer/pages/reading.h"

#include <QHBoxLayout>
#include <QVBoxLayout>
#include <cmath>

namespace tulkki {
namespace {

constexpr int kSteps = 1000;

}  // namespace

ReadingBar::ReadingBar(QWidget* parent) : QWidget(parent) {
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  progress_ = new QProgressBar(this);
  progress_->setRange(0, kSteps);
  progress_->setMinimumWidth(progress_->fontMetrics().horizontalAdvance(tr("couple 6 of 6: reading events of rank 1000 (100 %)")) + 24);
  progress_->setAccessibleName(tr("Reading traces"));
  cancel_ = new QPushButton(tr("Cancel"), this);
  cancel_->setToolTip(tr("Stop reading the traces (Esc)"));
  cancel_->setAccessibleName(cancel_->toolTip());
  cancel_->setFixedWidth(cancel_->fontMetrics().horizontalAdvance(cancel_->text()) + 26);
  layout->addWidget(progress_);
  layout->addWidget(cancel_);
  connect(cancel_, &QPushButton::clicked, this, &ReadingBar::cancelled);
  hide();
}

void ReadingBar::show_progress(double fraction, const QString& phase) {
  progress_->setValue(static_cast<int>(std::lround(fraction * kSteps)));
  progress_->setFormat(phase + " (%p %)");
  cancel_->setEnabled(true);
  show();
}

void ReadingBar::show_stopping() {
  progress_->setFormat(tr("stopping"));
  cancel_->setEnabled(false);
}

ReadingNotice::ReadingNotice(QWidget* parent) : QWidget(parent) {
  auto* layout = new QVBoxLayout(this);
  text_ = new QLabel(this);
  text_->setAlignment(Qt::AlignCenter);
  text_->setWordWrap(true);
  text_->setMargin(12);
  again_ = new QPushButton(tr("Read again"), this);
  setFocusProxy(again_);
  again_->setFixedWidth(again_->fontMetrics().horizontalAdvance(again_->text()) + 26);
  again_->setToolTip(tr("Read the traces from the beginning"));
  layout->addStretch(1);
  layout->addWidget(text_);
  layout->addWidget(again_, 0, Qt::AlignHCenter);
  layout->addStretch(1);
  connect(again_, &QPushButton::clicked, this, &ReadingNotice::read_again);
  hide();
}

void ReadingNotice::show_reading() {
  text_->setText(tr("Reading the traces. Cancel or Esc stops it."));
  again_->hide();
  show();
}

void ReadingNotice::show_cancelled(const QString& text) {
  text_->setText(text);
  again_->show();
  show();
}

}  // namespace tulkki
