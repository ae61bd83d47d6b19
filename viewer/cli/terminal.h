// SPDX-License-Identifier: Apache-2.0
// Text for people: numbers with units, columns that fit 100 characters, bars; colour and UTF-8 only where the output
// can show them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tulkki {

inline constexpr std::size_t kLineWidth = 100;

struct Style {
  bool colour = false;
  bool utf8 = false;

  // For standard output: a terminal, NO_COLOR, TERM and the locale decide.
  static Style of_stdout();
  std::string bold(const std::string& text) const;
  std::string dim(const std::string& text) const;
  // `share` (0 .. 1) of `width` characters; what is more than nothing shows.
  std::string bar(double share, std::size_t width) const;
};

// Three significant digits: "1.23 us", "45.6 ms", "12.3 s"; "-" for less than nothing.
std::string duration_text(double ns);
std::string bytes_text(double bytes);              // "0 B", "1.50 KiB"
std::string rate_text(double bytes, double ns);    // "1.23 GiB/s"; "-" where there is none
std::string count_text(std::int64_t count);        // exact up to seven digits, then "12.3 M"
std::string share_text(double share);              // "12.3 %"

// Characters on the screen, not bytes; control characters become '?', so that no label steers the terminal.
std::size_t text_width(std::string_view text);
std::string printable(std::string_view text);
// At most `width` characters; what is cut is the middle.
std::string fitted(const std::string& text, std::size_t width);

// Columns under headings. Flexible columns give way when a line would be too long.
class TextTable {
 public:
  enum class Kind { number, text, flexible };
  void column(const std::string& heading, Kind kind = Kind::number);
  void row(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  std::string text(const Style& style, const std::string& indent = "") const;

 private:
  std::vector<std::size_t> widths(std::size_t indent) const;
  std::vector<std::string> headings_;
  std::vector<Kind> kinds_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace tulkki
