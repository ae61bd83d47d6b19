// SPDX-License-Identifier: Apache-2.0
// One scale for a number and all that stands beside it.
#include "viewer/cli/quantity.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace tulkki {
namespace {

struct Scale {
  double divisor = 1;
  std::string unit;  // with a blank before it; empty for plain numbers
  int decimals = 0;
};

Scale scaled(double value, double step, std::span<const char* const> units) {
  Scale scale;
  std::size_t unit = 0;
  while (std::abs(value) / scale.divisor >= step - 0.5 && unit + 1 < units.size()) {
    scale.divisor *= step;
    ++unit;
  }
  scale.unit = units[unit];
  const double shown = std::abs(value) / scale.divisor;
  scale.decimals = shown < 9.995 ? 2 : shown < 99.95 ? 1 : 0;
  return scale;
}

// A unit of a program's own stays as it is; the number gets three digits.
Scale foreign_scale(double value, std::string_view unit) {
  Scale scale;
  scale.unit = fmt::format(" {}", unit);
  const double size = std::abs(value);
  if (size > 0 && size < 99.95) scale.decimals = std::clamp(2 - static_cast<int>(std::floor(std::log10(size))), 0, 12);
  if (size < 1e6 && value == std::floor(value)) scale.decimals = 0;
  return scale;
}

// Those of viewer/analysis/metrics.h, and other names that programs have for the same.
Scale scale_of(double value, std::string_view unit, const Style& style) {
  const std::array kTimes{" ns", style.utf8 ? " µs" : " us", " ms", " s"};
  static constexpr std::array kBytes{" B", " KiB", " MiB", " GiB", " TiB", " PiB"};
  static constexpr std::array kByteRates{" B/s", " KiB/s", " MiB/s", " GiB/s", " TiB/s", " PiB/s"};
  static constexpr std::array kDecimalRates{" MB/s", " GB/s", " TB/s"}, kBitRates{" Mbit/s", " Gbit/s", " Tbit/s"};
  static constexpr std::array kRates{" /s", " k/s", " M/s", " G/s"};
  static constexpr std::array kCounts{"", " M", " G"};
  for (const auto& [name, ns] : {std::pair{"ns", 1.0}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}}) {
    if (unit != name) continue;
    Scale scale = scaled(value * ns, 1000, kTimes);
    scale.divisor /= ns;
    return scale;
  }
  Scale scale;
  if (unit == "bytes" || unit == "B")
    scale = scaled(value, 1024, kBytes);
  else if (unit == "bytes/s" || unit == "B/s")
    scale = scaled(value, 1024, kByteRates);
  else if (unit == "1/s")
    scale = scaled(value, 1000, kRates);
  else if (unit == "MB/s" && std::abs(value) >= 1)
    scale = scaled(value, 1000, kDecimalRates);
  else if (unit == "Mbit/s" && std::abs(value) >= 1)
    scale = scaled(value, 1000, kBitRates);
  else if (unit == "1" || unit.empty())
    scale = scaled(value, 1e6, kCounts);
  else
    return foreign_scale(value, unit);
  if (scale.divisor == 1 && unit != "1/s" && value == std::floor(value)) scale.decimals = 0;
  return scale;
}

std::string number(double value, const Scale& scale) {
  const std::string text = fmt::format("{:.{}f}", value / scale.divisor, scale.decimals);
  return text.find_first_not_of("-0.") == std::string::npos && text.starts_with('-') ? text.substr(1) : text;
}

}  // namespace

std::string quantity_text(double value, std::string_view unit, const Style& style) {
  if (!std::isfinite(value)) return "-";
  const Scale scale = scale_of(value, unit, style);
  return number(value, scale) + scale.unit;
}

std::string summary_text(const Summary& summary, std::string_view unit, const Style& style) {
  if (summary.count == 0) return "-";
  const Scale scale = scale_of(summary.median, unit, style);
  const std::string median = number(summary.median, scale);
  if (!summary.interval) return fmt::format("{}{} (n={})", median, scale.unit, summary.count);
  if (summary.minimum == summary.maximum) return median + scale.unit;
  return fmt::format("{} [{}, {}]{}", median, number(summary.interval->low, scale),
                     number(summary.interval->high, scale), scale.unit);
}

std::string ratio_text(const Contrast& contrast) {
  if (contrast.verdict == Verdict::absent || !contrast.ratio) return "-";
  const int decimals = *contrast.ratio < 9.9995 ? 3 : *contrast.ratio < 99.995 ? 2 : 1;
  const std::string ratio = fmt::format("{:.{}f}", *contrast.ratio, decimals);
  if (!contrast.ratio_interval || contrast.verdict == Verdict::same) return ratio;
  return fmt::format("{} [{:.{}f}, {:.{}f}]", ratio, contrast.ratio_interval->low, decimals,
                     contrast.ratio_interval->high, decimals);
}

std::string plural(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string minus(const Style& style) { return style.utf8 ? "−" : "-"; }

std::string change_text(double ns, const Style& style) {
  if (ns == 0) return "0";
  return (ns > 0 ? "+" : minus(style)) + quantity_text(std::abs(ns), "ns", style);
}

std::string p_text(const Contrast& contrast) {
  if (!contrast.p_holm) return "-";
  if (*contrast.p_holm < 0.001) return "<0.001";
  return *contrast.p_holm > 0.9995 ? "1" : fmt::format("{:.3f}", *contrast.p_holm);
}

std::string verdict_cell(const Contrast& contrast) {
  std::string text(verdict_text(contrast.verdict));
  if (contrast.more_launches) text += fmt::format(" (+{})", *contrast.more_launches);
  return text;
}

}  // namespace tulkki
