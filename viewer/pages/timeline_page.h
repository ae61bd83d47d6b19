// SPDX-License-Identifier: GPL-3.0-or-later
// The timeline in the window: which traces it shows follows from the study and the choices of all pages.
#pragma once

#include <QWidget>

#include "viewer/model/session.h"

namespace tulkki {

// One launch of the baseline and one of the series that it is compared with, and traces that were opened as files.
QWidget* make_timeline_page(Session& session);

}  // namespace tulkki
