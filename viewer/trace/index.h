// SPDX-License-Identifier: Apache-2.0
// From an OTF2 archive of any tool to an indexed trace. The index is a sidecar cache, made once and used again as long
// as the archive is the same; it is safe to delete, and safe to make by two processes at once.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "storage/result.h"
#include "viewer/trace/store.h"

namespace tulkki::trace {

struct IndexProgress {
  double fraction = 0;      // 0 to 1
  const char* phase = "";   // what is being done, for people: "reading events", "matching messages" ...
  std::uint64_t calls = 0;  // indexed so far
};

struct OpenOptions {
  // Called now and then from the calling thread.
  std::function<void(const IndexProgress&)> progress = nullptr;
  // What is known so far, a few times a second while the index is made: the first picture.
  std::function<void(std::shared_ptr<const TraceStore>)> partial = nullptr;
  const std::atomic<bool>* cancel =
      nullptr;                  // set it from another thread: the call returns an Error soon, no file is left
  std::string cache_path = {};  // where the cache lies; empty: beside the archive, or in the user's cache folder
  bool rebuild = false;         // even if the cache is good
};

struct OpenReport {
  bool built = false;  // the index was made, not found
  std::string why;     // if it was made although there was a cache: what was wrong with that
  std::string cache_path;
};

// `archive`: an anchor file (*.otf2) or a folder that holds exactly one. Takes as long as reading the archive where
// there is no good cache; call it from a worker thread. Memory: some 10 MB, and 48 bytes for each message under way.
Result<std::shared_ptr<const TraceStore>> open_trace(const std::string& archive, const OpenOptions& options = {},
                                                     OpenReport* report = nullptr);

inline constexpr char kCancelled[] = "cancelled";  // how the message of a cancelled call ends

}  // namespace tulkki::trace
