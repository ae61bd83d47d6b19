// SPDX-License-Identifier: Apache-2.0
// Opens an OTF2 archive and streams the events of one location at a time: memory does not grow with the trace.
#pragma once

#include <otf2/otf2.h>

#include <functional>
#include <memory>
#include <string>

#include "storage/result.h"
#include "viewer/trace/archive_definitions.h"

namespace tulkki::trace {

class LocationIndexer;

// The anchor file that `archive` names: itself, or the only *.otf2 file in that folder.
Result<std::string> find_anchor(const std::string& archive);

class ArchiveReader {
 public:
  static Result<std::unique_ptr<ArchiveReader>> open(const std::string& anchor);
  ~ArchiveReader();
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;

  ArchiveDefinitions& definitions() { return definitions_; }
  // Hands the records of location number `location` over. `go_on(records)` is called now and then with the number read
  // so far and ends the reading by returning false. What cannot be read is told in `note`, and not an error.
  void read_location(std::uint32_t location, LocationIndexer& indexer,
                     const std::function<bool(std::uint64_t records)>& go_on, std::string& note);

 private:
  // OTF2 reports errors through one callback for the whole program, which prints them unless told otherwise.
  struct LatestError {
    LatestError();
    ~LatestError();
    std::string take();
    std::string text;
    OTF2_ErrorCallback previous;
  };
  ArchiveReader() = default;

  LatestError error_;
  OTF2_Reader* reader_ = nullptr;
  ArchiveDefinitions definitions_;
  bool has_local_definitions_ = false;
};

// User data of the event callbacks.
struct EventTarget {
  LocationIndexer* indexer;
  const ArchiveDefinitions* definitions;
};
void register_event_callbacks(OTF2_EvtReaderCallbacks* callbacks);

}  // namespace tulkki::trace
