// SPDX-License-Identifier: GPL-3.0-or-later
// QCustomPlot's own logarithmic ticker knows no units and writes powers of two as decimal fractions.
#include "viewer/plot/ticks.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tulkki::plot {
namespace {

QString scaled_label(double value, double factor, std::initializer_list<const char*> units) {
  auto unit = units.begin();
  while (std::abs(value) >= factor * 0.99999 && unit + 1 != units.end()) {
    value /= factor;
    ++unit;
  }
  return QString::number(value, 'g', 4) + (**unit == '\0' ? QString() : QChar(0x00a0) + QString::fromUtf8(*unit));
}

// Every `octaves`-th power of two, so that labels do not meet.
class BinaryTicker : public QCPAxisTicker {
 public:
  BinaryTicker(Quantity quantity, int room) : quantity_(quantity), room_(std::max(2, room)) {}

 protected:
  void generate(const QCPRange& range, const QLocale& locale, QChar format, int precision, QVector<double>& ticks,
                QVector<double>* sub_ticks, QVector<QString>* labels) override {
    if (range.lower <= 0 || range.size() <= 0) return;
    const int first = static_cast<int>(std::floor(std::log2(range.lower)));
    const int last = static_cast<int>(std::ceil(std::log2(range.upper)));
    if (sub_ticks != nullptr) sub_ticks->clear();
    if (range.upper / range.lower < 4) {  // too narrow for powers: as a linear axis
      ticks = createTickVector(std::exp2(std::floor(std::log2(range.size() / 2.5))), range);
      trimTicks(range, ticks, false);
      if (labels != nullptr) *labels = createLabelVector(ticks, locale, format, precision);
      return;
    }
    int step = 1;
    for (const int candidate : {1, 2, 4, 5, 10, 20}) {
      step = candidate;
      if ((last - first) / candidate + 1 <= room_) break;
    }
    ticks.clear();
    for (int octave = first - ((first % step) + step) % step; octave <= last; octave += step) {
      ticks.append(std::exp2(octave));
    }
    trimTicks(range, ticks, false);
    if (sub_ticks != nullptr) {
      for (int octave = first; step > 1 && octave <= last; ++octave) sub_ticks->append(std::exp2(octave));
      trimTicks(range, *sub_ticks, false);
    }
    if (labels != nullptr) *labels = createLabelVector(ticks, locale, format, precision);
  }
  QString getTickLabel(double tick, const QLocale&, QChar, int) override { return quantity_label(tick, quantity_); }

 private:
  Quantity quantity_;
  int room_;
};

// Powers of ten, with 2 and 5 between them where there are few decades.
class DecimalTicker : public QCPAxisTicker {
 public:
  DecimalTicker(Quantity quantity, int room) : quantity_(quantity), room_(std::max(2, room)) {}

 protected:
  void generate(const QCPRange& range, const QLocale& locale, QChar format, int precision, QVector<double>& ticks,
                QVector<double>* sub_ticks, QVector<QString>* labels) override {
    if (range.lower <= 0 || range.size() <= 0) return;
    const int first = static_cast<int>(std::floor(std::log10(range.lower)));
    const int last = static_cast<int>(std::ceil(std::log10(range.upper)));
    const double decades = std::log10(range.upper / range.lower);
    ticks.clear();
    if (sub_ticks != nullptr) sub_ticks->clear();
    if (decades < 0.7) {  // too narrow for powers: as a linear axis
      setTickCount(std::clamp(room_, 2, 6));
      ticks = createTickVector(getTickStep(range), range);
    } else {
      const int every = std::max(1, static_cast<int>(std::ceil(decades / room_)));
      for (int decade = first; decade <= last; ++decade) {
        const double power = std::pow(10.0, decade);
        if (((decade % every) + every) % every == 0) {
          ticks.append(power);
          if (decades <= 2.2 && room_ >= 4) ticks << 2 * power << 5 * power;
        }
        for (int digit = 1; sub_ticks != nullptr && every == 1 && digit < 10; ++digit) sub_ticks->append(digit * power);
      }
    }
    trimTicks(range, ticks, false);
    if (sub_ticks != nullptr) trimTicks(range, *sub_ticks, false);
    if (labels != nullptr) *labels = createLabelVector(ticks, locale, format, precision);
  }
  QString getTickLabel(double tick, const QLocale&, QChar, int) override { return quantity_label(tick, quantity_); }

