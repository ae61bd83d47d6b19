// SPDX-License-Identifier: Apache-2.0
// XXH3 reads faster than any disk delivers.
#include "viewer/trace/archive_key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <filesystem>
#include <memory>

namespace tulkki::trace {

namespace fs = std::filesystem;

std::vector<ArchiveFile> archive_files(const std::string& anchor) {
  std::vector<ArchiveFile> files;
  const auto add = [&](const fs::path& path, const std::string& name) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
    files.push_back({path.string(), name, static_cast<std::uint64_t>(status.st_size),
                     status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec});
  };
  fs::path folder(anchor), definitions(anchor);
  folder.replace_extension();
  definitions.replace_extension(".def");
  add(anchor, fs::path(anchor).filename().string());
  add(definitions, definitions.filename().string());
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const fs::path extension = entry.path().extension();
    if (extension != ".evt" && extension != ".def") continue;
    add(entry.path(), folder.filename().string() + "/" + entry.path().filename().string());
  }
  std::sort(files.begin(), files.end(), [](const ArchiveFile& a, const ArchiveFile& b) { return a.name < b.name; });
  return files;
}

std::uint64_t state_key(const std::vector<ArchiveFile>& files) {
  std::string text;
  for (const ArchiveFile& file : files) {
    text += file.name + '\0' + std::to_string(file.bytes) + '\0' + std::to_string(file.changed_ns) + '\n';
  }
  return XXH3_64bits(text.data(), text.size());
}

ContentKey content_key(const std::vector<ArchiveFile>& files, const std::function<bool(std::uint64_t)>& go_on) {
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), &XXH3_freeState);
  XXH3_128bits_reset(state.get());
  std::vector<std::uint8_t> buffer(1 << 22);
  std::uint64_t bytes = 0;
  for (const ArchiveFile& file : files) {
    XXH3_128bits_update(state.get(), file.name.data(), file.name.size() + 1);
    XXH3_128bits_update(state.get(), &file.bytes, sizeof(file.bytes));
    const int descriptor = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) continue;
    for (ssize_t got; (got = ::read(descriptor, buffer.data(), buffer.size())) > 0;) {
      XXH3_128bits_update(state.get(), buffer.data(), static_cast<std::size_t>(got));
      bytes += static_cast<std::uint64_t>(got);
      if (go_on(bytes)) continue;
      ::close(descriptor);
      return {};
    }
    ::close(descriptor);
  }
  const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
  return {{hash.low64, hash.high64}};
}

}  // namespace tulkki::trace
