// SPDX-License-Identifier: GPL-3.0-or-later
// The command line of tulkki-viewer, which is also that of `tulkki view`.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tulkki {

struct ViewOptions {
  std::vector<std::string> arguments;  // runs (numbers, labels, FACTOR=VALUE) and files
  std::vector<std::string> databases;
  std::vector<std::string> by;         // factors that make the series
  std::string baseline;
  std::string figure, out;             // --figure FILE --out FILE
  double dpi = 300;
  std::string table, csv, tsv, latex;  // --table NAME with a file, or - for standard output
  std::string screenshot, page;        // --screenshot FILE --page NAME
  std::string size = "1280x800";
  std::string theme = "system";
  std::string metric, form, procedure, workload, panels, x, cell, contender, quantity;
  std::string find;                    // what is searched and shown on the timeline
  bool over_time = false;              // the I/O page

  bool is_headless() const { return !figure.empty() || !table.empty() || !screenshot.empty(); }
};

// The exit code where the program ends here: help was printed, or the arguments are wrong.
std::optional<int> parse_view_options(int argc, char** argv, ViewOptions& options);

}  // namespace tulkki
