// SPDX-License-Identifier: Apache-2.0
// The directories that hold raw logs: finding the logs, keeping a second recovery out, telling whether a recorded
// process still runs, and cleaning up.
#pragma once

#include <string>
#include <vector>

#include "storage/process_log.h"
#include "storage/result.h"

namespace tulkki {

inline constexpr char kRawLogSuffix[] = ".tulkki-raw";

class RawLogDirectory {
 public:
  // Opens the directory and locks it; the lock goes with this object, or with the process.
  static Result<RawLogDirectory> open(const std::string& path);

  RawLogDirectory(RawLogDirectory&& other) noexcept;
  RawLogDirectory& operator=(RawLogDirectory&&) = delete;
  ~RawLogDirectory();

  const std::string& path() const { return path_; }
  // Raw logs in it and one level below, in order of their names.
  Result<std::vector<std::string>> logs() const;
  // Removes the directory and those right below it, as far as they are empty.
  void remove_if_empty() const;

 private:
  RawLogDirectory(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  std::string path_;
  int descriptor_;
};

// Whether the process that writes this log is alive, as far as this machine can tell.
bool still_running(const ProcessLog& log);

}  // namespace tulkki
