// SPDX-License-Identifier: GPL-3.0-or-later
// The figures of the colours themselves.
#include "viewer/plot/palette.h"

#include <QPainter>
#include <algorithm>
#include <array>
#include <cmath>

#include "viewer/plot/marker.h"

namespace tulkki::plot {
namespace {

struct Pair {
  QRgb on_light, on_dark;
};
// Okabe-Ito in an order that keeps the first ones apart on paper; on a dark ground those that are dark are lightened.
constexpr std::array<Pair, 7> kSeries{{{0x0072b2, 0x4ca6e0},
                                       {0xd55e00, 0xf07f3c},
                                       {0x009e73, 0x2cc79b},
                                       {0xcc79a7, 0xe09cc2},
                                       {0xe69f00, 0xf0b429},
                                       {0x56b4e9, 0x8fd0f5},
                                       {0x000000, 0xe6e6e6}}};
constexpr std::array<Pair, 8> kParts{{{0x0072b2, 0x3b93cf},
                                      {0xe69f00, 0xe6a61f},
                                      {0x009e73, 0x1cb086},
                                      {0xcc79a7, 0xd48bb3},
                                      {0x56b4e9, 0x7cc6ef},
                                      {0xd55e00, 0xe06d1f},
                                      {0xf0e442, 0xe8dd55},
                                      {0x444444, 0xc8c8c8}}};
const std::array<std::vector<double>, 4> kDashes{{{}, {5, 2}, {1, 2}, {6, 2, 1, 2}}};
constexpr std::array<int, 5> kGreys{0, 110, 60, 150, 180};

// matplotlib's viridis (CC0), every eighth of it.
constexpr std::array<QRgb, 9> kViridis{0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c,
                                       0x28ae80, 0x5ec962, 0xaddc30, 0xfde725};

QColor between(const QColor& low, const QColor& high, double share) {
  const auto mix = [share](double from, double to) { return from + (to - from) * share; };
  return QColor::fromRgbF(static_cast<float>(mix(low.redF(), high.redF())),
                          static_cast<float>(mix(low.greenF(), high.greenF())),
                          static_cast<float>(mix(low.blueF(), high.blueF())));
}

}  // namespace

QColor grey_of(const QColor& colour) {
  const int level = static_cast<int>(std::lround(0.2126 * colour.red() + 0.7152 * colour.green() + 0.0722 * colour.blue()));
  return {level, level, level};
}

Look look_of(int number, Theme theme, bool grey) {
  number = std::max(0, number);
  const auto index = static_cast<std::size_t>(number);
  Look look;
  look.marker = static_cast<Marker>(index % 8);
  look.dash = kDashes[(index + index / kSeries.size()) % kDashes.size()];
  if (grey) {
    const int level = kGreys[index % kGreys.size()];
    look.colour = theme == Theme::dark ? QColor(255 - level, 255 - level, 255 - level) : QColor(level, level, level);
  } else {
    const Pair& pair = kSeries[index % kSeries.size()];
    look.colour = QColor(theme == Theme::dark ? pair.on_dark : pair.on_light);
  }
  return look;
}

QColor part_colour(int number, bool other, Theme theme, bool grey) {
  if (other) return theme == Theme::dark ? QColor(0x5c5c5c) : QColor(0xd0d0d0);
  const auto index = static_cast<std::size_t>(std::max(0, number));
  const Pair& pair = kParts[index % kParts.size()];
  const QColor colour(theme == Theme::dark ? pair.on_dark : pair.on_light);
  if (!grey) return colour;
  // Neighbours in a bar must differ: dark and light take turns.
  const int level = index % 2 == 0 ? 40 + 25 * static_cast<int>(index / 2 % 4) : 215 - 20 * static_cast<int>(index / 2 % 4);
  return {level, level, level};
}

Surface surface_of(Theme theme) {
  if (theme == Theme::dark) {
    return {QColor(0x1e2125), QColor(0xe8e8e8), QColor(0xa8adb3), QColor(0x8a9097), QColor(0x363b41), QColor(0x4a4532)};
  }
  if (theme == Theme::light) {
    return {QColor(0xffffff), QColor(0x1d2125), QColor(0x5c636b), QColor(0x737a82), QColor(0xe4e7ea), QColor(0xe8e0c8)};
  }
  return {QColor(0xffffff), QColor(Qt::black), QColor(0x404040), QColor(Qt::black), QColor(0xd9d9d9), QColor(0xe8e0c8)};
}

QColor sequential_colour(double position, bool grey) {
  position = std::clamp(position, 0.0, 1.0);
  if (grey) return between(QColor(0xf2f2f2), QColor(0x101010), position);
  const double place = position * (kViridis.size() - 1);
  const auto index = std::min(static_cast<std::size_t>(place), kViridis.size() - 2);
  return between(QColor(kViridis[index]), QColor(kViridis[index + 1]), place - static_cast<double>(index));
}

QColor diverging_colour(double position, Theme theme, bool grey) {
  position = std::clamp(position, 0.0, 1.0);
  const QColor middle(theme == Theme::dark ? 0x3a3f45 : 0xf4f4f4);
  const QColor low(grey ? 0x202020 : 0x0060a0), high(grey ? 0x9a9a9a : 0xd55e00);
  return position < 0.5 ? between(low, middle, position * 2) : between(middle, high, position * 2 - 1);
}

QPixmap swatch(int look_number, Theme theme, int height_px, double device_pixel_ratio) {
  const Look look = look_of(look_number, theme, false);
  const int width_px = height_px * 2;
  QPixmap pixmap((QSizeF(width_px, height_px) * device_pixel_ratio).toSize());
  pixmap.setDevicePixelRatio(device_pixel_ratio);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  draw_look(painter, look, QRectF(0, 0, width_px, height_px), height_px / 10.0, true);
  return pixmap;
}

}  // namespace tulkki::plot
