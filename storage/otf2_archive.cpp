// SPDX-License-Identifier: Apache-2.0
// OTF2 reports errors through one callback for the whole program; it keeps its messages off stderr and lets the
// first of them reach the user with the directory's name.
#include "storage/otf2_archive.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace tulkki {

namespace fs = std::filesystem;

namespace {

std::string first_failure;  // of the archive being written; there is one at a time

OTF2_ErrorCode remember_failure(void*, const char*, std::uint64_t, const char*, OTF2_ErrorCode code, const char* format,
                                std::va_list arguments) {
  if (code != OTF2_SUCCESS && first_failure.empty()) {
    char text[512] = "";
    if (format != nullptr) std::vsnprintf(text, sizeof(text), format, arguments);
    first_failure = OTF2_Error_GetDescription(code);
    if (text[0] != '\0') first_failure += std::string(": ") + text;
  }
  return code;
}

OTF2_FlushType flush_always(void*, OTF2_FileType, OTF2_LocationRef, void*, bool) { return OTF2_FLUSH; }

// OTF2 3.0.2 gathers smaller chunks in a buffer of this size, which it frees twice when that cannot be written (a
// full disk). Chunks as large as the buffer go past it.
constexpr std::uint64_t kChunkBytes = 4 * 1024 * 1024;

constexpr OTF2_FlushCallbacks kFlushCallbacks = {flush_always, nullptr};

}  // namespace

Otf2Archive::Otf2Archive(std::string directory, bool made_directory)
    : directory_(std::move(directory)), made_directory_(made_directory) {
  first_failure.clear();
  previous_callback_ = OTF2_Error_RegisterCallback(remember_failure, nullptr);
}

Otf2Archive::Otf2Archive(Otf2Archive&& other) noexcept
    : directory_(std::move(other.directory_)),
      made_directory_(other.made_directory_),
      finished_(std::exchange(other.finished_, true)),
      archive_(std::exchange(other.archive_, nullptr)),
      previous_callback_(std::exchange(other.previous_callback_, nullptr)) {}

Otf2Archive::~Otf2Archive() {
  close();
  if (!finished_) remove_files();
  if (previous_callback_ != nullptr) OTF2_Error_RegisterCallback(previous_callback_, nullptr);
}

Result<Otf2Archive> Otf2Archive::create(const std::string& directory, const std::string& creator) {
  std::error_code error;
  const bool made = fs::create_directories(directory, error);
  if (error) return Error{directory + ": the directory for the trace cannot be made: " + error.message()};
  for (const char* name : {"traces.otf2", "traces.def", "traces"}) {
    if (fs::exists(fs::symlink_status(fs::path(directory) / name, error))) {
      return Error{directory + ": holds a trace already; it was not changed: choose another directory"};
    }
  }
  Otf2Archive archive(directory, made);
  archive.archive_ = OTF2_Archive_Open(directory.c_str(), "traces", OTF2_FILEMODE_WRITE, kChunkBytes, kChunkBytes,
                                       OTF2_SUBSTRATE_POSIX, OTF2_COMPRESSION_NONE);
  if (archive.archive_ == nullptr) return archive.failure();
  if (OTF2_Archive_SetFlushCallbacks(archive.get(), &kFlushCallbacks, nullptr) != OTF2_SUCCESS ||
      OTF2_Archive_SetSerialCollectiveCallbacks(archive.get()) != OTF2_SUCCESS ||
      OTF2_Archive_SetCreator(archive.get(), creator.c_str()) != OTF2_SUCCESS) {
    return archive.failure();
  }
  return archive;
}

bool Otf2Archive::close() {
  if (archive_ == nullptr) return true;
  return OTF2_Archive_Close(std::exchange(archive_, nullptr)) == OTF2_SUCCESS && first_failure.empty();
}

Result<void> Otf2Archive::finish() {
  if (!close()) return failure();
  finished_ = true;
  return {};
}

Error Otf2Archive::failure() const {
  return Error{directory_ + ": the trace cannot be written (" +
               (first_failure.empty() ? "OTF2 gave no reason" : first_failure) +
               "); make room or choose another directory and recover again"};
}

std::uint64_t Otf2Archive::bytes() const {
  std::error_code error;
  std::uint64_t sum = 0;
  for (fs::recursive_directory_iterator at(directory_, error), end; !error && at != end; at.increment(error)) {
    if (at->is_regular_file(error)) sum += at->file_size(error);
  }
  return sum;
}

void Otf2Archive::remove_files() const {
  std::error_code ignored;
  const fs::path directory(directory_);
  fs::remove(directory / "traces.otf2", ignored);
  fs::remove(directory / "traces.def", ignored);
  fs::remove_all(directory / "traces", ignored);
  if (made_directory_) fs::remove(directory, ignored);
}

}  // namespace tulkki
