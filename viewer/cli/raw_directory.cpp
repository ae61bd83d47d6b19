// SPDX-License-Identifier: Apache-2.0
// Creates and clears the directories for raw logs.
#include "viewer/cli/raw_directory.h"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <random>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "storage/raw_format.h"

namespace tulkki {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kPlentyBytes = 1ull << 30;

std::string default_base() {
  struct statvfs space {};
  if (access("/dev/shm", W_OK | X_OK) == 0 && statvfs("/dev/shm", &space) == 0 &&
      static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize >= kPlentyBytes) {
    return fmt::format("/dev/shm/tulkki-{}", getuid());
  }
  const char* temporary = std::getenv("TMPDIR");
  return fmt::format("{}/tulkki-{}", temporary != nullptr && *temporary != '\0' ? temporary : "/tmp", getuid());
}

// The name can be guessed in a folder where everybody may write: another user must not own it, nor lead us away
// by a link.
Result<void> make_private_folder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) == 0) return {};
  if (errno != EEXIST) {
    return Error{fmt::format("cannot create {} for the raw logs: {}; name another folder in TULKKI_DIR", path,
                             std::strerror(errno))};
  }
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == getuid()) return {};
  return Error{fmt::format("{} is not a folder of yours; name another one in TULKKI_DIR", path)};
}

std::string new_id() {
  std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char date[32];
  std::strftime(date, sizeof date, "%Y%m%d-%H%M%S", &parts);
  return fmt::format("{}-{}-{:06x}", date, getpid(), std::random_device{}() & 0xffffff);
}

bool holds_logs(const std::string& folder) {
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (entry->path().extension() == ".tulkki-raw") return true;
  }
  return false;
}

}  // namespace

Result<RawDirectory> RawDirectory::create(const std::string& trace_directory) {
  const char* chosen = std::getenv("TULKKI_DIR");
  std::error_code error;
  std::string base = chosen != nullptr && *chosen != '\0' ? fs::absolute(chosen, error).string() : default_base();
  if (chosen != nullptr && *chosen != '\0') fs::create_directories(base, error);
  else if (const Result<void> made = make_private_folder(base); !made) return made.error();
  const std::string id = new_id();
  RawDirectory directory;
  directory.path_ = base + "/" + id;
  directory.collect_path_ = trace_directory + "/.collect-" + id;
  if (mkdir(directory.path_.c_str(), 0700) != 0) {
    return Error{fmt::format("cannot create {} for the raw logs: {}; name another folder in TULKKI_DIR",
                             directory.path_, std::strerror(errno))};
  }
  return directory;
}

std::vector<std::string> RawDirectory::with_logs() const {
  std::vector<std::string> result;
  for (const std::string& folder : {path_, collect_path_}) {
    if (holds_logs(folder)) result.push_back(folder);
  }
  return result;
}

RawDirectory::Marks RawDirectory::take_marks() const {
  std::error_code ignored;
  return {fs::remove(path_ + "/" + raw::kLoadedMark, ignored), fs::remove(path_ + "/" + raw::kUnseenMark, ignored)};
}

bool RawDirectory::has_initialized_log() const {
  for (const std::string& folder : with_logs()) {
    std::error_code error;
    fs::recursive_directory_iterator entry(folder, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
      if (entry->path().extension() != ".tulkki-raw") continue;
      raw::FileHeader header{};
      std::ifstream stream(entry->path(), std::ios::binary);
      // What cannot be read is for recover to judge.
      if (!stream.read(reinterpret_cast<char*>(&header), sizeof header) || header.run_id[0] != '\0') return true;
    }
  }
  return false;
}

void RawDirectory::remove_if_empty() const {
  // Not remove_all: whatever lies there is somebody's result. Then the base, if no other launch uses it.
  std::error_code ignored;
  for (const std::string& folder : {path_, collect_path_}) {
    if (holds_logs(folder)) continue;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
      if (entry.is_symlink(ignored) && entry.path().filename().string().starts_with("preload-")) fs::remove(entry.path(), ignored);
    }
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
      if (entry.is_directory(ignored)) fs::remove(entry.path(), ignored);
    }
    fs::remove(folder, ignored);
  }
  if (std::getenv("TULKKI_DIR") == nullptr) fs::remove(fs::path(path_).parent_path(), ignored);
}

std::string why_not_writable(const std::string& folder) {
  // Asking for permission is not enough: the file system may be read-only or full.
  std::string name = folder + "/.tulkki-XXXXXX";
  const int descriptor = mkstemp(name.data());
  if (descriptor < 0) return std::strerror(errno);
  close(descriptor);
  unlink(name.c_str());
  return "";
}

}  // namespace tulkki
