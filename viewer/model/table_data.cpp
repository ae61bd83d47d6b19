// SPDX-License-Identifier: GPL-3.0-or-later
// Files get full precision in the C locale, people three digits with a unit.
#include "viewer/model/table_data.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "viewer/analysis/latex_text.h"

namespace tulkki {
namespace {

std::string three_digits(double value) {
  const double size = std::abs(value);
  if (size < 9.995) return fmt::format("{:.2f}", value);
  if (size < 99.95) return fmt::format("{:.1f}", value);
  return fmt::format("{:.0f}", value);
}

template <std::size_t size>
std::string scaled(double value, double factor, const std::array<const char*, size>& units) {
  std::size_t unit = 0;
  while (std::abs(value) >= factor - 0.5 && unit + 1 < size) {
    value /= factor;
    ++unit;
  }
  return three_digits(value) + " " + units[unit];
}

std::string number_text(double value, Written written) {
  switch (written) {
    case Written::duration:
      return std::abs(value) < 0.005 ? "0 s" : scaled(value, 1000, std::array{"ns", "µs", "ms", "s"});
    case Written::bytes:
      return std::abs(value) < 1024 ? fmt::format("{:.0f} B", value)
                                    : scaled(value, 1024, std::array{"B", "KiB", "MiB", "GiB", "TiB", "PiB"});
    case Written::rate: return scaled(value, 1024, std::array{"B/s", "KiB/s", "MiB/s", "GiB/s", "TiB/s"});
    case Written::per_second: return scaled(value, 1000, std::array{"/s", "k/s", "M/s", "G/s"});
    case Written::share: return fmt::format("{:.1f} %", value * 100);
    case Written::ratio: return fmt::format("×{:.3f}", value);
    case Written::count:
      return std::abs(value) < 1e7 && value == std::floor(value) ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
    default: return fmt::format("{:.4g}", value);
  }
}

std::string raw_text(const TableCell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return fmt::format("{}", *integer);
  if (const auto* real = std::get_if<double>(&cell)) return std::isfinite(*real) ? fmt::format("{}", *real) : "";
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  return "";
}

std::string quoted(const std::string& text, char separator) {
  const char special[] = {'"', '\r', '\n', separator, '\0'};
  if (text.find_first_of(special) == std::string::npos) return text;
  std::string result = "\"";
  for (const char letter : text) result += letter == '"' ? std::string("\"\"") : std::string(1, letter);
  return result + "\"";
}

std::string separated(const TableData& table, char separator) {
  std::string text;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (i > 0) text += separator;
    text += quoted(table.columns[i].name, separator);
  }
  text += '\n';
  for (const TableRow& row : table.rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      if (i > 0) text += separator;
      text += quoted(raw_text(row.cells[i]), separator);
    }
    text += '\n';
  }
  return text;
}

std::string json_text(const TableData& table) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const TableRow& row : table.rows) {
    nlohmann::ordered_json object;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      nlohmann::ordered_json& value = object[table.columns[i].name];
      if (const auto* integer = std::get_if<std::int64_t>(&row.cells[i])) value = *integer;
      else if (const auto* real = std::get_if<double>(&row.cells[i])) value = *real;
      else if (const auto* text = std::get_if<std::string>(&row.cells[i])) value = *text;
    }
    rows.push_back(std::move(object));
  }
  return rows.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string markdown_text(const TableData& table) {
  std::string head = "|", rule = "|", body;
  for (const TableColumn& column : table.columns) {
    head += " " + column.title + " |";
    rule += column.written == Written::text || column.written == Written::verdict ? " --- |" : " ---: |";
  }
  for (const TableRow& row : table.rows) {
    body += "|";
    for (std::size_t i = 0; i < row.cells.size(); ++i) body += " " + cell_text(row.cells[i], table.columns[i].written) + " |";
    body += '\n';
  }
  return head + "\n" + rule + "\n" + body;
}

std::string latex_table(const TableData& table) {
  std::string kinds, head, body;
  for (const TableColumn& column : table.columns) {
    const bool words = column.written == Written::text || column.written == Written::verdict;
    kinds += words ? 'l' : 'r';
    head += (head.empty() ? "  " : " & ") + latex_text(column.title);
  }
  for (const TableRow& row : table.rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      std::string text = latex_text(cell_text(row.cells[i], table.columns[i].written));
      for (const auto& [plain, set] : {std::pair<std::string_view, std::string_view>{"\\textasciitilde{}", "$\\sim$"}, {"µ", "$\\mu$"}, {"×", "$\\times$"}}) {
        if (const std::size_t at = text.find(plain); at != std::string::npos) text.replace(at, plain.size(), set);
      }
      body += (i > 0 ? " & " : "  ") + text;
    }
    body += " \\\\\n";
  }
  return "% needs \\usepackage{booktabs}\n\\begin{tabular}{" + kinds + "}\n  \\toprule\n" + head + " \\\\\n  \\midrule\n" + body +
         "  \\bottomrule\n\\end{tabular}\n";
}

}  // namespace

std::string cell_text(const TableCell& cell, Written written) {
  if (const auto* text = std::get_if<std::string>(&cell)) {
    std::string line = *text;
    std::replace_if(line.begin(), line.end(), [](char letter) { return letter == '\t' || letter == '\n' || letter == '\r'; }, ' ');
    return line;
  }
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return number_text(static_cast<double>(*integer), written);
  if (const auto* real = std::get_if<double>(&cell)) return std::isfinite(*real) ? number_text(*real, written) : "–";
  return "–";
}

std::string table_text(const TableData& table, TableFormat format) {
  switch (format) {
    case TableFormat::csv: return separated(table, ',');
    case TableFormat::tsv: return separated(table, '\t');
    case TableFormat::json: return json_text(table);
    case TableFormat::markdown: return markdown_text(table);
    case TableFormat::latex: return latex_table(table);
  }
  return {};
}

}  // namespace tulkki
