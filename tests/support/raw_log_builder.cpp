// SPDX-License-Identifier: Apache-2.0
// An encoder of its own, written from the format's description and not from the recorder's code.
#include "tests/support/raw_log_builder.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace tulkki::test {

namespace {

using Bytes = std::vector<std::uint8_t>;

void put_varint(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

void put_svarint(Bytes& out, std::int64_t value) { put_varint(out, zigzag(value)); }

template <class T>
void put_fixed(Bytes& out, const T& value) {
  const std::size_t at = out.size();
  out.resize(at + sizeof(T));
  std::memcpy(&out[at], &value, sizeof(T));
}

// In the file the header of each histogram chunk takes a number, which no block has.
std::deque<raw::KeyRecord> with_block_places(std::deque<raw::KeyRecord> keys, std::uint64_t chunk_bytes) {
  const auto blocks = static_cast<std::uint32_t>(chunk_bytes / sizeof(raw::HistogramBlock)) - 1;
  for (raw::KeyRecord& key : keys)
    for (std::uint32_t& block : key.octave_block)
      if (block != 0) block += (block - 1) / blocks;
  return keys;
}

void put_text(Bytes& out, const std::string& text) {
  out.insert(out.end(), text.begin(), text.end());
  out.push_back(0);
}

bool has_note(const CallSpec& spec, raw::NoteKind kind) {
  return std::any_of(spec.items.begin(), spec.items.end(), [&](const Item& item) {
    return item.kind == raw::ListKind::note && item.payload == static_cast<std::uint64_t>(kind);
  });
}

}  // namespace

ThreadBuilder::Chunk& ThreadBuilder::room() {
  if (chunks_.empty()) next_chunk();
  return chunks_.back();
}

void ThreadBuilder::next_chunk() {
  Chunk& chunk = chunks_.emplace_back();
  chunk.header.magic = raw::kChunkMagic;
  chunk.header.kind = raw::ChunkKind::events;
  chunk.header.thread = index_;
  chunk.header.sequence = next_sequence_++;
  chunk.header.base_ticks = last_end_;
  chunk.header.next_request = next_request_;
  chunk.header.last_completed = last_completed_;
}

void ThreadBuilder::drop_chunk(std::uint32_t sequence) {
  std::erase_if(chunks_, [&](const Chunk& chunk) { return chunk.header.sequence == sequence; });
}

std::uint32_t ThreadBuilder::key_number(Procedure procedure, int peer, std::uint32_t context, std::uint32_t site,
                                        std::uint8_t size_class, std::uint8_t flags) {
  const auto [found, is_new] = key_numbers_.try_emplace({procedure, peer, context, site, size_class, flags},
                                                        static_cast<std::uint32_t>(keys_.size() + 1));
  if (is_new) {
    raw::KeyRecord key{};
    key.procedure = static_cast<std::uint16_t>(procedure);
    key.size_class = size_class;
    key.flags = flags;
    key.peer = peer;
    key.context = context;
    key.site = site;
    key.last_tag = raw::kTagNone;
    keys_.push_back(key);
  }
  return found->second;
}

void ThreadBuilder::add_duration(std::uint32_t number, std::uint64_t ticks) {
  raw::KeyRecord& record = key(number);
  record.ticks_min = record.calls == 0 ? ticks : std::min(record.ticks_min, ticks);
  record.ticks_max = std::max(record.ticks_max, ticks);
  ++record.calls;
  record.ticks_sum += ticks;
  const int octave = std::min<int>(raw::kOctaves - 1, ticks < 2 ? 0 : std::bit_width(ticks) - 1);
  if (record.octave_block[octave] == 0) {
    histograms_.emplace_back();
    record.octave_block[octave] = static_cast<std::uint32_t>(histograms_.size());
  }
  ++histograms_[record.octave_block[octave] - 1].count[(ticks << 5 >> octave) & 31];
}

std::uint64_t ThreadBuilder::call(const CallSpec& spec) {
  const auto size_class = static_cast<std::uint8_t>(std::bit_width(std::max(spec.sent, spec.received)));
  const std::uint32_t number = key_number(spec.procedure, spec.peer, spec.context, spec.site, size_class);
  add_duration(number, spec.end - spec.start);
  raw::KeyRecord& record = key(number);
  const bool failed = has_note(spec, raw::NoteKind::error);
  if (failed) ++record.errors;
  record.bytes_sent += spec.sent;
  record.bytes_received += spec.received;
  if (!failed && spec.peer >= 0 && spec.tag != raw::kTagNone) {
    // Good enough for point-to-point; tests of anything else set the counts themselves.
    (std::string(info(spec.procedure).name).find("ecv") == std::string::npos ? record.messages_sent
                                                                             : record.messages_received) += 1;
  }
  Bytes encoded;
  const std::uint64_t next_request = next_request_, last_completed = last_completed_;
  const raw::KeyRecord saved = record;
  std::uint64_t request = encode(spec, number, encoded);
  if (room().payload.size() + encoded.size() > chunk_bytes_ - sizeof(raw::ChunkHeader)) {
    next_request_ = next_request;
    last_completed_ = last_completed;
    record = saved;
    next_chunk();
    encoded.clear();
    request = encode(spec, number, encoded);
  }
  Bytes& payload = room().payload;
  payload.insert(payload.end(), encoded.begin(), encoded.end());
  last_end_ = spec.end;
  return request;
}

std::uint64_t ThreadBuilder::encode(const CallSpec& spec, std::uint32_t number, Bytes& out) {
  raw::KeyRecord& record = key(number);
  const std::uint32_t sequence = room().header.sequence;
  const bool first = record.last_chunk != sequence;
  const std::uint64_t last_sent = first ? 0 : record.last_sent;
  const std::uint64_t last_received = first ? 0 : record.last_received;
  const int last_tag = first ? raw::kTagNone : record.last_tag;
  const bool values = spec.sent != last_sent || spec.received != last_received || spec.tag != last_tag;
  const std::uint64_t flags = (values ? raw::kHasValues : 0) | (spec.items.empty() ? 0 : raw::kHasList);
  put_varint(out, std::uint64_t{number} << 2 | flags);
  put_varint(out, spec.end - last_end_);
  put_varint(out, spec.end - spec.start);
  if (values) {
    put_varint(out, spec.sent);
    put_varint(out, spec.received);
    put_svarint(out, spec.tag);
  }
  record.last_sent = spec.sent;
  record.last_received = spec.received;
  record.last_tag = spec.tag;
  record.last_chunk = sequence;
  std::uint64_t request = 0;
  if (info(spec.procedure).starts != raw::RequestKind::none && !has_note(spec, raw::NoteKind::error) &&
      !has_note(spec, raw::NoteKind::persistent) && !has_note(spec, raw::NoteKind::request_inactive)) {
    request = next_request_++;
  }
  if (!spec.items.empty()) encode_items(spec.items, out);
  return request;
}

void ThreadBuilder::encode_items(const std::vector<Item>& items, Bytes& out) {
  put_varint(out, items.size());
  bool is_foreign = false;
  for (const Item& item : items) {
    std::uint64_t payload = item.payload;
    if (item.kind <= raw::ListKind::freed && !is_foreign) {
      payload = zigzag(static_cast<std::int64_t>(item.payload - last_completed_ - 1));
      last_completed_ = item.payload;
    }
    is_foreign = item.kind == raw::ListKind::foreign;
    put_varint(out, payload << 4 | static_cast<std::uint64_t>(item.kind));
    switch (item.kind) {
      case raw::ListKind::completed_with:
      case raw::ListKind::received:
        put_svarint(out, item.peer);
        put_svarint(out, item.tag);
        put_varint(out, item.bytes);
        break;
      case raw::ListKind::started:
        put_varint(out, item.context);
        put_svarint(out, item.peer);
        put_svarint(out, item.tag);
        put_varint(out, item.bytes);
        put_varint(out, item.received);
        ++next_request_;
        break;
      case raw::ListKind::note:
        put_varint(out, item.bytes);
        break;
      default:
        break;
    }
  }
}

void ThreadBuilder::open(Procedure procedure, std::uint64_t start) {
  Bytes out;
  put_varint(out, static_cast<std::uint64_t>(raw::ControlCode::open));
  put_varint(out, static_cast<std::uint64_t>(procedure));
  if (room().payload.size() + 24 > chunk_bytes_ - sizeof(raw::ChunkHeader)) next_chunk();
  put_varint(out, start - last_end_);
  Bytes& payload = room().payload;
  payload.insert(payload.end(), out.begin(), out.end());
  last_end_ = start;
}

RawLogBuilder::RawLogBuilder(int world_rank, int world_size, std::uint64_t chunk_bytes) {
  std::memcpy(header.magic, raw::kMagic, sizeof(raw::kMagic));
  header.format_version = raw::kFormatVersion;
  header.header_bytes = raw::kFileHeaderBytes;
  header.table_hash = kApiTableHash;
  header.chunk_bytes = chunk_bytes;
  header.abi = raw::Abi::openmpi;
  header.clock = raw::ClockKind::tsc;
  header.state = raw::ProcessState::closed;
  header.world_rank = world_rank;
  header.world_size = world_size;
  header.process_id = 4000 + world_rank;
  header.node_id = 77;
  header.start_ticks = 1000;
  header.start_realtime_ns = 1'700'000'000'000'000'000;
  header.latest_ticks = 1'000'000;
  header.latest_realtime_ns = header.start_realtime_ns + 999'000;
  header.init_begin_ticks = 1000;
  header.init_end_ticks = 2000;
  header.finalize_begin_ticks = 990'000;
  header.finalize_end_ticks = 1'000'000;
  header.close_ticks = 1'000'000;
  header.ticks_per_ns = 1.0;
  header.own_cost_ticks = 20;
  header.clock_resolution_ticks = 1;
  header.trace_enabled = 1;
  std::strcpy(header.run_id, "test-run");
  std::strcpy(header.host, "alpha");
  context(raw::kContextWorld, raw::ContextKind::communicator, 1, 0, world_rank, world_size, "MPI_COMM_WORLD");
  context(raw::kContextSelf, raw::ContextKind::communicator, 1000 + world_rank, 0, 0, 1, "MPI_COMM_SELF");
}

void RawLogBuilder::define(raw::DefinitionKind kind, const Bytes& payload) {
  const raw::DefinitionHeader head{kind, 0, static_cast<std::uint32_t>(payload.size())};
  const std::size_t room = header.chunk_bytes - sizeof(raw::ChunkHeader);
  const std::size_t needed = sizeof(head) + (payload.size() + 7) / 8 * 8;
  if (needed > room) throw std::runtime_error("a definition does not fit into a chunk");
  if (definition_chunks_.empty() || definition_chunks_.back().size() + needed > room) definition_chunks_.emplace_back();
  Bytes& chunk = definition_chunks_.back();
  put_fixed(chunk, head);
  chunk.insert(chunk.end(), payload.begin(), payload.end());
  chunk.resize((chunk.size() + 7) / 8 * 8);
}

void RawLogBuilder::property(const std::string& name, const std::string& value) {
  Bytes payload;
  put_text(payload, name);
  put_text(payload, value);
  define(raw::DefinitionKind::property, payload);
}

void RawLogBuilder::module(std::uint32_t number, const std::string& path, const Bytes& build_id) {
  raw::ModuleDefinition definition{};
  definition.module = number;
  definition.build_id_bytes = static_cast<std::uint32_t>(std::min<std::size_t>(build_id.size(), 32));
  std::copy_n(build_id.begin(), definition.build_id_bytes, definition.build_id);
  definition.load_base = 0x10000;
  definition.text_begin = 0x10000;
  definition.text_end = 0x90000;
  Bytes payload;
  put_fixed(payload, definition);
  put_text(payload, path);
  define(raw::DefinitionKind::module, payload);
}

void RawLogBuilder::site(std::uint32_t number, const std::vector<std::pair<std::uint32_t, std::uint64_t>>& frames) {
  Bytes payload;
  put_fixed(payload, raw::SiteDefinition{number, static_cast<std::uint32_t>(frames.size())});
  for (const auto& [module, address] : frames)
    put_fixed(payload, raw::FrameDefinition{module, 0, address});
  define(raw::DefinitionKind::site, payload);
}

void RawLogBuilder::context(std::uint32_t number, raw::ContextKind kind, std::uint64_t identity, std::uint32_t parent,
                            int rank, int size, const std::string& name, int remote_size, std::uint32_t side) {
  raw::ContextDefinition definition{};
  definition.context = number;
  definition.kind = kind;
  definition.identity[0] = identity;
  definition.identity[1] = 5;
  definition.parent = parent;
  definition.rank = rank;
  definition.size = size;
  definition.remote_size = remote_size;
  definition.side = side;
  Bytes payload;
  put_fixed(payload, definition);
  put_text(payload, name);
  define(raw::DefinitionKind::context, payload);
}

void RawLogBuilder::context_name(std::uint32_t number, const std::string& name) {
  Bytes payload;
  put_fixed(payload, number);
  put_fixed(payload, std::uint32_t{0});
  put_text(payload, name);
  define(raw::DefinitionKind::context_name, payload);
}

void RawLogBuilder::context_freed(std::uint32_t number, std::uint64_t ticks) {
  Bytes payload;
  put_fixed(payload, number);
  put_fixed(payload, std::uint32_t{0});
  put_fixed(payload, ticks);
  define(raw::DefinitionKind::context_freed, payload);
}

void RawLogBuilder::clock(std::uint64_t ticks, std::int64_t offset, double deviation) {
  Bytes payload;
  put_fixed(payload, raw::ClockDefinition{ticks, offset, deviation});
  define(raw::DefinitionKind::clock, payload);
}

void RawLogBuilder::topology(std::uint32_t context, const std::vector<std::pair<int, bool>>& dimensions) {
  Bytes payload;
  put_fixed(payload, context);
  put_fixed(payload, static_cast<std::uint32_t>(dimensions.size()));
  for (const auto& [size, periodic] : dimensions) {
    put_fixed(payload, std::int32_t{size});
    put_fixed(payload, std::int32_t{periodic});
  }
  define(raw::DefinitionKind::topology, payload);
}

ThreadBuilder& RawLogBuilder::thread(std::uint32_t index) {
  for (ThreadBuilder& thread : threads_) {
    if (thread.index_ == index) return thread;
  }
  threads_.emplace_back(index, header.chunk_bytes);
  Bytes payload;
  put_fixed(payload, raw::ThreadDefinition{index, 0, 9000 + index});
  define(raw::DefinitionKind::thread, payload);
  return threads_.back();
}

Bytes RawLogBuilder::bytes() const {
  Bytes file(raw::kFileHeaderBytes);
  std::memcpy(file.data(), &header, sizeof(header));
  const auto append = [&](raw::ChunkHeader head, const std::uint8_t* payload, std::size_t used) {
    head.used = used;
    const std::size_t at = file.size();
    file.resize(at + header.chunk_bytes);
    std::memcpy(&file[at], &head, sizeof(head));
    if (used != 0) std::memcpy(&file[at + sizeof(head)], payload, used);
  };
  const auto append_records = [&](raw::ChunkKind kind, std::uint32_t thread, const auto& records) {
    using Record = typename std::decay_t<decltype(records)>::value_type;
    const std::size_t capacity = (header.chunk_bytes - sizeof(raw::ChunkHeader)) / sizeof(Record);
    std::uint32_t sequence = 0;
    for (std::size_t first = 0; first < records.size(); first += capacity) {
      const std::size_t last = std::min(records.size(), first + capacity);
      const std::vector<Record> part(records.begin() + static_cast<std::ptrdiff_t>(first),
                                     records.begin() + static_cast<std::ptrdiff_t>(last));
      append({raw::kChunkMagic, kind, thread, ++sequence, 0, 0, 0, 0, {}},
             reinterpret_cast<const std::uint8_t*>(part.data()), part.size() * sizeof(Record));
    }
  };
  std::uint32_t sequence = 0;
  for (const Bytes& chunk : definition_chunks_) {
    append({raw::kChunkMagic, raw::ChunkKind::definitions, 0, ++sequence, 0, 0, 0, 0, {}}, chunk.data(), chunk.size());
  }
  for (const ThreadBuilder& thread : threads_) {
    append_records(raw::ChunkKind::keys, thread.index_, with_block_places(thread.keys_, header.chunk_bytes));
    append_records(raw::ChunkKind::histograms, thread.index_, thread.histograms_);
    for (const auto& chunk : thread.chunks_)
      append(chunk.header, chunk.payload.data(), chunk.payload.size());
  }
  return file;
}

void RawLogBuilder::write(const std::string& path) const {
  const Bytes content = bytes();
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace tulkki::test
