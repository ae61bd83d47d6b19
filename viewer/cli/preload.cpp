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
  return Error{fmt::format("{} cannot be loaded: its path has a character that the loader takes for something else, and {}", path, why)};
}

// To the folder, not to the file: what the library looks for beside itself stays where it is.
Result<std::string> linked(const std::string& path, const std::string& link_folder) {
  if (!is_plain_path(link_folder))
    return cannot_name(path, fmt::format("so has {}, where a link to it could be; set TULKKI_DIR (tulkki env: XDG_CACHE_HOME) to a "
                                         "folder whose path has letters, digits, '/', '.', '-' and '_' only", link_folder));
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
  for (const char letter : path) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool letter_or_digit = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
    if (!letter_or_digit && byte < 0x80 && std::strchr("/._+@%-", letter) == nullptr) return false;
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
  if (own == nullptr || *own == '\0' || std::string_view(own).find("libtulkki.so") != std::string_view::npos) return value;
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
