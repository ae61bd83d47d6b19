// SPDX-License-Identifier: GPL-3.0-or-later
// MPI-IO by transfer size, or over time; of all files or of one.
#pragma once

#include "viewer/pages/content_page.h"

namespace tulkki {

class IoPage : public ContentPage {
  Q_OBJECT

 public:
  explicit IoPage(Session& session, QWidget* parent = nullptr);

 protected:
  void content_shown() override;

 private:
  QComboBox *axis_, *file_;
};

}  // namespace tulkki
