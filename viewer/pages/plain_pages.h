// SPDX-License-Identifier: GPL-3.0-or-later
// Pages without controls of their own: I/O and Setup.
#pragma once

#include "viewer/pages/content_page.h"

namespace tulkki {

class IoPage : public ContentPage {
  Q_OBJECT

 public:
  explicit IoPage(Session& session, QWidget* parent = nullptr);
};

class SetupPage : public ContentPage {
  Q_OBJECT

 public:
  explicit SetupPage(Session& session, QWidget* parent = nullptr);

 protected:
  void row_chosen(const std::string&, const QString&) override {}
};

}  // namespace tulkki
