// SPDX-License-Identifier: GPL-3.0-or-later
// All that they show is their content.
#include "viewer/pages/plain_pages.h"

namespace tulkki {

IoPage::IoPage(Session& session, QWidget* parent) : ContentPage(session, "io", io_content, parent) {}
SetupPage::SetupPage(Session& session, QWidget* parent) : ContentPage(session, "setup", setup_content, parent) {}

}  // namespace tulkki
