// SPDX-License-Identifier: Apache-2.0
// Reads the built-in lines and the user's JSON file.
#include "viewer/transports/transport_table.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tulkki/transports.h"
#include "viewer/documentation.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::vector<std::string> lines_of(const char* text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

Transport built_in(const TransportText& text) {
  Transport transport{text.backend, text.device, text.name, text.about, {}, lines_of(text.needs), lines_of(text.verify), text.cannot};
  for (const std::string& line : lines_of(text.variables)) {
    const std::size_t equals = line.find('=');
    transport.variables.emplace_back(line.substr(0, equals), line.substr(equals + 1));
  }
  return transport;
}

// Empty when there is none to read; `demanded`: it must be there.
std::string user_file(const std::string& given, bool& demanded) {
  demanded = true;
  if (!given.empty()) return given;
  if (const char* variable = std::getenv("TULKKI_TRANSPORTS_FILE"); variable != nullptr && *variable != '\0') return variable;
  demanded = false;
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  if (config != nullptr && *config != '\0') return std::string(config) + "/tulkki/transports.json";
  return home != nullptr ? std::string(home) + "/.config/tulkki/transports.json" : "";
}

// Fills `text` from a field; the message if it is of another type.
std::string take_text(const Json& row, const char* field, std::string& text) {
  if (!row.contains(field)) return "";
  if (!row[field].is_string()) return fmt::format("field '{}' must be a string", field);
  text = row[field].get<std::string>();
  if (text.find('\n') != std::string::npos) return fmt::format("field '{}' must be one line", field);
  return "";
}

std::string take_texts(const Json& row, const char* field, std::vector<std::string>& texts) {
  if (!row.contains(field)) return "";
  if (!row[field].is_array()) return fmt::format("field '{}' must be a list of strings", field);
  for (const Json& element : row[field]) {
    if (!element.is_string()) return fmt::format("field '{}' must be a list of strings", field);
    texts.push_back(element.get<std::string>());
    // One variable carries all checks to the processes, with this between them.
    if (texts.back().find(" && ") != std::string::npos) return fmt::format("field '{}' has \" && \" in a text: make it two texts", field);
  }
  return "";
}

std::string take_variables(const Json& row, Transport& transport) {
  if (!row.contains("variables")) return "";
  if (!row["variables"].is_object()) return "field 'variables' must be an object of names and strings";
  for (const auto& [name, value] : row["variables"].items()) {
    if (!value.is_string()) return fmt::format("variable '{}' must be a string", name);
    transport.variables.emplace_back(name, value.get<std::string>());
  }
  return "";
}

std::string take_row(const Json& row, Transport& transport) {
  if (!row.is_object()) return "each transport must be an object";
  for (const auto& [field, value] : row.items()) {
    constexpr std::array known{"backend", "device", "name", "about", "variables", "needs", "verify", "cannot"};
    if (std::find(known.begin(), known.end(), field) == known.end()) return fmt::format("there is no field '{}'", field);
  }
  for (auto [field, text] : {std::pair{"backend", &transport.backend}, {"device", &transport.device},
                             {"name", &transport.name}, {"about", &transport.about}, {"cannot", &transport.cannot}}) {
    if (std::string problem = take_text(row, field, *text); !problem.empty()) return problem;
  }
  if (transport.name.empty() || transport.name == "default") return "field 'name' is missing, or is 'default', which is taken";
  if (transport.backend != "openmpi" && transport.backend != "mpich" && transport.backend != "abi") {
    return "field 'backend' must be openmpi, mpich or abi";
  }
  for (auto [field, texts] : {std::pair{"needs", &transport.needs}, {"verify", &transport.verify}}) {
    if (std::string problem = take_texts(row, field, *texts); !problem.empty()) return problem;
  }
  return take_variables(row, transport);
}

Result<std::vector<Transport>> read_user_file(const std::string& path) {
  std::ifstream stream(path);
  if (!stream) return Error{fmt::format("{}: cannot be read (transports of your own, see {})", path, document("transports.md"))};
  Json table;
  try {
    table = Json::parse(stream);
  } catch (const Json::parse_error& error) {
    std::string reason = error.what();  // "[json.exception.parse_error.101] parse error at line 3, column 4: ..."
    reason.erase(0, reason.find("] ") == std::string::npos ? 0 : reason.find("] ") + 2);
    return Error{fmt::format("{}: {}", path, reason)};
  }
  if (!table.is_object() || !table.contains("transports") || !table["transports"].is_array()) {
    return Error{fmt::format("{}: the list 'transports' is missing", path)};
  }
  std::vector<Transport> result;
  for (const Json& row : table["transports"]) {
    Transport transport;
    if (const std::string problem = take_row(row, transport); !problem.empty()) {
      return Error{fmt::format("{}: transport {}{}: {}", path, result.size() + 1,
                               transport.name.empty() ? "" : " (" + transport.name + ")", problem)};
    }
    result.push_back(std::move(transport));
  }
  return result;
}

}  // namespace

Result<std::vector<Transport>> load_transports(const std::string& given) {
  std::vector<Transport> all;
  for (const TransportText& text : kTransportTexts) all.push_back(built_in(text));
  bool demanded = false;
  const std::string path = user_file(given, demanded);
  std::error_code error;
  if (path.empty() || (!demanded && !fs::exists(path, error))) return all;
  Result<std::vector<Transport>> own = read_user_file(path);
  if (!own) return own.error();
  for (Transport& transport : *own) {
    const auto same = [&](const Transport& other) {
      return other.backend == transport.backend && other.name == transport.name && other.device == transport.device;
    };
    if (const auto found = std::find_if(all.begin(), all.end(), same); found != all.end()) *found = std::move(transport);
    else all.push_back(std::move(transport));
  }
  return all;
}

}  // namespace tulkki
