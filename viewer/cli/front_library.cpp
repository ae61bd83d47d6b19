// SPDX-License-Identifier: Apache-2.0
// The loader takes a preloaded library for one that a program needs when its SONAME is that name. Names of MPI libraries
// that nobody knows yet are therefore written into a copy, which is kept where processes on other nodes find it, too.
#include "viewer/cli/front_library.h"

#include <cstdlib>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <iterator>
#include <unistd.h>

#include "viewer/cli/recording.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

// The SONAME of the library that copies are made of (translator/CMakeLists.txt): longer than any name.
constexpr std::string_view kPlaceholder = "tulkki-front-library-whose-name-is-written-over-this-one-................................";

std::string read_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Empty where the environment names no folder, or one that cannot stand in LD_PRELOAD.
fs::path cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  fs::path folder = cache != nullptr && *cache == '/' ? fs::path(cache) : home != nullptr && *home == '/' ? fs::path(home) / ".cache" : "";
  return folder.string().find_first_of(" :") != std::string::npos ? "" : folder;
}

// Path of the copy; empty where it cannot be made.
std::string renamed_copy(const fs::path& original, const std::string& abi, const std::string& name) {
  std::string bytes = read_file(original);
  const std::size_t at = bytes.find(kPlaceholder);
  const fs::path cache = cache_folder();
  if (at == std::string::npos || cache.empty() || name.size() >= kPlaceholder.size()) return "";
  bytes.replace(at, kPlaceholder.size(), name + std::string(kPlaceholder.size() - name.size(), '\0'));
  const fs::path folder = cache / "tulkki" / "fronts" / abi, path = folder / name;
  if (read_file(path) == bytes) return path;
  std::error_code error;
  fs::create_directories(folder, error);
  const fs::path unfinished = folder / fmt::format(".{}.{}", name, getpid());
  std::ofstream stream(unfinished, std::ios::binary);
  stream << bytes;
  stream.close();
  if (!stream) return "";
  fs::rename(unfinished, path, error);   // whole or not at all: others may be starting programs
  return error ? "" : path.string();
}

}  // namespace

std::vector<std::string> front_libraries(const std::string& tulkki, const ProgramFront& front) {
  const fs::path folder = support_folder(tulkki) / abi_name(front.abi);
  std::vector<std::string> paths;
  for (const std::string& name : front.core_names) {
    std::error_code error;
    const std::string path = fs::is_regular_file(folder / name, error) ? (folder / name).string()
                                                                      : renamed_copy(folder / "any-name", abi_name(front.abi), name);
    if (!path.empty()) paths.push_back(path);
  }
  return paths;
}

}  // namespace tulkki
