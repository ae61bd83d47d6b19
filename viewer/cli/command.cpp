// SPDX-License-Identifier: Apache-2.0
// Messages and defaults that all commands share.
#include "viewer/cli/command.h"

#include <cstdlib>
#include <fmt/core.h>
#include <string>

namespace tulkki {

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

}  // namespace tulkki
