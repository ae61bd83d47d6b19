// SPDX-License-Identifier: Apache-2.0
// Formatting for the terminal.
#include "viewer/cli/terminal.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fmt/core.h>
#include <unistd.h>

namespace tulkki {
namespace {

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    std::string text = value;
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char letter) { return std::tolower(letter); });
    return text.find("utf-8") != std::string::npos || text.find("utf8") != std::string::npos;
  }
  return false;
}

// Three significant digits; 999.6 must not become 1000.
std::string three_digits(double value) {
  if (value < 9.995) return fmt::format("{:.2f}", value);
  if (value < 99.95) return fmt::format("{:.1f}", value);
  return fmt::format("{:.0f}", value);
}

template <std::size_t size>
std::string scaled(double value, double factor, const std::array<const char*, size>& units) {
  std::size_t unit = 0;
  while (value >= factor - 0.5 && unit + 1 < size) {
    value /= factor;
    ++unit;
  }
  return three_digits(value) + " " + units[unit];
}

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::size_t used = text_width(text);
  const std::string blanks(used < width ? width - used : 0, ' ');
  return right ? blanks + text : text + blanks;
}

}  // namespace

Style Style::of_stdout() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  Style style;
  style.colour = isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0') && terminal != nullptr &&
                 std::string_view(terminal) != "dumb";
  style.utf8 = locale_is_utf8();
  return style;
}

std::string Style::bold(const std::string& text) const { return colour ? "\033[1m" + text + "\033[0m" : text; }
std::string Style::dim(const std::string& text) const { return colour ? "\033[2m" + text + "\033[0m" : text; }

std::string Style::bar(double share, std::size_t width) const {
  const double length = std::clamp(share, 0.0, 1.0) * static_cast<double>(width);
  if (length <= 0) return "";
  if (!utf8) return std::string(std::max<std::size_t>(1, std::lround(length)), '#');
  constexpr std::array eighths{"▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
  const auto steps = std::max<std::size_t>(1, std::lround(length * 8));
  std::string text;
  for (std::size_t i = 0; i < steps / 8; ++i) text += "█";
  return steps % 8 == 0 ? text : text + eighths[steps % 8 - 1];
}

std::string duration_text(double ns) {
  if (!(ns >= 0)) return "-";
  if (ns == 0) return "0 s";
  return scaled(ns, 1000, std::array{"ns", "us", "ms", "s"});
}

std::string bytes_text(double bytes) {
  if (!(bytes >= 0)) return "-";
  if (bytes < 1024) return fmt::format("{:.0f} B", bytes);
  return scaled(bytes, 1024, std::array{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"});
}

std::string rate_text(double bytes, double ns) {
  if (!(bytes > 0) || !(ns > 0)) return "-";
  return scaled(bytes / ns * 1e9, 1024, std::array{"B/s", "KiB/s", "MiB/s", "GiB/s", "TiB/s", "PiB/s"});
}

std::string count_text(std::int64_t count) {
  if (count < 10'000'000) return std::to_string(count);
  return scaled(static_cast<double>(count) / 1e6, 1000, std::array{"M", "G", "T", "P"});
}

std::string share_text(double share) {
  return std::isfinite(share) ? fmt::format("{:.1f} %", share * 100) : "-";
}

std::size_t text_width(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues_character));
}

std::string printable(std::string_view text) {
  std::string result(text);
  for (char& letter : result) {
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f) letter = '?';
  }
  return result;
}

std::string fitted(const std::string& text, std::size_t width) {
  if (text_width(text) <= width) return text;
  if (width < 5) return text.substr(0, width);
  // The end (file:line, the last argument) tells more than the middle.
  const std::size_t kept = width - 3, head = kept / 3, tail = kept - head;
  std::size_t begin = 0, end = text.size();
  for (std::size_t characters = 0; characters < head || continues_character(text[begin]); ++begin) {
    if (!continues_character(text[begin])) ++characters;
  }
  for (std::size_t characters = 0; characters < tail;) {
    if (!continues_character(text[--end])) ++characters;
  }
  return text.substr(0, begin) + "..." + text.substr(end);
}

void TextTable::column(const std::string& heading, Kind kind) {
  headings_.push_back(heading);
  kinds_.push_back(kind);
}

void TextTable::row(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = printable(cell);
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> TextTable::widths(std::size_t indent) const {
  std::vector<std::size_t> result;
  std::size_t total = indent;
  for (std::size_t column = 0; column < headings_.size(); ++column) {
    std::size_t width = text_width(headings_[column]);
    for (const auto& cells : rows_) width = std::max(width, text_width(cells[column]));
    result.push_back(width);
    total += width + (column > 0 ? 2 : 0);
  }
  for (; total > kLineWidth; --total) {  // the widest flexible column gives way
    std::size_t* widest = nullptr;
    for (std::size_t column = 0; column < headings_.size(); ++column) {
      if (kinds_[column] == Kind::flexible && (widest == nullptr || result[column] > *widest)) widest = &result[column];
    }
    if (widest == nullptr || *widest <= 12) break;
    --*widest;
  }
  return result;
}

std::string TextTable::text(const Style& style, const std::string& indent) const {
  const std::vector<std::size_t> width = widths(indent.size());
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string result = indent;
    for (std::size_t column = 0; column < cells.size(); ++column) {
      if (column > 0) result += "  ";
      result += padded(fitted(cells[column], width[column]), width[column], kinds_[column] == Kind::number);
    }
    const std::size_t end = result.find_last_not_of(' ');
    return result.substr(0, end == std::string::npos ? 0 : end + 1);
  };
  std::string result = style.dim(line(headings_)) + '\n';
  for (const auto& cells : rows_) result += line(cells) + '\n';
  return result;
}

}  // namespace tulkki