 private:
  Quantity quantity_;
  int room_;
};

class LinearTicker : public QCPAxisTicker {
 public:
  explicit LinearTicker(Quantity quantity) : quantity_(quantity) {}

 protected:
  double getTickStep(const QCPRange& range) override {
    const double step = QCPAxisTicker::getTickStep(range);
    return quantity_ == Quantity::whole ? std::max(1.0, std::ceil(step)) : step;
  }
  int getSubTickCount(double step) override {
    return quantity_ == Quantity::whole ? 0 : QCPAxisTicker::getSubTickCount(step);
  }
  QString getTickLabel(double tick, const QLocale&, QChar, int) override {
    // What is left of a subtraction is no tick.
    return quantity_label(std::abs(tick) < 1e-12 ? 0 : tick, quantity_);
  }

 private:
  Quantity quantity_;
};

QString shortened(const std::string& name) {
  const QString text = QString::fromStdString(name);
  constexpr int kLongest = 34;
  return text.size() <= kLongest ? text : text.left(14) + QChar(0x2026) + text.right(kLongest - 15);
}

}  // namespace

QString bytes_label(double bytes) { return scaled_label(bytes, 1024, {"", "KiB", "MiB", "GiB", "TiB", "PiB"}); }

QString duration_label(double ns) {
  if (ns == 0) return QStringLiteral("0");
  if (std::abs(ns) < 1) return scaled_label(ns * 1000, 1000, {"ps"});
  return scaled_label(ns, 1000, {"ns", "µs", "ms", "s"});
}

QString number_label(double value) {
  const double size = std::abs(value);
  if (size != 0 && (size >= 1e6 || size < 1e-3)) {
    const double exponent = std::floor(std::log10(size) + 1e-9), mantissa = value / std::pow(10.0, exponent);
    QString power;
    for (const QChar digit : QString::number(static_cast<int>(exponent))) {
      constexpr std::array<char16_t, 10> kRaised{u'⁰', u'¹', u'²', u'³', u'⁴', u'⁵', u'⁶', u'⁷', u'⁸', u'⁹'};
      power += digit == '-' ? QChar(u'⁻') : QChar(kRaised[digit.digitValue()]);
    }
    if (std::abs(mantissa - 1) < 1e-9) return "10" + power;
    const QString sign = mantissa < 0 ? QString(QChar(0x2212)) : QString();
    return sign + QString::number(std::abs(mantissa), 'g', 3) + QChar(0x00d7) + "10" + power;
  }
  QString text = QString::number(value, 'g', 6);
  if (value < 0) text.replace(0, 1, QChar(0x2212));
  return text;
}

QString quantity_label(double value, Quantity quantity) {
  switch (quantity) {
    case Quantity::bytes: return bytes_label(value);
    case Quantity::duration: return duration_label(value);
    case Quantity::number:
    case Quantity::whole: break;
  }
  return number_label(value);
}

QSharedPointer<QCPAxisTicker> ticker_for(const Axis& axis, int room) {
  switch (axis.scale) {
    case Scale::log2: return QSharedPointer<BinaryTicker>::create(axis.quantity, room);
    case Scale::log10: return QSharedPointer<DecimalTicker>::create(axis.quantity, room);
    case Scale::category: {
      auto names = QSharedPointer<QCPAxisTickerText>::create();
      for (std::size_t i = 0; i < axis.categories.size(); ++i) {
        names->addTick(static_cast<double>(i), shortened(axis.categories[i]));
      }
      return names;
    }
    case Scale::linear: break;
  }
  auto ticker = QSharedPointer<LinearTicker>::create(axis.quantity);
  ticker->setTickCount(std::clamp(room, 2, 6));
  return ticker;
}

}  // namespace tulkki::plot
