// SPDX-License-Identifier: Apache-2.0
// Works on descriptors of folders, so that nobody can swap a folder for a link meanwhile.
#include "storage/trace_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <span>
#include <vector>

namespace tulkki {
namespace {

namespace files = std::filesystem;

class Folder {
 public:
  Folder(int parent, const std::string& name)
      : descriptor_(openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) {}
  ~Folder() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    DIR* stream = fdopendir(dup(descriptor_));
    if (stream == nullptr) return names;
    rewinddir(stream);
    while (const dirent* entry = readdir(stream)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    closedir(stream);
    return names;
  }

 private:
  int descriptor_;
};

bool ends_with_one_of(std::string_view name, std::span<const std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view one) { return name.ends_with(one); });
}

// `stem` is "traces": what an archive of that name is made of, and the timeline's index of it.
bool is_archive_file(std::string_view name, std::string_view stem) {
  constexpr std::array<std::string_view, 4> kEndings{".otf2", ".def", ".marker", ".tulkki-timeline"};
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [&](std::string_view ending) { return name == std::string(stem) + std::string(ending); });
}

bool is_location_file(std::string_view name) {
  constexpr std::array<std::string_view, 3> kEndings{".evt", ".def", ".snap"};
  return ends_with_one_of(name, kEndings) && std::isdigit(static_cast<unsigned char>(name.front())) != 0;
}

class Removal {
 public:
  Removal(const std::string& anchor, bool remove) : anchor_(anchor), remove_(remove) {}

  TraceRemoval run(const std::string& folder_name) {
    const files::path folder = anchor_.parent_path();
    std::error_code ignored;
    if (!files::exists(files::symlink_status(folder, ignored))) return {};
    if (!is_named(folder.filename().string(), folder_name)) {
      return {0, "its folder does not have the name that Tulkki gave it"};
    }
    const Folder archive(AT_FDCWD, folder.string());
    if (!archive.is_open()) return {0, std::string("its folder cannot be opened: ") + std::strerror(errno)};
    const std::string stem = anchor_.stem().string();
    for (const std::string& name : archive.names()) {
      if (name == stem)
        remove_locations(archive, name);
      else
        remove_file(archive, name, is_archive_file(name, stem));
    }
    if (remove_ && result_.left.empty() && rmdir(folder.c_str()) != 0) fail(folder.filename().string());
    return result_;
  }

 private:
  static bool is_named(std::string_view name, std::string_view wanted) {
    if (!name.starts_with(wanted)) return false;
    name.remove_prefix(wanted.size());
    const auto is_digit = [](unsigned char letter) { return std::isdigit(letter) != 0; };
    return name.empty() || (name.size() > 1 && name[0] == '-' && std::all_of(name.begin() + 1, name.end(), is_digit));
  }

  void fail(const std::string& name) {
    if (result_.left.empty()) result_.left = "cannot remove " + name + ": " + std::strerror(errno);
  }

  void remove_locations(const Folder& archive, const std::string& name) {
    const Folder locations(archive.descriptor(), name);
    if (!locations.is_open()) return keep(name);
    for (const std::string& file : locations.names())
      remove_file(locations, file, is_location_file(file));
    if (remove_ && result_.left.empty() && unlinkat(archive.descriptor(), name.c_str(), AT_REMOVEDIR) != 0) fail(name);
  }

  void remove_file(const Folder& folder, const std::string& name, bool ours) {
    struct stat status {};
    if (!ours || fstatat(folder.descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(status.st_mode)) {
      return keep(name);
    }
    if (remove_ && unlinkat(folder.descriptor(), name.c_str(), 0) != 0) return fail(name);
    result_.bytes += static_cast<std::uint64_t>(status.st_size);
  }

  void keep(const std::string& name) {
    if (result_.left.empty()) result_.left = "its folder also holds " + name + ", which is not part of the trace";
  }

  const files::path anchor_;
  const bool remove_;
  TraceRemoval result_;
};

}  // namespace

std::string trace_folder_name(const std::string& program, std::string_view launch, std::string_view started_at) {
  std::string name = files::path(program).filename().string();
  for (char& letter : name) {
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                       (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' || letter == '-';
    if (!plain) letter = '_';
  }
  if (name.empty()) name = "program";
  std::uint32_t hash = 2166136261u;  // FNV-1a
  for (const unsigned char byte : launch)
    hash = (hash ^ byte) * 16777619u;
  std::string date;  // 2026-11-21T10:35:00.123Z
  for (const char letter : started_at.substr(0, std::min<std::size_t>(started_at.size(), 19))) {
    if (letter == 'T') date += '-';
    if (letter >= '0' && letter <= '9') date += letter;
  }
  char suffix[16];
  std::snprintf(suffix, sizeof(suffix), "-%06x", hash & 0xffffffu);
  return name.substr(0, 60) + "-" + date + suffix;
}

TraceRemoval remove_trace(const std::string& anchor, const std::string& folder_name) {
  return Removal(anchor, true).run(folder_name);
}

TraceRemoval describe_trace(const std::string& anchor, const std::string& folder_name) {
  return Removal(anchor, false).run(folder_name);
}

}  // namespace tulkki
