// SPDX-License-Identifier: Apache-2.0
// What the files of this machine say about a transport: components, libraries, texts in them.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <map>
#include <sstream>

#include "viewer/transports/transport_table.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

// Libraries are read whole, once each: a search for a text needs no more than that.
const std::string& content_of(const std::string& path) {
  static std::map<std::string, std::string> contents;
  const auto [entry, is_new] = contents.try_emplace(path);
  if (is_new) {
    std::ifstream stream(path, std::ios::binary);
    entry->second.assign(std::istreambuf_iterator<char>(stream), {});
  }
  return entry->second;
}

fs::path folder_of(const std::string& library) {
  std::error_code error;
  return fs::canonical(library, error).parent_path();
}

std::string find_file(const std::string& name, const std::string& library) {
  if (name.starts_with("/")) return fs::exists(name) ? name : "";
  std::vector<fs::path> folders{folder_of(library)};
  const char* variable = std::getenv("LD_LIBRARY_PATH");
  std::istringstream own(variable != nullptr ? variable : "");
  for (std::string folder; std::getline(own, folder, ':');) folders.emplace_back(folder);
  for (const char* folder : {"/usr/local/lib", "/usr/lib/" TULKKI_MULTIARCH, "/lib/" TULKKI_MULTIARCH, "/usr/lib64", "/usr/lib"})
    folders.emplace_back(folder);
  std::error_code error;
  for (const fs::path& folder : folders)
    if (!folder.empty() && fs::exists(folder / name, error)) return folder / name;
  return "";
}

// Components are plug-ins below lib/openmpi, in Debian one folder deeper, or are linked into the library.
std::string why_no_component(const std::string& component, const std::string& library) {
  const std::string file = "mca_" + component + ".so";
  const fs::path folder = folder_of(library);
  std::error_code error;
  for (const fs::path& base : {folder / "openmpi", folder / "openmpi/lib/openmpi3", folder / "openmpi/lib/openmpi"})
    if (fs::exists(base / file, error)) return "";
  if (content_of(library).find("mca_" + component + "_component") != std::string::npos) return "";
  return fmt::format("{} has no component {}", library, component);
}

std::string why_no_text(const std::string& file, const std::string& text, const std::string& library) {
  const std::string path = find_file(file, library);
  if (path.empty()) return file + " is not installed";
  if (content_of(path).find(text + std::string(1, '\0')) != std::string::npos) return "";
  return fmt::format("{} has no {}", path, text);
}

std::string why_not(const std::string& need, const std::string& library) {
  std::istringstream words(need);
  std::string kind, name, text;
  words >> kind >> name;
  std::getline(words >> std::ws, text);
  if (kind == "component") return why_no_component(name, library);
  if (kind == "text") return why_no_text(name, text, library);
  if (kind == "file") return find_file(name, library).empty() ? name + " is not there" : "";
  return fmt::format("this version knows no probe '{}'", need);
}

}  // namespace

std::vector<Transport> transports_of(const std::vector<Transport>& all, const std::string& backend,
                                     const std::string& library) {
  std::vector<Transport> result;
  for (const Transport& transport : all) {
    if (transport.backend != backend) continue;
    if (transport.device.empty() || content_of(library).find(transport.device) != std::string::npos) result.push_back(transport);
  }
  return result;
}

std::string why_unavailable(const Transport& transport, const std::string& library) {
  if (!transport.cannot.empty()) return transport.cannot;
  for (const std::string& need : transport.needs)
    if (std::string reason = why_not(need, library); !reason.empty()) return reason;
  return "";
}

}  // namespace tulkki
