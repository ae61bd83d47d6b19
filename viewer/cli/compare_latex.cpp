// SPDX-License-Identifier: Apache-2.0
#include "viewer/cli/compare_latex.h"

#include <fmt/format.h>

#include "viewer/analysis/latex_text.h"
#include "viewer/analysis/method_sentence.h"
#include "viewer/cli/table_sinks.h"

namespace tulkki {
namespace {

std::string cell_text(const std::string& words) {
  std::string text = latex_text(words);
  for (const auto& [plain, set] :
       {std::pair<std::string_view, std::string_view>{"\\textasciitilde{}", "$\\sim$"}, {" us", " $\\mu$s"}}) {
    const std::size_t at = text.find(plain);
    if (at != std::string::npos) text.replace(at, plain.size(), set);
  }
  return text;
}

std::string line_of(const std::vector<std::string>& cells) {
  std::string line = "  ";
  for (std::size_t i = 0; i < cells.size(); ++i)
    line += fmt::format("{}{}", i > 0 ? " & " : "", cell_text(cells[i]));
  return line + " \\\\\n";
}

}  // namespace

std::string compare_latex(const Comparison& comparison) {
  const VerdictTable table = verdict_table(comparison, Style{});
  std::string text = fmt::format("% {}\n", method_sentence(comparison));
  for (const Series& series : comparison.series)
    text += fmt::format("% {}: {}\n", series.key, printable(series.name));  // a line break would end the comment
  std::string kinds;
  for (const TextTable::Kind kind : table.kinds)
    kinds += kind == TextTable::Kind::number ? 'r' : 'l';
  text += fmt::format("% needs \\usepackage{{booktabs}}\n\\begin{{tabular}}{{{}}}\n  \\toprule\n{}", kinds,
                      line_of(table.headings));
  for (const VerdictSection& section : table.sections) {
    text += fmt::format("  \\midrule\n  \\multicolumn{{{}}}{{l}}{{\\emph{{{}}}}} \\\\\n", kinds.size(),
                        cell_text(section.title));
    for (const std::vector<std::string>& row : section.rows)
      text += line_of(row);
  }
  return text + "  \\bottomrule\n\\end{tabular}\n";
}

}  // namespace tulkki
