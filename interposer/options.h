// SPDX-License-Identifier: Apache-2.0
// What the user asked for through the environment, read once at the first MPI call.
#pragma once

#include <climits>
#include <cstddef>
#include <cstdint>

namespace tulkki {

struct Options {
  bool record = true;                    // TULKKI_RECORD=0|1
  bool trace = true;                     // TULKKI_TRACE=0|1: also write the events, not only the profile
  int stack_depth = 1;                   // TULKKI_STACK_DEPTH=1..64: frames of a call site
  std::uint64_t trace_limit_bytes = 1ull << 30;  // TULKKI_TRACE_LIMIT=SIZE[:stop|newest] a rank; 0: none
  bool keep_newest = false;              //   :newest overwrites the oldest events instead of stopping
  char start_directory[PATH_MAX] = "";   // where the process began, before main() could change it: relative paths are from here
  char run_directory[PATH_MAX] = "";     // TULKKI_RUN_DIR: raw logs of this launch; somebody else converts them
  char base_directory[PATH_MAX] = "";    // TULKKI_DIR: where raw logs go otherwise
  bool base_is_default = true;           // TULKKI_DIR is not set: a name that everybody can guess
  char collect_directory[PATH_MAX] = ""; // TULKKI_COLLECT_DIR: shared folder for the logs of other nodes

  // Reads the environment; a value that cannot be understood is said once and its default used.
  [[gnu::cold]] void read();
};

// `path` itself when it is absolute or empty, else below the directory where the process began. False: no room.
bool from_start(const char* path, char* absolute, std::size_t bytes);

// Leaves an empty file of this name for `tulkki run`, if that started the process.
[[gnu::cold]] void leave_mark(const char* name);

}  // namespace tulkki
