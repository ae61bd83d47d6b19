// SPDX-License-Identifier: GPL-3.0-or-later
// All that it shows is its content.
#include "viewer/pages/setup_page.h"

namespace tulkki {

SetupPage::SetupPage(Session& session, QWidget* parent) : ContentPage(session, "setup", setup_content, parent) {}

}  // namespace tulkki
