// SPDX-License-Identifier: GPL-3.0-or-later
// One procedure or all calls that move data.
#include "viewer/pages/sizes_page.h"

namespace tulkki {

SizesPage::SizesPage(Session& session, QWidget* parent) : ContentPage(session, "sizes", sizes_content, parent) {
  procedure_ = new QComboBox;
  procedure_->setMinimumContentsLength(18);
  add_control(tr("&Procedure"), procedure_);
  connect(procedure_, &QComboBox::activated, this, [this](int index) {
    const std::string name = index == 0 ? "" : procedure_->itemText(index).toStdString();
    session_.change([&](ViewState& state) { state.procedure = name; });
  });
}

void SizesPage::content_shown() {
  fill_box(*procedure_, QStringList{tr("all that move data")} + to_strings(content().procedures),
           QString::fromStdString(session_.state().procedure));
}

void SizesPage::row_chosen(const std::string&, const QString& key) {
  session_.change([&](ViewState& state) { state.size_class = key.toLongLong(); });
}

}  // namespace tulkki
