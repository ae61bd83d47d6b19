// SPDX-License-Identifier: Apache-2.0
// Makes the index of one archive: events location by location, rows of nodes, partners of messages.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "viewer/trace/archive_key.h"
#include "viewer/trace/archive_reader.h"
#include "viewer/trace/index.h"
#include "viewer/trace/location_indexer.h"

namespace tulkki::trace {

class Indexer {
 public:
  Indexer(std::string anchor, std::vector<ArchiveFile> files, const OpenOptions& options)
      : anchor_(std::move(anchor)), files_(std::move(files)), options_(options) {}

  // Writes the cache file `target`.
  Result<void> run(const std::string& target);

 private:
  bool go_on(double fraction, const char* phase, std::uint64_t calls);
  void plan_groups();
  std::uint64_t event_bytes(std::uint32_t location) const;
  Result<void> read_events(CacheFile& file);
  void read_location(CacheFile& file, std::uint32_t location, PyramidBuilder* group_row);
  void show_partial(const CacheFile& file, std::uint32_t current, const LocationIndexer& indexer);
  void sum_up();
  void tell_oddities();

  std::string anchor_;
  std::vector<ArchiveFile> files_;
  const OpenOptions& options_;
  std::unique_ptr<ArchiveReader> reader_;
  Directory directory_;
  ProcedureStatistics statistics_;
  Oddities oddities_;
  std::vector<std::uint64_t> event_bytes_;  // of each location
  std::uint64_t all_bytes_ = 0, done_bytes_ = 0, calls_ = 0;
  std::uint64_t first_communication_ns_ = UINT64_MAX;
  std::chrono::steady_clock::time_point last_partial_ = std::chrono::steady_clock::now();
  bool cancelled_ = false;
};

}  // namespace tulkki::trace
