// SPDX-License-Identifier: Apache-2.0
// JSON as the commands print it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace tulkki {

// Indented by two, with a line feed at the end. Labels and paths need not be valid UTF-8; JSON must be.
template <class Json = nlohmann::ordered_json>
std::string json_text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tulkki
