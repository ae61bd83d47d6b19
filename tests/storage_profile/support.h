// SPDX-License-Identifier: Apache-2.0
// What the tests of profile and recovery share: a scratch directory, files, SQL results as text, and child processes
// that run a piece of a test under other conditions (another user, a file size limit).
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "storage/database.h"
#include "tests/support/raw_log_builder.h"

namespace tulkki::test {

// Removed with everything in it.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& content);

// Rows as "a|b|c" lines; blobs in hexadecimal, reals rounded to 6 digits after the point, NULL as "-".
std::string query_text(const std::string& database, const std::string& sql);

// Runs the function in a forked child; its return value becomes the exit code. -1 when a signal ended it.
int in_child(const std::function<int()>& function);

// A process of `size` ranks that made `calls` sends of 8 bytes to the next rank, one a microsecond.
RawLogBuilder sending_process(int rank, int size, int calls);

// A directory with the logs of a launch of `size` such processes.
void write_launch(const std::string& directory, int size, int calls, const std::string& launch = "test-run");

}  // namespace tulkki::test
