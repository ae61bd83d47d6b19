// SPDX-License-Identifier: Apache-2.0
// Reading side of one raw log (storage/raw_format.h): checks the file, finds its chunks, decodes definitions and
// keys. Events stay encoded; storage/event_decoder.h reads them chunk by chunk. Damage is never silent: whatever
// cannot be read is said in `warnings`, and what lies before it is kept.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "storage/raw_format.h"
#include "storage/result.h"

namespace tulkki {

struct Module {
  std::string path;
  std::vector<std::uint8_t> build_id;
  std::uint64_t load_base = 0;
  std::uint64_t text_begin = 0, text_end = 0;
};

struct Frame {
  std::uint32_t module = 0;   // key of ProcessLog::modules; 0: unknown
  std::uint64_t address = 0;  // in the module's file address space (return address)
};

struct Context {
  raw::ContextDefinition definition;
  std::string name;                              // latest name given; file name for files
  std::uint64_t freed_ticks = 0;                 // 0: never
  std::vector<std::pair<int, bool>> dimensions;  // Cartesian: size, periodic
};

// Payload of one event chunk, in the file's mapping (valid as long as the ProcessLog lives).
struct EventChunk {
  raw::ChunkHeader header;
  std::span<const std::uint8_t> bytes;
};

struct ThreadLog {
  std::uint32_t index = 0;
  std::uint64_t system_id = 0;
  std::vector<raw::KeyRecord> keys;             // key n of an event is keys[n - 1]
  std::vector<raw::HistogramBlock> histograms;  // block n of a key is histograms[n - 1], renumbered without holes
  std::vector<EventChunk> events;               // ascending sequence
};

class ProcessLog {
 public:
  // Opens and reads everything but the events. Fails with a message that names file, defect and remedy when the
  // file is not a raw log, is of another format version or API table, or is too short to hold a header.
  // A file cut or damaged further on is read up to there, with a warning.
  static Result<ProcessLog> open(const std::string& path);

  ProcessLog(ProcessLog&&) noexcept;
  ProcessLog& operator=(ProcessLog&&) noexcept;
  ~ProcessLog();

  std::string path;
  raw::FileHeader header;
  std::map<std::string, std::string> properties;
  std::map<std::uint32_t, Module> modules;
  std::map<std::uint32_t, std::vector<Frame>> sites;
  std::map<std::uint32_t, Context> contexts;
  std::vector<raw::ClockDefinition> clocks;  // in order of time
  std::vector<ThreadLog> threads;
  std::vector<std::string> warnings;

 private:
  ProcessLog();
  struct Mapping;
  std::unique_ptr<Mapping> mapping_;
};

}  // namespace tulkki
