// SPDX-License-Identifier: Apache-2.0
// Cold half of the recorder: growth of keys, histograms and event chunks, and the rarer records.
#include "interposer/recorder.h"

#include <cstring>
#include <sys/syscall.h>
#include <unistd.h>

#include "interposer/backend.h"
#include "interposer/contexts.h"
#include "interposer/memory.h"
#include "interposer/sites.h"

namespace tulkki {

constinit Process g_process;
constinit thread_local ThreadRecorder* tls_recorder __attribute__((tls_model("initial-exec"))) = nullptr;

namespace {

constexpr std::size_t kHistogramAddresses = 64ull << 20;
constexpr std::uint32_t kKeysPerChunk = static_cast<std::uint32_t>(LogFile::payload_bytes() / sizeof(raw::KeyRecord));
constexpr std::uint32_t kMaxKeys = 1u << 22;

ThreadRecorder* g_recorders = nullptr;

// Takes the calls that find no room for their key: counted, but not in the profile.
raw::KeyRecord& overflow_key() {
  static raw::KeyRecord key;
  key.ticks_min = 0;
  g_process.log.header->keys_dropped += 1;
  return key;
}

bool allocate_tables(ThreadRecorder& recorder) {
  recorder.types = static_cast<ThreadRecorder::TypeSlot*>(
      map_memory(sizeof(ThreadRecorder::TypeSlot) * ThreadRecorder::kTypeSlots));
  recorder.keys = static_cast<KeySlot*>(map_memory(sizeof(KeySlot) * ThreadRecorder::kKeySlots));
  recorder.list = static_cast<std::uint8_t*>(map_memory(kListBytes + 4096));
  recorder.list_cursor = recorder.list;
  recorder.histograms = static_cast<std::uint8_t*>(reserve_addresses(kHistogramAddresses));
  // Address space for the largest table; only what is used becomes memory.
  recorder.key_records = static_cast<raw::KeyRecord**>(map_memory(sizeof(raw::KeyRecord*) * kMaxKeys));
  recorder.key_index_size = 4096;
  recorder.key_index = static_cast<std::uint32_t*>(map_memory(sizeof(std::uint32_t) * recorder.key_index_size));
  return recorder.types != nullptr && recorder.keys != nullptr && recorder.list != nullptr &&
         recorder.histograms != nullptr && recorder.key_records != nullptr && recorder.key_index != nullptr;
}

std::uint64_t hash_identity(const raw::KeyRecord& key) {
  std::uint64_t hash = std::uint64_t{key.procedure} | std::uint64_t{key.size_class} << 16 |
                       std::uint64_t{key.flags} << 24 | std::uint64_t{static_cast<std::uint32_t>(key.peer)} << 32;
  hash = (hash ^ (std::uint64_t{key.context} << 32 | key.site)) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 32;
}

bool same_identity(const raw::KeyRecord& a, const raw::KeyRecord& b) {
  return a.procedure == b.procedure && a.size_class == b.size_class && a.flags == b.flags && a.peer == b.peer &&
         a.context == b.context && a.site == b.site;
}

bool grow_key_index(ThreadRecorder& recorder) {
  const std::uint32_t size = recorder.key_index_size * 2;
  auto* index = static_cast<std::uint32_t*>(map_memory(sizeof(std::uint32_t) * size));
  if (index == nullptr) return false;
  for (std::uint32_t number = 1; number <= recorder.key_count; ++number) {
    std::uint64_t slot = hash_identity(*recorder.key_records[number - 1]) % size;
    while (index[slot] != 0) slot = (slot + 1) % size;
    index[slot] = number;
  }
  unmap_memory(recorder.key_index, sizeof(std::uint32_t) * recorder.key_index_size);
  recorder.key_index = index;
  recorder.key_index_size = size;
  return true;
}

// Recorders whose thread has ended serve the next new thread: programs that start a thread for each task would fill
// the memory otherwise.
ThreadRecorder* g_idle = nullptr;
pthread_key_t g_thread_end;
pthread_once_t g_thread_end_once = PTHREAD_ONCE_INIT;

void release_recorder(void* ended) {
  auto* recorder = static_cast<ThreadRecorder*>(ended);
  tls_recorder = nullptr;
  if (g_process.mode.load() != ProcessMode::recording) return;
  Locked lock;
  recorder->current = nullptr;
  recorder->next_idle = g_idle;
  g_idle = recorder;
}

void adopt(ThreadRecorder* recorder) {
  pthread_once(&g_thread_end_once, [] { pthread_key_create(&g_thread_end, release_recorder); });
  pthread_setspecific(g_thread_end, recorder);
  tls_recorder = recorder;
}

ThreadRecorder* take_idle_recorder() {
  Locked lock;
  ThreadRecorder* recorder = g_idle;
  if (recorder != nullptr) g_idle = recorder->next_idle;
  return recorder;
}

// Appends a key to the log; 0 when there is no room.
std::uint32_t append_key(ThreadRecorder& recorder, const raw::KeyRecord& identity) {
  if (recorder.key_count == kMaxKeys) return 0;
  const std::uint32_t place = recorder.key_count % kKeysPerChunk;
  if (place == 0) {
    raw::ChunkHeader* chunk = g_process.log.add_chunk(raw::ChunkKind::keys, recorder.index, recorder.key_chunks + 1);
    if (chunk == nullptr) return 0;
    recorder.key_chunk = chunk;
    recorder.key_chunks += 1;
  }
  auto* key = reinterpret_cast<raw::KeyRecord*>(LogFile::payload(recorder.key_chunk)) + place;
  *key = identity;
  key->ticks_min = ~0ull;
  key->last_tag = raw::kTagNone;
  recorder.key_records[recorder.key_count] = key;
  recorder.key_count += 1;
  __atomic_store_n(&recorder.key_chunk->used, std::uint64_t{place + 1} * sizeof(raw::KeyRecord), __ATOMIC_RELEASE);
  return recorder.key_count;
}

std::uint32_t find_or_append_key(ThreadRecorder& recorder, const raw::KeyRecord& identity) {
  std::uint64_t slot = hash_identity(identity) % recorder.key_index_size;
  for (; recorder.key_index[slot] != 0; slot = (slot + 1) % recorder.key_index_size) {
    const std::uint32_t number = recorder.key_index[slot];
    if (same_identity(*recorder.key_records[number - 1], identity)) return number;
  }
  const std::uint32_t number = append_key(recorder, identity);
  if (number == 0) return 0;
  recorder.key_index[slot] = number;
  if (number * 2 > recorder.key_index_size) grow_key_index(recorder);
  return number;
}

// Events of the oldest chunk give way to new ones. How many they were is found after the run: the profile has them all.
raw::ChunkHeader* recycle_oldest(ThreadRecorder& recorder) {
  raw::ChunkHeader* oldest = recorder.first_events;
  g_process.log.header->loss = raw::LossReason::trace_limit;
  recorder.first_events = reinterpret_cast<raw::ChunkHeader*>(oldest->reserved[1]);
  __atomic_store_n(&oldest->used, 0, __ATOMIC_RELEASE);
  return oldest;
}

raw::ChunkHeader* new_event_chunk(ThreadRecorder& recorder) {
  const Options& options = g_process.options;
  const std::uint64_t limit = options.trace_limit_bytes;
  if (limit != 0 && recorder.trace_bytes + raw::kDefaultChunkBytes > limit) {
    if (options.keep_newest && recorder.first_events != nullptr && recorder.first_events != recorder.events)
      return recycle_oldest(recorder);
    g_process.log.header->loss = raw::LossReason::trace_limit;
    return nullptr;
  }
  raw::ChunkHeader* chunk =
      g_process.log.add_chunk(raw::ChunkKind::events, recorder.index, recorder.chunk_sequence + 1);
  if (chunk != nullptr) recorder.trace_bytes += raw::kDefaultChunkBytes;
  return chunk;
}

}  // namespace

ThreadRecorder* make_thread_recorder() {
  if (tls_recorder != nullptr) return tls_recorder;
  if (ThreadRecorder* idle = take_idle_recorder()) {
    adopt(idle);
    return idle;
  }
  auto* recorder = static_cast<ThreadRecorder*>(map_memory(sizeof(ThreadRecorder)));
  if (recorder == nullptr) return nullptr;
  *recorder = ThreadRecorder{};
  if (!allocate_tables(*recorder)) return nullptr;
  {
    Locked lock;
    recorder->index = g_process.threads.fetch_add(1);
    recorder->next = g_recorders;
    __atomic_store_n(&g_recorders, recorder, __ATOMIC_RELEASE);
    const raw::ThreadDefinition definition{recorder->index, 0, static_cast<std::uint64_t>(syscall(SYS_gettid))};
    g_process.log.define(raw::DefinitionKind::thread, {{&definition, sizeof definition}});
  }
  forget_handles(*recorder);
  recorder->previous_end = read_ticks();
  if (g_process.options.trace) next_event_chunk(*recorder, 0, 0);
  adopt(recorder);
  return recorder;
}

ThreadRecorder* first_recorder() { return __atomic_load_n(&g_recorders, __ATOMIC_ACQUIRE); }

void forget_handles(ThreadRecorder& recorder) {
  const std::uint64_t generation = g_process.handle_generation.load(std::memory_order_acquire);
  const std::uint64_t before = recorder.seen_generation;
  recorder.seen_generation = generation;
  for (int i = 0; i < ThreadRecorder::kTypeSlots; ++i) recorder.types[i] = {~Word{0}, 0};
  if (generation / kContextGeneration == before / kContextGeneration) return;
  std::memset(static_cast<void*>(recorder.keys), 0, sizeof(KeySlot) * ThreadRecorder::kKeySlots);
  for (auto& group : recorder.groups) group.known = false;
}

std::int64_t ask_datatype_bytes(ThreadRecorder& recorder, Word datatype) {
  std::int64_t bytes = 0;
  if (!g_process.mpi_usable) return 0;
  // Where an argument is ignored (MPI_NO_OP, MPI_IN_PLACE) the null datatype may stand; its size is an error to ask for.
  if (datatype == g_process.abi.datatype_null) return 0;
  library_function<int (*)(Word, std::int64_t*)>(Procedure::MPI_Type_size_x)(datatype, &bytes);
  if (bytes < 0) bytes = 0;
  recorder.types[(datatype ^ datatype >> 6 ^ datatype >> 12) & 63] = {datatype, bytes};
  return bytes;
}

void fill_key_slot(ThreadRecorder& recorder, KeySlot& slot, ContextClass kind) {
  raw::KeyRecord identity{};
  identity.procedure = static_cast<std::uint16_t>(slot.rest);
  identity.size_class = static_cast<std::uint8_t>(slot.rest >> 16);
  identity.flags = static_cast<std::uint8_t>(slot.rest >> 24);
  identity.peer = static_cast<std::int32_t>(slot.rest >> 32);
  identity.context = context_number(kind, slot.context);
  Locked lock;
  identity.site = site_number(slot.site);
  slot.number = find_or_append_key(recorder, identity);
  if (slot.number != 0) {
    slot.key = recorder.key_records[slot.number - 1];
    return;
  }
  slot.key = &overflow_key();
  slot.site = reinterpret_cast<const void*>(~std::uintptr_t{0});  // not to be found again: room may come
}

std::uint32_t add_histogram_block(ThreadRecorder& recorder, raw::KeyRecord& key, int octave) {
  Locked lock;
  std::uint32_t number = recorder.histogram_blocks + 1;
  if (number % kBlockPlaces == 0) ++number;  // the next chunk's header lies there
  std::uint8_t* chunk_address = recorder.histograms + std::size_t{number / kBlockPlaces} * raw::kDefaultChunkBytes;
  const std::uint32_t place = number % kBlockPlaces;
  if (place == 1) {
    if (chunk_address + raw::kDefaultChunkBytes > recorder.histograms + kHistogramAddresses ||
        g_process.log.add_chunk(raw::ChunkKind::histograms, recorder.index, recorder.histogram_chunks + 1,
                                chunk_address) == nullptr)
      return 0;
    recorder.histogram_chunks += 1;
  }
  recorder.histogram_blocks = number;
  auto* chunk = reinterpret_cast<raw::ChunkHeader*>(chunk_address);
  __atomic_store_n(&chunk->used, std::uint64_t{place} * sizeof(raw::HistogramBlock), __ATOMIC_RELEASE);
  key.octave_block[octave] = number;
  return number;
}

void next_event_chunk(ThreadRecorder& recorder, std::size_t bytes, std::uint32_t started) {
  recorder.flood_key = nullptr;
  recorder.flood = nullptr;
  Locked lock;
  raw::ChunkHeader* chunk = new_event_chunk(recorder);
  if (chunk == nullptr || bytes + kMaxRecordBytes > LogFile::payload_bytes()) {
    recorder.cursor = nullptr;
    return;
  }
  if (recorder.events != nullptr) recorder.events->reserved[1] = reinterpret_cast<std::uint64_t>(chunk);
  else recorder.first_events = chunk;
  if (recorder.first_events == nullptr) recorder.first_events = chunk;
  recorder.chunk_sequence += 1;
  chunk->sequence = recorder.chunk_sequence;
  chunk->base_ticks = recorder.previous_end;
  chunk->next_request = recorder.next_request - started;
  chunk->last_completed = recorder.list_count != 0 ? recorder.list_base : recorder.last_completed;
  recorder.events = chunk;
  recorder.cursor = LogFile::payload(chunk);
  recorder.limit = recorder.cursor + LogFile::payload_bytes() - kMaxRecordBytes - 8;
}

void Call::unwind_site() { site = stack_site(site, g_process.options.stack_depth); }

// The first part of a long list goes with the call's record, the rest with records under a transfer key.
void Call::flush_list() {
  ThreadRecorder& r = recorder;
  if (r.cursor == nullptr) return clear_list();
  KeySlot& slot = find_key(r, procedure, site, ContextClass::none, 0, raw::kPeerNone, 0,
                           main_written_ ? std::uint8_t{raw::kKeyTransfer} : std::uint8_t{0});
  write(slot, 0, 0, raw::kTagNone);
  main_written_ = true;
  started_ = 0;
}

void Call::record_error(ContextClass kind, Word context, std::int32_t peer, int code) {
  add_note(raw::NoteKind::error, static_cast<std::uint32_t>(code));
  record(kind, context, peer, 0, 0, raw::kTagNone);
  key_->errors += 1;
}

void Call::record_unsuccessful(ContextClass kind, Word context, std::int32_t peer) {
  ThreadRecorder& r = recorder;
  KeySlot& slot = find_key(r, procedure, site, kind, context, peer, 0, 0);
  raw::KeyRecord& key = *slot.key;
  if (r.cursor == nullptr || r.flood_key != &key) {
    record(kind, context, peer, 0, 0, raw::kTagNone);
    r.flood_key = r.cursor == nullptr ? nullptr : &key;
    r.flood = nullptr;
    return;
  }
  count_duration(r, key, stop_ticks - start_ticks);
  if (r.flood != nullptr) {
    // [end delta][duration][1][note << 4 | kind][count], each wide: changed in place.
    r.flood_count += 1;
    store_wide_varint(r.flood, stop_ticks - r.flood_base);
    store_wide_varint(r.flood + kWideVarintBytes, stop_ticks - r.flood_start);
    store_wide_varint(r.flood + 2 * kWideVarintBytes + 2, r.flood_count);
    r.previous_end = stop_ticks;
    return;
  }
  if (r.cursor > r.limit) {
    next_event_chunk(r, 0, 0);
    if (r.cursor == nullptr) return;
  }
  start_flood(slot);
}

void Call::start_flood(KeySlot& slot) {
  ThreadRecorder& r = recorder;
  raw::KeyRecord& key = *slot.key;
  if (key.last_chunk != r.chunk_sequence) {
    key.last_chunk = r.chunk_sequence;
    key.last_sent = key.last_received = 0;
    key.last_tag = raw::kTagNone;
  }
  std::uint8_t* cursor = put_varint(r.cursor, std::uint64_t{slot.number} << 2 | raw::kHasList);
  r.flood = cursor;
  r.flood_base = r.previous_end;
  r.flood_start = start_ticks;
  r.flood_count = 1;
  store_wide_varint(cursor, stop_ticks - r.flood_base);
  store_wide_varint(cursor + kWideVarintBytes, stop_ticks - start_ticks);
  cursor += 2 * kWideVarintBytes;
  *cursor++ = 1;
  *cursor++ = static_cast<std::uint8_t>(static_cast<unsigned>(raw::NoteKind::repeated) << 4 |
                                        static_cast<unsigned>(raw::ListKind::note));
  store_wide_varint(cursor, 1);
  r.previous_end = stop_ticks;
  r.flood_key = &key;
  commit_events(r, cursor + kWideVarintBytes);
}

void Call::open_enclosing() {
  if (outer != nullptr) outer->open_enclosing();
  if (!opened && start_ticks != 0) write_open();
}

void Call::write_open() {
  ThreadRecorder& r = recorder;
  opened = true;
  if (r.cursor == nullptr) return;
  if (r.cursor > r.limit) {
    next_event_chunk(r, 0, 0);
    if (r.cursor == nullptr) return;
  }
  std::uint8_t* cursor = put_varint(r.cursor, static_cast<std::uint64_t>(raw::ControlCode::open));
  cursor = put_varint(cursor, static_cast<std::uint64_t>(procedure));
  cursor = put_varint(cursor, start_ticks - r.previous_end);
  r.previous_end = start_ticks;
  r.flood_key = nullptr;
  commit_events(r, cursor);
}

void Call::record_final() {
  start();
  KeySlot& slot = find_key(recorder, procedure, site, ContextClass::none, 0, raw::kPeerNone, 0, 0);
  slot.key->calls += 1;
  slot.key->ticks_min = 0;
  write_open();
}

}  // namespace tulkki
