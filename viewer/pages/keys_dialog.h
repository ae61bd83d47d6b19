// SPDX-License-Identifier: GPL-3.0-or-later
// The sheet of keys that `?` shows.
#pragma once

class QWidget;

namespace tulkki {

void show_keys(QWidget* parent);

}  // namespace tulkki
