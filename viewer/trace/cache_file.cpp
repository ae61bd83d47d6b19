// SPDX-License-Identifier: Apache-2.0
// Temporary names end in ".tmp" and are locked by their writer, so that a file without a lock is one that nobody
// writes.
#include "viewer/trace/cache_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace tulkki::trace {

namespace fs = std::filesystem;

namespace {

void remove_abandoned(const std::string& target) {
  const fs::path path(target);
  const std::string prefix = path.filename().string() + ".";
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(path.parent_path(), error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix) || !name.ends_with(".tmp")) continue;
    const int file = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) continue;
    if (flock(file, LOCK_EX | LOCK_NB) == 0) ::unlink(entry.path().c_str());
    ::close(file);
  }
}

// Before the lock another process may take the new file for an abandoned one: then it has no name any more, and the next
// try gets another. -1: errno tells.
int create_locked(const std::string& target, std::string& name) {
  for (;;) {
    name = target + ".XXXXXX.tmp";
    const int file = mkostemps(name.data(), 4, O_CLOEXEC);
    if (file < 0) return -1;
    struct stat status {};
    // Where a file system has no locks, nothing is removed either.
    const bool locked = flock(file, LOCK_EX) == 0;
    if (!locked || fstat(file, &status) != 0 || status.st_nlink > 0) return file;
    ::close(file);
  }
}

}  // namespace

Result<std::unique_ptr<CacheFile>> CacheFile::create(const std::string& target) {
  remove_abandoned(target);
  std::unique_ptr<CacheFile> file(new CacheFile);
  file->target_ = target;
  file->file_ = create_locked(target, file->path_);
  if (file->file_ < 0) {
    file->path_.clear();
    return Error{target + ": cannot be written: " + std::strerror(errno)};
  }
  fchmod(file->file_, 0644);
  const CacheHeader header{};
  file->append({reinterpret_cast<const std::uint8_t*>(&header), sizeof(header)});
  if (file->failed()) return file->error();
  return file;
}

CacheFile::~CacheFile() {
  if (file_ < 0) return;
  if (!path_.empty()) ::unlink(path_.c_str());
  ::close(file_);
}

void CacheFile::fail(const char* what) {
  if (error_.empty())
    error_ = target_ + ": " + what + ": " + std::strerror(errno) + "; make room or choose another folder";
}

std::uint64_t CacheFile::append(std::span<const std::uint8_t> bytes) {
  const std::uint64_t offset = (end_ + 7) / 8 * 8;
  end_ = offset;
  patch(offset, bytes);
  end_ = offset + bytes.size();
  return offset;
}

void CacheFile::patch(std::uint64_t offset, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty() && !failed()) {
    const ssize_t done = pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return fail("cannot be written");
    bytes = bytes.subspan(static_cast<std::size_t>(done));
    offset += static_cast<std::uint64_t>(done);
  }
}

void CacheFile::read(std::uint64_t offset, std::span<std::uint8_t> bytes) {
  while (!bytes.empty() && !failed()) {
    const ssize_t done = pread(file_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return fail("cannot be read back");
    bytes = bytes.subspan(static_cast<std::size_t>(done));
    offset += static_cast<std::uint64_t>(done);
  }
}

Result<void> CacheFile::finish(const Directory& directory, const std::uint64_t content_key[2],
                               std::uint64_t state_key) {
  const std::vector<std::uint8_t> bytes = encode(directory);
  CacheHeader header{};
  std::memcpy(header.magic, kCacheMagic, sizeof(kCacheMagic));
  header.version = kCacheVersion;
  header.complete = 1;
  header.directory_offset = append(bytes);
  header.directory_bytes = bytes.size();
  header.directory_hash = XXH3_64bits(bytes.data(), bytes.size());
  header.file_bytes = end_;
  header.content_key[0] = content_key[0];
  header.content_key[1] = content_key[1];
  header.state_key = state_key;
  header.header_hash = XXH3_64bits(&header, offsetof(CacheHeader, header_hash));
  patch(0, {reinterpret_cast<const std::uint8_t*>(&header), sizeof(header)});
  if (failed()) return error();
  if (::rename(path_.c_str(), target_.c_str()) != 0) {
    fail("cannot be given its name");
    return error();
  }
  path_.clear();
  return {};
}

void renew_state_key(const std::string& path, std::uint64_t state_key) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  CacheHeader header;
  if (pread(file, &header, sizeof(header), 0) == static_cast<ssize_t>(sizeof(header)) &&
      header.header_hash == XXH3_64bits(&header, offsetof(CacheHeader, header_hash))) {
    header.state_key = state_key;
    header.header_hash = XXH3_64bits(&header, offsetof(CacheHeader, header_hash));
    // Two fields, one write: a reader sees the header before or after it, or refuses it and makes the index again.
    [[maybe_unused]] const ssize_t written = pwrite(file, &header, sizeof(header), 0);
  }
  ::close(file);
}

}  // namespace tulkki::trace
