// SPDX-License-Identifier: GPL-3.0-or-later
// Light and dark: what the system asks for, unless the user chose.
#pragma once

#include <QString>

class QApplication;

namespace tulkki {

enum class WindowTheme { system, light, dark };

// Qt 6.4 does not pass on what desktops say about dark colours: the desktop portal is asked as well.
void apply_theme(QApplication& application, WindowTheme theme);
WindowTheme theme_named(const QString& name);
QString theme_name(WindowTheme theme);

}  // namespace tulkki
