// SPDX-License-Identifier: Apache-2.0
// Makes links where they are needed, and only there.
#include "viewer/cli/preload.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fmt/core.h>
#include <unistd.h>

namespace tulkki {
namespace {

namespace fs = std::filesystem;

Error cannot_name(const std::string& path, const std::string& why) {
  return Error{fmt::format("{} cannot be loaded: its path has a character that the loader takes for something else, "
                           "and {}", path, why)};
}

// To the folder, not to the file: what the library looks for beside itself stays where it is.
Result<std::string> linked(const std::string& path, const std::string& link_folder) {
  if (!is_plain_path(link_folder))
    return cannot_name(path, fmt::format("so has {}, where a link to it would be; for tulkki run set TULKKI_DIR, for "
                                         "tulkki env XDG_CACHE_HOME, to a folder whose path has only letters, digits, "
                                         "'/', '.', '-' and '_'", link_folder));
  const fs::path file(path);
  if (!is_plain_path(file.filename())) return cannot_name(path, "it is in the name of the file itself: rename it");
  std::error_code error;
  fs::create_directories(link_folder, error);
  const std::string folder = file.parent_path();
  const std::string link = fmt::format("{}/preload-{:016x}", link_folder, std::hash<std::string>()(folder));
  if (fs::read_symlink(link, error) != folder) {
    unlink(link.c_str());
    if (symlink(folder.c_str(), link.c_str()) != 0)
      return cannot_name(path, fmt::format("a link {} cannot be made: {}", link, std::strerror(errno)));
  }
  return link + "/" + file.filename().string();
}

}  // namespace

bool is_plain_path(const std::string& path) {
  for (const char each : path) {
    const auto byte = static_cast<unsigned char>(each);
    const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte >= 0x80;
    const bool digit = byte >= '0' && byte <= '9';
    if (!letter && !digit && std::strchr("/._+@%-", each) == nullptr) return false;
  }
  return true;
}

Result<std::string> preload_value(const std::vector<std::string>& files, const std::string& link_folder) {
  std::string value;
  for (const std::string& file : files) {
    const Result<std::string> name = is_plain_path(file) ? Result<std::string>(file) : linked(file, link_folder);
    if (!name) return name.error();
    value += (value.empty() ? "" : ":") + *name;
  }
  const char* own = std::getenv("LD_PRELOAD");
  const std::string_view users = own == nullptr ? "" : own;
  if (users.empty() || users.find("libtulkki.so") != std::string_view::npos) return value;
  return value + ":" + own;
}

Result<void> link_libraries(Variables& variables, const std::string& link_folder) {
  for (auto& [name, value] : variables) {
    if ((name != "TULKKI_BACKEND" && name != "TULKKI_ABI_BACKEND") || value.find('$') == std::string::npos) continue;
    const Result<std::string> link = linked(value, link_folder);
    if (!link) return link.error();
    value = *link;
  }
  return {};
}

std::string lasting_link_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache == '/') return std::string(cache) + "/tulkki";
  const char* home = std::getenv("HOME");
  return std::string(home != nullptr ? home : "") + "/.cache/tulkki";
}

}  // namespace tulkki
