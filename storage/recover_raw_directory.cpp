// SPDX-License-Identifier: Apache-2.0
// The lock is an flock on the directory itself: nothing to clean up, and a killed recovery leaves no lock behind.
#include "storage/recover_raw_directory.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

namespace tulkki {
namespace {

namespace files = std::filesystem;

void add_logs(const files::path& directory, std::vector<std::string>& logs, std::error_code& error) {
  for (files::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    if (at->path().string().ends_with(kRawLogSuffix) && at->is_regular_file(ignored)) {
      logs.push_back(at->path().string());
    }
  }
}

std::vector<files::path> folders_below(const files::path& directory) {
  std::vector<files::path> folders;
  std::error_code error;
  for (files::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    if (at->is_directory(ignored) && !at->is_symlink(ignored)) folders.push_back(at->path());
  }
  return folders;
}

}  // namespace

Result<RawLogDirectory> RawLogDirectory::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    return Error{"cannot open the directory " + path + ": " + std::strerror(errno) + "; give the one that holds the *" +
                 kRawLogSuffix + " files"};
  }
  RawLogDirectory directory(path, descriptor);
  // Network file systems may refuse to lock a directory; then there is no protection, as with no lock at all.
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return Error{path + " is being recovered by another tulkki: wait until that has ended"};
  }
  return directory;
}

RawLogDirectory::RawLogDirectory(RawLogDirectory&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

RawLogDirectory::~RawLogDirectory() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::vector<std::string>> RawLogDirectory::logs() const {
  std::vector<std::string> logs;
  std::error_code error;
  add_logs(path_, logs, error);
  if (error) return Error{"cannot read the directory " + path_ + ": " + error.message()};
  for (const files::path& folder : folders_below(path_)) {
    std::error_code unreadable;  // somebody else's folder is none of ours
    add_logs(folder, logs, unreadable);
  }
  std::sort(logs.begin(), logs.end());
  return logs;
}

void RawLogDirectory::remove_if_empty() const {
  // Links through which `tulkki run` preloaded its library (viewer/cli/preload.h).
  std::error_code ignored;
  for (files::directory_iterator at(path_, ignored), end; !ignored && at != end; at.increment(ignored)) {
    std::error_code error;
    if (at->is_symlink(error) && at->path().filename().string().starts_with("preload-")) ::unlink(at->path().c_str());
  }
  for (const char* mark : {raw::kLoadedMark, raw::kUnseenMark}) ::unlink((path_ + "/" + mark).c_str());
  for (const files::path& folder : folders_below(path_))
    ::rmdir(folder.c_str());
  ::rmdir(path_.c_str());
}

bool still_running(const ProcessLog& log) {
  const raw::FileHeader& header = log.header;
  if (header.state == raw::ProcessState::closed || header.process_id == 0) return false;
  char host[sizeof(header.host)] = {};
  if (gethostname(host, sizeof(host) - 1) != 0 || std::strcmp(host, header.host) != 0) return false;
  if (kill(static_cast<pid_t>(header.process_id), 0) != 0 && errno == ESRCH) return false;
  // The number may belong to another process by now, or to one that waits to be reaped: the log's own process has
  // it mapped. Where another user's process hides its mappings, the number has to do.
  std::ifstream maps("/proc/" + std::to_string(header.process_id) + "/maps");
  if (!maps) return kill(static_cast<pid_t>(header.process_id), 0) == 0 || errno == EPERM;
  std::string name = "/";
  name += std::filesystem::path(log.path).filename().string();
  for (std::string line; std::getline(maps, line);) {
    if (line.ends_with(name)) return true;
  }
  return false;
}

}  // namespace tulkki
