// SPDX-License-Identifier: Apache-2.0
// Formatting for the terminal.
#include "viewer/cli/terminal.h"

#include <fmt/format.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cwchar>

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

// Of the character that begins at `position`, which moves behind it. What is not UTF-8 counts one column a byte.
std::size_t character_width(std::string_view text, std::size_t& position) {
  // The process itself keeps the C locale, in which wcwidth knows ASCII only.
  static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  const auto first = static_cast<unsigned char>(text[position]);
  const std::size_t length = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 1;
  wchar_t letter = length == 1 ? first : first & (0x7f >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if (position + i >= text.size() || !continues_character(text[position + i])) return ++position, 1;
    letter = letter << 6 | (text[position + i] & 0x3f);
  }
  position += length;
  if (length == 1 || utf8 == nullptr) return 1;
  const locale_t before = uselocale(utf8);
  const int width = wcwidth(letter);
  uselocale(before);
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

std::size_t terminal_width() {
  winsize size{};
  constexpr std::size_t kNarrowest = 40;
  if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kLineWidth;
  return std::max<std::size_t>(size.ws_col, kNarrowest);
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
  style.width = terminal_width();
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

std::string duration_text(double ns, const Style& style) {
  if (!(ns >= 0)) return "-";
  if (ns == 0) return "0 s";
  return scaled(ns, 1000, std::array{"ns", style.utf8 ? "µs" : "us", "ms", "s"});
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
  std::size_t width = 0;
  for (std::size_t position = 0; position < text.size();)
    width += character_width(text, position);
  return width;
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
  const bool dots = width >= 5;
  // The end (file:line, the last argument) tells more than the middle.
  const std::size_t kept = dots ? width - 3 : width, head = dots ? kept / 3 : kept, tail = kept - head;
  std::size_t end_of_head = 0;
  for (std::size_t position = 0, used = 0; position < text.size(); end_of_head = position) {
    used += character_width(text, position);
    if (used > head) break;
  }
  std::size_t begin_of_tail = end_of_head, rest = text_width(std::string_view(text).substr(end_of_head));
  while (rest > tail)
    rest -= character_width(text, begin_of_tail);
  return text.substr(0, end_of_head) + (dots ? "..." : "") + text.substr(begin_of_tail);
}

std::string wrapped(const std::string& text, const std::string& first, const std::string& next, const Style& style) {
  const std::size_t line_width = std::min<std::size_t>(style.width, 120);  // longer lines are hard to read
  std::string result = first;
  std::size_t width = text_width(first);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (begin > 0 && width + 1 + text_width(word) > line_width) {
      result += "\n" + next;
      width = text_width(next);
    } else if (begin > 0) {
      result += ' ';
      ++width;
    }
    result += word;
    width += text_width(word);
    begin = end + 1;
  }
  return result + "\n";
}

void TextTable::column(const std::string& heading, Kind kind) {
  headings_.push_back(heading);
  kinds_.push_back(kind);
}

void TextTable::row(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = printable(cell);
  rows_.push_back(std::move(cells));
}

TextTable::Layout TextTable::layout(std::size_t indent, std::size_t left_out) const {
  Layout result;
  result.total = indent;
  for (std::size_t column = 0; column < headings_.size(); ++column) {
    const auto end = leave_out_.begin() + static_cast<std::ptrdiff_t>(left_out);
    if (std::find(leave_out_.begin(), end, headings_[column]) != end) {
      if (!headings_[column].empty()) result.left_out.push_back(headings_[column]);  // bars say nothing new
      continue;
    }
    std::size_t width = text_width(headings_[column]);
    for (const auto& cells : rows_) width = std::max(width, text_width(cells[column]));
    result.total += width + (result.columns.empty() ? 0 : 2);
    result.columns.push_back(column);
    result.widths.push_back(width);
  }
  return result;
}

// The widest flexible column gives way.
void TextTable::shrink(Layout& layout, std::size_t line_width, std::size_t least) const {
  for (; layout.total > line_width; --layout.total) {
    std::size_t* widest = nullptr;
    for (std::size_t i = 0; i < layout.columns.size(); ++i) {
      const bool flexible = kinds_[layout.columns[i]] == Kind::flexible;
      if (flexible && (widest == nullptr || layout.widths[i] > *widest)) widest = &layout.widths[i];
    }
    if (widest == nullptr || *widest <= least) return;
    --*widest;
  }
}

TextTable::Layout TextTable::fitting(std::size_t indent, std::size_t line_width) const {
  constexpr std::size_t kReadable = 12, kLeast = 6;
  for (std::size_t left_out = 0;; ++left_out) {
    Layout result = layout(indent, left_out);
    const bool last = left_out == leave_out_.size();
    shrink(result, line_width, last ? kLeast : kReadable);
    if (last || result.total <= line_width) return result;
  }
}

std::string TextTable::text(const Style& style, const std::string& indent) const {
  const Layout shown = fitting(indent.size(), style.width);
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string result = indent;
    for (std::size_t i = 0; i < shown.columns.size(); ++i) {
      const std::size_t column = shown.columns[i], width = shown.widths[i];
      if (i > 0) result += "  ";
      result += padded(fitted(cells[column], width), width, kinds_[column] == Kind::number);
    }
    const std::size_t end = result.find_last_not_of(' ');
    return result.substr(0, end == std::string::npos ? 0 : end + 1);
  };
  std::string result = style.dim(line(headings_)) + '\n';
  for (const auto& cells : rows_) result += line(cells) + '\n';
  if (!shown.left_out.empty()) {
    const std::string names = fmt::format("{}", fmt::join(shown.left_out, ", "));
    result += style.dim(fmt::format("{}(not shown in {} columns: {})", indent, style.width, names)) + '\n';
  }
  return result;
}

}  // namespace tulkki
