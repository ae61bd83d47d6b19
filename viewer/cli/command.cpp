// SPDX-License-Identifier: Apache-2.0
// Argument errors, messages and defaults that all commands share.
#include "viewer/cli/command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <fmt/core.h>
#include <numeric>
#include <string>
#include <vector>

namespace tulkki {

std::optional<int> parse_arguments(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    // CLI11 does not know that a prefix command takes another command line.
    std::string text = app.help();
    const std::size_t at = text.find("[OPTIONS]");
    if (app.get_prefix_command() && at != std::string::npos) text.insert(at + 9, " [--] PROGRAM [ARGUMENTS...]");
    fmt::print("{}", text);
    return 0;
  } catch (const CLI::ParseError& error) {
    return wrong_use(app.get_name().substr(std::string_view("tulkki ").size()), error.what());
  }
}

int failed(std::string_view command, std::string_view message) {
  fmt::print(stderr, "tulkki {}: {}\n", command, message);
  return kExitFailed;
}

int wrong_use(std::string_view command, std::string_view message) {
  fmt::print(stderr, "tulkki {0}: {1}\nSee `tulkki {0} --help`.\n", command, message);
  return kExitWrongUse;
}

std::string database_path(const std::string& option) {
  if (!option.empty()) return option;
  const char* variable = std::getenv("TULKKI_DB");
  return variable != nullptr && *variable != '\0' ? variable : "tulkki.db";
}

static std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string nearest_name(std::string_view name, const std::string_view* known, std::size_t count) {
  std::string_view best;
  std::size_t best_distance = 3;  // further away it is no typing error
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t distance = edit_distance(name, known[i]);
    if (distance < best_distance && distance < known[i].size()) {
      best_distance = distance;
      best = known[i];
    }
  }
  return std::string(best);
}

}  // namespace tulkki
