// SPDX-License-Identifier: GPL-3.0-or-later
// The page without controls of its own: Setup.
#pragma once

#include "viewer/pages/content_page.h"

namespace tulkki {

class SetupPage : public ContentPage {
  Q_OBJECT

 public:
  explicit SetupPage(Session& session, QWidget* parent = nullptr);

 protected:
  void row_chosen(const std::string&, const QString&) override {}
};

}  // namespace tulkki
