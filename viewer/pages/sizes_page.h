// SPDX-License-Identifier: GPL-3.0-or-later
// Message size against time of call, and where the protocol changes.
#pragma once

#include "viewer/pages/content_page.h"

namespace tulkki {

class SizesPage : public ContentPage {
  Q_OBJECT

 public:
  explicit SizesPage(Session& session, QWidget* parent = nullptr);

 protected:
  void content_shown() override;
  void row_chosen(const std::string& table, const QString& key) override;

 private:
  QComboBox* procedure_;
};

}  // namespace tulkki
