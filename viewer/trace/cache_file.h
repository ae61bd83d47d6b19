// SPDX-License-Identifier: Apache-2.0
// A cache file while it is written: under a name of its own beside the target, renamed when it is whole. A file that a
// killed process left is removed by the next one that writes there.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "storage/result.h"
#include "viewer/trace/cache_directory.h"
#include "viewer/trace/cache_format.h"

namespace tulkki::trace {

class CacheFile {
 public:
  static Result<std::unique_ptr<CacheFile>> create(const std::string& target);
  ~CacheFile();  // removes what was not finished
  CacheFile(const CacheFile&) = delete;
  CacheFile& operator=(const CacheFile&) = delete;

  // Appends at a multiple of 8 and returns the offset. After a failure (a full disk) all calls do nothing and error()
  // says what it was.
  std::uint64_t append(std::span<const std::uint8_t> bytes);
  template <class T>
  std::uint64_t append_all(const std::vector<T>& values) {
    return append({reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(T)});
  }
  void patch(std::uint64_t offset, std::span<const std::uint8_t> bytes);
  void read(std::uint64_t offset, std::span<std::uint8_t> bytes);

  const std::string& path() const { return path_; }  // while it is written
  std::uint64_t bytes() const { return end_; }
  int descriptor() const { return file_; }
  bool failed() const { return !error_.empty(); }
  Error error() const { return Error{error_}; }

  // Writes directory and header and gives the file its name.
  Result<void> finish(const Directory& directory, const std::uint64_t content_key[2], std::uint64_t state_key);

 private:
  CacheFile() = default;
  void fail(const char* what);

  std::string target_, path_, error_;
  int file_ = -1;
  std::uint64_t end_ = 0;
};

// Writes another state key into a finished file, whose archive was found to be the same although its files are not.
void renew_state_key(const std::string& path, std::uint64_t state_key);

}  // namespace tulkki::trace
