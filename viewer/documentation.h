// SPDX-License-Identifier: Apache-2.0
// Where the pages of docs/ are, for messages that name one: installed, or in the sources around a build.
#pragma once

#include <filesystem>
#include <string>

namespace tulkki {

// "bench.md" -> "/usr/share/doc/tulkki/docs/bench.md"
inline std::string document(const std::string& page) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path prefix = fs::read_symlink("/proc/self/exe", error).parent_path().parent_path();
  for (const fs::path& folder : {prefix / "share/doc/tulkki/docs", prefix.parent_path() / "docs"})
    if (fs::is_regular_file(folder / page, error)) return folder / page;
  return "docs/" + page;
}

}  // namespace tulkki
