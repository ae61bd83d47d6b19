// SPDX-License-Identifier: GPL-3.0-or-later
// Call by call: the same program under two implementations, paired in their traces.
#pragma once

#include "viewer/pages/content_page.h"

namespace tulkki {

class PairsPage : public ContentPage {
  Q_OBJECT

 public:
  explicit PairsPage(Session& session, QWidget* parent = nullptr);

 protected:
  void content_shown() override;

 private:
  QComboBox* contender_;
};

}  // namespace tulkki
