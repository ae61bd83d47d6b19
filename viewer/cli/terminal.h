// SPDX-License-Identifier: Apache-2.0
// Text for people: numbers with units, columns that fit the terminal (elsewhere 100 characters), bars; colour and UTF-8
// only where the output can show them.
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
  std::size_t width = kLineWidth;

  // For standard output: a terminal and its width, NO_COLOR, TERM and the locale decide.
  static Style of_stdout();
  std::string bold(const std::string& text) const;
  std::string dim(const std::string& text) const;
  // `share` (0 .. 1) of `width` characters; what is more than nothing shows.
  std::string bar(double share, std::size_t width) const;
};

// Three significant digits: "1.23 us" (in UTF-8 "1.23 µs"), "45.6 ms", "12.3 s"; "-" for less than nothing.
std::string duration_text(double ns, const Style& style);
std::string bytes_text(double bytes);              // "0 B", "1.50 KiB"
std::string rate_text(double bytes, double ns);    // "1.23 GiB/s"; "-" where there is none
std::string count_text(std::int64_t count);        // exact up to seven digits, then "12.3 M"
std::string share_text(double share);              // "12.3 %"

// Columns on the screen, not bytes: an ideograph takes two, a combining accent none.
std::size_t text_width(std::string_view text);
// Control characters become '?', so that no label steers the terminal.
std::string printable(std::string_view text);
// At most `width` columns; what is cut is the middle.
std::string fitted(const std::string& text, std::size_t width);

// `first` and the text, broken between words where the line ends; further lines begin with `next`. Ends with a line
// feed.
std::string wrapped(const std::string& text, const std::string& first, const std::string& next, const Style& style);

// Columns under headings. When a line would be too long, flexible columns give way; then columns that may be left out
// are, and a line below says which.
class TextTable {
 public:
  enum class Kind { number, text, flexible };
  void column(const std::string& heading, Kind kind = Kind::number);
  void may_leave_out(std::vector<std::string> headings) { leave_out_ = std::move(headings); }  // in this order
  void row(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  std::string text(const Style& style, const std::string& indent = "") const;

 private:
  struct Layout {
    std::vector<std::size_t> columns, widths;  // shown; the width of each
    std::vector<std::string> left_out;         // headings
    std::size_t total = 0;
  };
  Layout layout(std::size_t indent, std::size_t left_out) const;
  void shrink(Layout& layout, std::size_t line_width, std::size_t least) const;
  Layout fitting(std::size_t indent, std::size_t line_width) const;
  std::vector<std::string> headings_, leave_out_;
  std::vector<Kind> kinds_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace tulkki
