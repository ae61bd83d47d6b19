// SPDX-License-Identifier: GPL-3.0-or-later
// Which file is shown is a choice of this page alone.
#include "viewer/pages/io_page.h"

namespace tulkki {

IoPage::IoPage(Session& session, QWidget* parent) : ContentPage(session, "io", io_content, parent) {
  axis_ = new QComboBox;
  axis_->addItems({tr("Transfer size"), tr("Time")});
  file_ = new QComboBox;
  file_->setMinimumContentsLength(24);
  file_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  add_control(tr("&Over"), axis_);
  add_control(tr("F&ile"), file_);
  connect(axis_, &QComboBox::activated, this, [this](int index) {
    session_.change([&](ViewState& state) { state.io_over_time = index == 1; });
  });
  connect(file_, &QComboBox::activated, this, [this](int index) {
    const std::string name = index == 0 ? "" : file_->itemText(index).toStdString();
    session_.change([&](ViewState& state) { state.file = name; });
  });
}

void IoPage::content_shown() {
  axis_->setCurrentIndex(session_.state().io_over_time ? 1 : 0);
  fill_box(*file_, QStringList{tr("all files")} + to_strings(content().files), QString::fromStdString(session_.state().file));
}

}  // namespace tulkki
