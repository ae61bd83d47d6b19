// SPDX-License-Identifier: Apache-2.0
// What tells one archive from another: a quick key of its files' names, sizes and times, and a thorough one of all that
// is in them. Paths do not count, so that a cache moves with its archive.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tulkki::trace {

struct ArchiveFile {
  std::string path;  // as it can be opened
  std::string name;  // relative to the anchor's folder
  std::uint64_t bytes = 0;
  std::int64_t changed_ns = 0;
};

struct ContentKey {
  std::uint64_t value[2] = {0, 0};
  bool operator==(const ContentKey&) const = default;
};

// Anchor, definitions and the files of all locations, ordered by name.
std::vector<ArchiveFile> archive_files(const std::string& anchor);
std::uint64_t state_key(const std::vector<ArchiveFile>& files);
// Reads everything. `go_on(bytes)` ends it by returning false; the key is {0, 0} then.
ContentKey content_key(const std::vector<ArchiveFile>& files, const std::function<bool(std::uint64_t bytes)>& go_on);

}  // namespace tulkki::trace
