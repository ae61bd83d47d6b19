// SPDX-License-Identifier: GPL-3.0-or-later
// Which series is paired with the baseline is the choice of all pages for two.
#include "viewer/pages/pairs_page.h"

namespace tulkki {

PairsPage::PairsPage(Session& session, QWidget* parent) : ContentPage(session, "pairs", pairs_content, parent) {
  contender_ = new QComboBox;
  contender_->setMinimumContentsLength(18);
  add_control(tr("Baseline a&gainst"), contender_);
  connect(contender_, &QComboBox::activated, this, [this](int index) {
    session_.change([&](ViewState& state) { state.contender = contender_->itemText(index).toStdString(); });
  });
}

void PairsPage::content_shown() {
  const QStringList others = to_strings(content().series).mid(1);
  fill_box(*contender_, others, QString::fromStdString(session_.state().contender));
  contender_->setEnabled(others.size() > 1);
}

}  // namespace tulkki
