// SPDX-License-Identifier: Apache-2.0
// Writes synthetic raw logs (storage/raw_format.h) for tests: calls are given in plain numbers, encoding, chunks,
// keys, sums and histograms follow by themselves.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "storage/raw_format.h"
#include "tulkki/procedures.h"

namespace tulkki::test {

// One list entry of a call; make them by the functions below (foreign: the next item's request is that thread's).
struct Item {
  raw::ListKind kind;
  std::uint64_t payload = 0;  // request number, RequestKind, thread or NoteKind
  std::int64_t peer = 0;
  std::int64_t tag = 0;
  std::uint64_t bytes = 0;
  std::uint64_t received = 0;
  std::uint64_t context = 0;
};

inline Item completed(std::uint64_t request) { return {.kind = raw::ListKind::completed, .payload = request}; }
inline Item completed_with(std::uint64_t request, int source, int tag, std::uint64_t bytes) {
  return {.kind = raw::ListKind::completed_with, .payload = request, .peer = source, .tag = tag, .bytes = bytes};
}
inline Item cancelled(std::uint64_t request) { return {.kind = raw::ListKind::cancelled, .payload = request}; }
inline Item freed(std::uint64_t request) { return {.kind = raw::ListKind::freed, .payload = request}; }
inline Item received(int source, int tag, std::uint64_t bytes) {
  return {.kind = raw::ListKind::received, .peer = source, .tag = tag, .bytes = bytes};
}
inline Item started(raw::RequestKind kind, std::uint32_t context, int peer, int tag, std::uint64_t sent,
                    std::uint64_t received) {
  return {.kind = raw::ListKind::started,
          .payload = static_cast<std::uint64_t>(kind),
          .peer = peer,
          .tag = tag,
          .bytes = sent,
          .received = received,
          .context = context};
}
inline Item foreign(std::uint32_t thread) { return {.kind = raw::ListKind::foreign, .payload = thread}; }
inline Item note(raw::NoteKind kind, std::uint64_t value = 0) {
  return {.kind = raw::ListKind::note, .payload = static_cast<std::uint64_t>(kind), .bytes = value};
}

struct CallSpec {
  Procedure procedure = Procedure::none;
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  int peer = raw::kPeerNone;
  std::uint32_t context = 0;
  int tag = raw::kTagNone;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::vector<Item> items = {};
  std::uint32_t site = 0;
};

class ThreadBuilder {
 public:
  ThreadBuilder(std::uint32_t index, std::uint64_t chunk_bytes) : index_(index), chunk_bytes_(chunk_bytes) {}

  // Appends a completed call; returns the request number that it took, 0 if none.
  std::uint64_t call(const CallSpec& spec);
  void open(Procedure procedure, std::uint64_t start);
  // Key with this identity, made when it is new; numbers count from 1. Change its sums through key(number).
  std::uint32_t key_number(Procedure procedure, int peer, std::uint32_t context, std::uint32_t site,
                           std::uint8_t size_class, std::uint8_t flags = 0);
  raw::KeyRecord& key(std::uint32_t number) { return keys_[number - 1]; }
  void add_duration(std::uint32_t key_number, std::uint64_t ticks);  // to sums and histogram, calls + 1
  void next_chunk();                                                 // the following records go into a new chunk
  void drop_chunk(std::uint32_t sequence);                           // as if it had been overwritten

 private:
  friend class RawLogBuilder;
  struct Chunk {
    raw::ChunkHeader header{};
    std::vector<std::uint8_t> payload;
  };
  Chunk& room();
  std::uint64_t encode(const CallSpec& spec, std::uint32_t key, std::vector<std::uint8_t>& out);
  void encode_items(const std::vector<Item>& items, std::vector<std::uint8_t>& out);

  std::uint32_t index_;
  std::uint64_t chunk_bytes_;
  std::uint64_t last_end_ = 0;
  std::uint64_t next_request_ = 1;
  std::uint64_t last_completed_ = 0;
  std::uint32_t next_sequence_ = 1;
  std::vector<Chunk> chunks_;
  std::deque<raw::KeyRecord> keys_;
  std::vector<raw::HistogramBlock> histograms_;
  std::map<std::tuple<Procedure, int, std::uint32_t, std::uint32_t, std::uint8_t, std::uint8_t>, std::uint32_t>
      key_numbers_;
};

class RawLogBuilder {
 public:
  // A process of a world of `world_size`, with MPI_COMM_WORLD and MPI_COMM_SELF defined, one tick a nanosecond,
  // started at tick 1000 and finalized at tick 1 000 000 (change `header` at will before writing).
  RawLogBuilder(int world_rank, int world_size, std::uint64_t chunk_bytes = 16 * 1024);

  raw::FileHeader header{};

  void property(const std::string& name, const std::string& value);
  void module(std::uint32_t number, const std::string& path, const std::vector<std::uint8_t>& build_id = {});
  void site(std::uint32_t number, const std::vector<std::pair<std::uint32_t, std::uint64_t>>& frames);
  // `identity` is what makes it the same context on other processes.
  void context(std::uint32_t number, raw::ContextKind kind, std::uint64_t identity, std::uint32_t parent, int rank,
               int size, const std::string& name = "", int remote_size = 0, std::uint32_t side = 0);
  void context_name(std::uint32_t number, const std::string& name);
  void context_freed(std::uint32_t number, std::uint64_t ticks);
  void clock(std::uint64_t ticks, std::int64_t offset, double deviation = 0);
  void topology(std::uint32_t context, const std::vector<std::pair<int, bool>>& dimensions);
  void define(raw::DefinitionKind kind, const std::vector<std::uint8_t>& payload);

  ThreadBuilder& thread(std::uint32_t index);

  std::vector<std::uint8_t> bytes() const;
  void write(const std::string& path) const;  // throws std::runtime_error

 private:
  std::vector<std::vector<std::uint8_t>> definition_chunks_;
  std::deque<ThreadBuilder> threads_;
};

}  // namespace tulkki::test
