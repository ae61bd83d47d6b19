// SPDX-License-Identifier: GPL-3.0-or-later
// The style is Fusion with our own two palettes, so that contrast is the same on every desktop.
#include "viewer/pages/theme.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusInterface>
#include <QDBusReply>
#include <QPainter>
#include <QPalette>
#include <QProxyStyle>
#include <QStyleFactory>
#include <QStyleOption>
#include <QToolTip>
#include <algorithm>

namespace tulkki {
namespace {

constexpr int kPortalMs = 200;

bool system_is_dark(const QPalette& system) {
  if (system.color(QPalette::Window).lightness() < 128) return true;
  if (qgetenv("DBUS_SESSION_BUS_ADDRESS").isEmpty()) return false;
  QDBusInterface portal("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Settings");
  portal.setTimeout(kPortalMs);
  const QDBusReply<QVariant> reply = portal.call("Read", "org.freedesktop.appearance", "color-scheme");
  if (!reply.isValid()) return false;
  QVariant value = reply.value();
  while (value.canConvert<QDBusVariant>()) value = value.value<QDBusVariant>().variant();
  return value.toUInt() == 1;
}

QPalette palette_of(bool dark) {
  const auto pick = [dark](QRgb light_colour, QRgb dark_colour) { return QColor(dark ? dark_colour : light_colour); };
  QPalette palette;
  palette.setColor(QPalette::Window, pick(0xf4f5f6, 0x25292e));
  palette.setColor(QPalette::WindowText, pick(0x1d2125, 0xe8e8e8));
  palette.setColor(QPalette::Base, pick(0xffffff, 0x1e2125));
  palette.setColor(QPalette::AlternateBase, pick(0xf6f7f8, 0x24282d));
  palette.setColor(QPalette::Text, pick(0x1d2125, 0xe8e8e8));
  palette.setColor(QPalette::PlaceholderText, pick(0x6b737b, 0x9aa1a8));
  palette.setColor(QPalette::Button, pick(0xebedef, 0x30353b));
  palette.setColor(QPalette::ButtonText, pick(0x1d2125, 0xe8e8e8));
  palette.setColor(QPalette::BrightText, pick(0xb42318, 0xff9c8f));
  palette.setColor(QPalette::ToolTipBase, pick(0xffffff, 0x33383e));
  palette.setColor(QPalette::ToolTipText, pick(0x1d2125, 0xf0f0f0));
  palette.setColor(QPalette::Highlight, pick(0x0062a3, 0x3b8fd0));
  palette.setColor(QPalette::HighlightedText, QColor(Qt::white));
  palette.setColor(QPalette::Link, pick(0x0062a3, 0x7cc0f0));
  palette.setColor(QPalette::Light, pick(0xffffff, 0x3a4047));
  palette.setColor(QPalette::Mid, pick(0xc3c8cd, 0x464c53));
  palette.setColor(QPalette::Dark, pick(0x9aa1a8, 0x15181b));
  for (const auto role : {QPalette::Text, QPalette::ButtonText, QPalette::WindowText}) {
    palette.setColor(QPalette::Disabled, role, pick(0x8b9299, 0x7c838a));
  }
  return palette;
}

// Fusion draws the frame of a box to tick darker than what is behind it, which is nothing on a dark ground.
class VisibleBoxes : public QProxyStyle {
 public:
  VisibleBoxes() : QProxyStyle(QStyleFactory::create("Fusion")) {}
  void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const override {
    QProxyStyle::drawPrimitive(element, option, painter, widget);
    if (element != PE_IndicatorCheckBox && element != PE_IndicatorItemViewItemCheck) return;
    painter->save();
    painter->setPen(option->palette.color(QPalette::PlaceholderText));
    painter->setBrush(Qt::NoBrush);
    painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
    painter->restore();
  }
};

}  // namespace

void apply_theme(QApplication& application, WindowTheme theme) {
  static const bool system_dark = system_is_dark(application.palette());
  const bool dark = theme == WindowTheme::dark || (theme == WindowTheme::system && system_dark);
  application.setStyle(new VisibleBoxes);
  const QPalette palette = palette_of(dark);
  application.setPalette(palette);
  QToolTip::setPalette(palette);
  // Smallest text 11 pixels, whatever the desktop says.
  QFont font = application.font();
  const double pixels = font.pixelSize() > 0 ? font.pixelSize() : font.pointSizeF() * 96 / 72;
  font.setPixelSize(std::max(13, static_cast<int>(pixels)));
  application.setFont(font);
  QFont small = font;
  small.setPixelSize(std::max(12, font.pixelSize() - 1));
  for (const char* name : {"QHeaderView", "QToolTip", "QStatusBar"}) application.setFont(small, name);
}

WindowTheme theme_named(const QString& name) {
  return name == "dark" ? WindowTheme::dark : name == "light" ? WindowTheme::light : WindowTheme::system;
}

QString theme_name(WindowTheme theme) {
  return theme == WindowTheme::dark ? "dark" : theme == WindowTheme::light ? "light" : "system";
}

}  // namespace tulkki
