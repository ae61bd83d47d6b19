// SPDX-License-Identifier: GPL-3.0-or-later
// The place of the timeline in the window.
#pragma once

#include <QWidget>

#include "viewer/model/session.h"

namespace tulkki {

// A widget that shows the traces of the chosen runs.
QWidget* make_timeline_page(Session& session);

}  // namespace tulkki
