// SPDX-License-Identifier: Apache-2.0
// Growth of the raw log. Space is reserved with fallocate before it is mapped: writing to a page that the file
// system cannot back would kill the host program with SIGBUS.
#include "interposer/log_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "interposer/clock.h"
#include "interposer/load.h"
#include "interposer/process.h"
#include "interposer/say.h"

namespace tulkki {
namespace {

bool make_directories(const char* directory) {
  char path[PATH_MAX];
  std::snprintf(path, sizeof path, "%s", directory);
  for (char* slash = path + 1; *slash != '\0'; ++slash) {
    if (*slash != '/') continue;
    *slash = '\0';
    mkdir(path, 0777);
    *slash = '/';
  }
  return mkdir(path, 0700) == 0 || errno == EEXIST;
}

int reserve(int descriptor, std::uint64_t offset, std::uint64_t bytes) {
  int error;
  do {
    error = posix_fallocate(descriptor, static_cast<off_t>(offset), static_cast<off_t>(bytes));
  } while (error == EINTR);
  return error;
}

}  // namespace

bool make_private_directory(const char* directory) {
  if (!make_directories(directory)) {
    say("cannot make the folder %s: %s; the program runs without being recorded (set TULKKI_DIR to another directory)", directory,
        std::strerror(errno));
    return false;
  }
  struct stat status {};
  // O_PATH: a umask may have left not even us a right to it.
  const int descriptor = open(directory, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  char itself[64];
  std::snprintf(itself, sizeof itself, "/proc/self/fd/%d", descriptor);
  const bool ours = descriptor >= 0 && fstat(descriptor, &status) == 0 && status.st_uid == geteuid() &&
                    ((status.st_mode & 0777) == 0700 || chmod(itself, 0700) == 0);
  if (descriptor >= 0) close(descriptor);
  if (!ours)
    say("%s is not a folder of this user; the program runs without being recorded (set TULKKI_DIR to another directory)", directory);
  return ours;
}

bool LogFile::create(const char* directory) {
  char host[sizeof header->host] = "";
  gethostname(host, sizeof host - 1);
  int length = std::snprintf(path, sizeof path, "%s/%s-%d-%llx.tulkki-raw", directory, host, static_cast<int>(getpid()),
                             static_cast<unsigned long long>(realtime_ns()));
  int descriptor = -1;
  if (length < static_cast<int>(sizeof path) && make_directories(directory))
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    say("cannot write the record in %s: %s; the program runs without being recorded (set TULKKI_DIR to another directory)",
        directory, std::strerror(errno));
    return false;
  }
  const int error = reserve(descriptor, 0, raw::kFileHeaderBytes);
  void* mapping = error != 0 ? MAP_FAILED
                             : mmap(nullptr, raw::kFileHeaderBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                                    descriptor, 0);
  close(descriptor);
  if (mapping == MAP_FAILED) {
    say("cannot write the record to %s: %s; the program runs without being recorded (set TULKKI_DIR to another directory)", path,
        std::strerror(error != 0 ? error : errno));
    unlink(path);
    return false;
  }
  header = static_cast<raw::FileHeader*>(mapping);
  header->format_version = raw::kFormatVersion;
  header->header_bytes = raw::kFileHeaderBytes;
  header->chunk_bytes = raw::kDefaultChunkBytes;
  header->world_rank = header->world_size = -1;
  header->process_id = static_cast<std::uint64_t>(getpid());
  std::strcpy(header->host, host);
  std::memcpy(header->magic, raw::kMagic, sizeof header->magic);
  return true;
}

void LogFile::move_to(const char* directory, const char* name) {
  char target[PATH_MAX];
  if (std::snprintf(target, sizeof target, "%s/%s", directory, name) >= static_cast<int>(sizeof target)) return;
  if (make_directories(directory) && rename(path, target) == 0) std::strcpy(path, target);
}

raw::ChunkHeader* LogFile::add_chunk(raw::ChunkKind kind, std::uint32_t thread, std::uint32_t sequence, void* where) {
  const std::uint64_t offset = raw::kFileHeaderBytes + chunks_ * raw::kDefaultChunkBytes;
  const int descriptor = open(path, O_RDWR | O_CLOEXEC);
  const int error = descriptor < 0 ? errno : reserve(descriptor, offset, raw::kDefaultChunkBytes);
  void* mapping = MAP_FAILED;
  if (error == 0) {
    const int flags = MAP_SHARED | MAP_POPULATE | (where != nullptr ? MAP_FIXED : 0);
    mapping = mmap(where, raw::kDefaultChunkBytes, PROT_READ | PROT_WRITE, flags, descriptor,
                   static_cast<off_t>(offset));
  }
  const int map_error = errno;
  if (descriptor >= 0) close(descriptor);
  if (mapping == MAP_FAILED) {
    report_no_room(error != 0 ? error : map_error);
    return nullptr;
  }
  ++chunks_;
  auto* chunk = static_cast<raw::ChunkHeader*>(mapping);
  chunk->magic = raw::kChunkMagic;
  chunk->thread = thread;
  chunk->sequence = sequence;
  chunk->kind = kind;
  refresh_header();
  return chunk;
}

void LogFile::report_no_room(int error) {
  header->loss = error == ENOMEM ? raw::LossReason::out_of_memory : raw::LossReason::disk_full;
  if (no_room_said_) return;
  no_room_said_ = true;
  say("no room for the record in %s: %s; no more events are recorded; the program runs on "
      "(set TULKKI_DIR to a place with more room, or TULKKI_TRACE=0)",
      path, std::strerror(error));
}

void LogFile::define(raw::DefinitionKind kind, std::initializer_list<Piece> pieces) {
  std::size_t bytes = 0;
  for (const Piece& piece : pieces) bytes += piece.bytes;
  const std::size_t whole = sizeof(raw::DefinitionHeader) + ((bytes + 7) & ~std::size_t{7});
  if (whole > payload_bytes()) return;
  if (definitions_ == nullptr || definitions_->used + whole > payload_bytes()) {
    raw::ChunkHeader* chunk = add_chunk(raw::ChunkKind::definitions, 0, definition_sequence_ + 1);
    if (chunk == nullptr) return;
    definitions_ = chunk;
    ++definition_sequence_;
  }
  std::uint8_t* cursor = payload(definitions_) + definitions_->used;
  const raw::DefinitionHeader record{kind, 0, static_cast<std::uint32_t>(bytes)};
  std::memcpy(cursor, &record, sizeof record);
  cursor += sizeof record;
  for (const Piece& piece : pieces) {
    std::memcpy(cursor, piece.data, piece.bytes);
    cursor += piece.bytes;
  }
  __atomic_store_n(&definitions_->used, definitions_->used + whole, __ATOMIC_RELEASE);
}

void LogFile::define_property(const char* name, const char* value) {
  define(raw::DefinitionKind::property, {{name, std::strlen(name) + 1}, {value, std::strlen(value) + 1}});
}

void LogFile::refresh_header() {
  header->latest_ticks = read_ticks();
  header->latest_realtime_ns = realtime_ns();
  refresh_process_load(*header);
}

}  // namespace tulkki
