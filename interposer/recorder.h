// SPDX-License-Identifier: Apache-2.0
// The hot path: one ThreadRecorder a thread, one Call on the stack of an intercepted call. Between Call::start and
// Call::stop only the MPI library runs; what recording costs lies after the second stamp. Nothing here allocates, locks,
// throws or calls the system; whatever may do so is marked cold and lives in recorder.cpp.
#pragma once

#include <cstdint>

#include "interposer/clock.h"
#include "interposer/encode.h"
#include "interposer/process.h"
#include "interposer/requests.h"
#include "storage/raw_format.h"
#include "tulkki/procedures.h"

namespace tulkki {

class Call;

// What a context handle refers to; handles of different classes may have equal values.
enum class ContextClass : std::uint8_t { none, communicator, window, file };

// One line of the direct-mapped cache in front of the keys of a thread.
struct KeySlot {
  const void* site;
  Word context;
  std::uint64_t rest;           // of the identity, see key_rest
  raw::KeyRecord* key;
  std::uint32_t number;
};

struct alignas(64) ThreadRecorder {
  // Hot: touched by every call.
  Call* current = nullptr;               // innermost call under way; not null: we are inside the MPI library
  std::uint8_t* cursor = nullptr;        // end of the events written; null: no events are written
  std::uint8_t* limit = nullptr;         // a record without a list that starts below fits
  raw::ChunkHeader* events = nullptr;
  std::uint64_t previous_end = 0;
  std::uint64_t seen_generation = 0;
  std::uint32_t chunk_sequence = 0;
  raw::KeyRecord* flood_key = nullptr;   // key of the latest record, if that was an unsuccessful test
  std::uint8_t* flood = nullptr;         // its wide fields, once it stands for more than one
  std::uint64_t flood_base = 0, flood_start = 0, flood_count = 0;

  std::uint8_t* list = nullptr;          // entries of the record that is being made
  std::uint8_t* list_cursor = nullptr;
  std::uint32_t list_count = 0;
  std::uint32_t index = 0;
  std::uint64_t next_request = 1;        // 0: none
  std::uint64_t last_completed = 0;
  std::uint64_t list_base = 0;           // last_completed before the first entry of the list

  struct TypeSlot {
    Word datatype;
    std::int64_t bytes;
  };
  struct GroupSlot {
    Word comm;
    std::uint64_t absent;
    int size, rank, indegree, outdegree;
    bool inter, known;
  };
  static constexpr int kGroupSlots = 16;
  static constexpr int kTypeSlots = 64;
  static constexpr int kKeySlots = 1024;
  TypeSlot* types = nullptr;
  KeySlot* keys = nullptr;
  GroupSlot groups[kGroupSlots] = {};
  std::uint8_t* histograms = nullptr;    // reserved address range into which the histogram chunks are mapped
  RequestTable requests;

  // Cold state, see recorder.cpp.
  raw::ChunkHeader* first_events = nullptr;
  raw::ChunkHeader* key_chunk = nullptr;
  std::uint32_t key_chunks = 0, key_count = 0;
  std::uint32_t histogram_chunks = 0, histogram_blocks = 0;
  std::uint32_t* key_index = nullptr;
  std::uint32_t key_index_size = 0;
  raw::KeyRecord** key_records = nullptr;
  std::uint64_t trace_bytes = 0;
  ThreadRecorder* next = nullptr;         // of all recorders
  ThreadRecorder* next_idle = nullptr;    // of those whose thread has ended
};

inline constexpr std::size_t kMaxRecordBytes = 96;     // without a list
inline constexpr std::size_t kListBytes = 48 * 1024;   // one record's entries; longer lists continue in another record
inline constexpr std::size_t kMaxEntryBytes = 72;
// The chunks of histograms lie one behind the other in memory: a block's number is its place in units of its size. The
// header of a chunk takes one place.
inline constexpr std::uint32_t kBlockPlaces = raw::kDefaultChunkBytes / sizeof(raw::HistogramBlock);
static_assert(kBlockPlaces == raw::kHistogramPlaces);

extern constinit thread_local ThreadRecorder* tls_recorder __attribute__((tls_model("initial-exec")));

// ---- cold --------------------------------------------------------------------------------------------------

// The recorder of this thread, made at its first call; null when nothing is to be recorded.
[[gnu::cold]] ThreadRecorder* make_thread_recorder();
// All recorders of the process, linked by `next`.
[[gnu::cold]] ThreadRecorder* first_recorder();
// Finds or makes the key and fills the cache line with it.
[[gnu::cold]] void fill_key_slot(ThreadRecorder&, KeySlot&, ContextClass);
// Number of a histogram block for an octave of a key; 0 if there is no room.
[[gnu::cold]] std::uint32_t add_histogram_block(ThreadRecorder&, raw::KeyRecord&, int octave);
// Makes room for a record with a list of `bytes`, which has started `started` requests already; leaves cursor null when
// events are over (limit reached, no room).
[[gnu::cold]] void next_event_chunk(ThreadRecorder&, std::size_t bytes, std::uint32_t started);
// Forgets what was cached about handles.
[[gnu::cold]] void forget_handles(ThreadRecorder&);
[[gnu::cold]] std::int64_t ask_datatype_bytes(ThreadRecorder&, Word datatype);

// ---- hot ---------------------------------------------------------------------------------------------------

[[gnu::always_inline]] inline void commit_events(ThreadRecorder& recorder, std::uint8_t* end) {
  recorder.cursor = end;
  __atomic_store_n(&recorder.events->used, static_cast<std::uint64_t>(end - LogFile::payload(recorder.events)),
                   __ATOMIC_RELEASE);
}

inline constexpr std::uint64_t key_rest(Procedure procedure, std::int32_t peer, std::uint8_t bytes_class,
                                        std::uint8_t flags) {
  return static_cast<std::uint64_t>(procedure) | std::uint64_t{bytes_class} << 16 | std::uint64_t{flags} << 24 |
         static_cast<std::uint64_t>(static_cast<std::uint32_t>(peer)) << 32;
}

[[gnu::always_inline]] inline std::uint64_t mix_key(const void* site, Word context, std::uint64_t rest) {
  return (reinterpret_cast<std::uintptr_t>(site) ^ context * 0x9e3779b97f4a7c15u ^ rest) * 0xd6e8feb86659fd93u;
}

[[gnu::always_inline]] inline KeySlot& find_key(ThreadRecorder& recorder, Procedure procedure, const void* site, ContextClass kind,
                         Word context, std::int32_t peer, std::uint8_t bytes_class, std::uint8_t flags) {
  const std::uint64_t rest = key_rest(procedure, peer, bytes_class, flags);
  KeySlot& slot = recorder.keys[mix_key(site, context, rest) >> (64 - 10)];
  static_assert(ThreadRecorder::kKeySlots == 1 << 10);
  if (slot.site != site || slot.context != context || slot.rest != rest) [[unlikely]] {
    slot = {site, context, rest, nullptr, 0};
    fill_key_slot(recorder, slot, kind);
  }
  return slot;
}

[[gnu::always_inline]] inline void count_duration(ThreadRecorder& recorder, raw::KeyRecord& key, std::uint64_t ticks) {
  key.calls += 1;
  key.ticks_sum += ticks;
  if (ticks < key.ticks_min) key.ticks_min = ticks;
  if (ticks > key.ticks_max) key.ticks_max = ticks;
  int octave = 63 - __builtin_clzll(ticks | 1);
  if (octave >= raw::kOctaves) [[unlikely]] octave = raw::kOctaves - 1;
  std::uint32_t block = key.octave_block[octave];
  if (block == 0) [[unlikely]] {
    block = add_histogram_block(recorder, key, octave);
    if (block == 0) return;
  }
  auto* histogram = reinterpret_cast<raw::HistogramBlock*>(recorder.histograms + std::size_t{block} * sizeof(raw::HistogramBlock) -
                                                           sizeof(raw::ChunkHeader));
  histogram->count[(ticks << 5 >> octave) & 31] += 1;
}

[[gnu::always_inline]] inline std::int64_t datatype_bytes(ThreadRecorder& recorder, Word datatype) {
  ThreadRecorder::TypeSlot& slot = recorder.types[(datatype ^ datatype >> 6 ^ datatype >> 12) & 63];
  static_assert(ThreadRecorder::kTypeSlots == 64);
  if (slot.datatype == datatype) [[likely]] return slot.bytes;
  return ask_datatype_bytes(recorder, datatype);
}

// One intercepted call. Lives on the stack of the stub; while it lives, calls that the MPI library makes into our
// symbols pass through.
class Call {
 public:
  Call(ThreadRecorder& recorder_, Procedure procedure_, const void* site_)
      : recorder(recorder_), procedure(procedure_), site(site_), outer(recorder_.current) {
    recorder.current = this;
    if (g_process.options.stack_depth > 1) [[unlikely]] unwind_site();
  }
  ~Call() { recorder.current = outer; }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  [[gnu::always_inline]] void start() {
    __asm__ volatile("" ::: "memory");
    start_ticks = read_ticks();
    __asm__ volatile("" ::: "memory");
  }
  [[gnu::always_inline]] void stop() {
    __asm__ volatile("" ::: "memory");
    stop_ticks = read_ticks();
    __asm__ volatile("" ::: "memory");
    if (recorder.seen_generation != g_process.handle_generation.load(std::memory_order_relaxed)) [[unlikely]]
      forget_handles(recorder);
  }

  // Books the call under its key and writes its event. Entries added to the list before belong to it.
  [[gnu::always_inline]] void record(ContextClass kind, Word context, std::int32_t peer, std::int64_t sent, std::int64_t received,
              std::int32_t tag) {
    const std::uint64_t larger = static_cast<std::uint64_t>(sent > received ? sent : received);
    KeySlot& slot = find_key(recorder, procedure, site, kind, context, peer, size_class(larger), 0);
    raw::KeyRecord& key = *slot.key;
    count_duration(recorder, key, stop_ticks - start_ticks);
    key.bytes_sent += static_cast<std::uint64_t>(sent);
    key.bytes_received += static_cast<std::uint64_t>(received);
    key_ = &key;
    write_or_continue(slot, sent, received, tag);
  }
  // Like record(), but the bytes are only what was asked for: in the event, not yet in the profile.
  [[gnu::always_inline]] void record_requested(ContextClass kind, Word context, std::int32_t peer, std::int64_t sent, std::int64_t received,
                        std::int32_t tag) {
    const std::uint64_t larger = static_cast<std::uint64_t>(sent > received ? sent : received);
    KeySlot& slot = find_key(recorder, procedure, site, kind, context, peer, size_class(larger), 0);
    count_duration(recorder, *slot.key, stop_ticks - start_ticks);
    key_ = slot.key;
    write_or_continue(slot, sent, received, tag);
  }
  // After record() or book_transfer(): messages of this call towards and from its peer.
  void count_messages(int sent, int received) {
    key_->messages_sent += static_cast<unsigned>(sent);
    key_->messages_received += static_cast<unsigned>(received);
  }
  // Like record() without bytes, for a call that found nothing (Test, Iprobe): repetitions make one event.
  void record_unsuccessful(ContextClass kind, Word context, std::int32_t peer);
  // For a call that returned an error: counted, no bytes.
  [[gnu::cold]] void record_error(ContextClass kind, Word context, std::int32_t peer, int code);
  // For a call from which there is no return.
  [[gnu::cold]] void record_final();

  // Announces this call and those around it in the log, because a call inside will be recorded before they end.
  [[gnu::cold]] void open_enclosing();

  // Books received bytes under the call that posted the receive.
  [[gnu::always_inline]] void book_transfer(Procedure poster, const void* poster_site, Word context, std::int32_t peer, std::int64_t sent,
                     std::int64_t received, ContextClass kind = ContextClass::communicator) {
    const std::uint64_t larger = static_cast<std::uint64_t>(sent > received ? sent : received);
    KeySlot& slot = find_key(recorder, poster, poster_site, kind, context, peer, size_class(larger), raw::kKeyTransfer);
    raw::KeyRecord& key = *slot.key;
    key.bytes_sent += static_cast<std::uint64_t>(sent);
    key.bytes_received += static_cast<std::uint64_t>(received);
    key_ = &key;
  }

  // Room for one more list entry; to be advanced by end_entry.
  std::uint8_t* begin_entry() {
    if (recorder.list_cursor > recorder.list + (kListBytes - kMaxEntryBytes)) [[unlikely]] flush_list();
    if (recorder.list_count == 0) recorder.list_base = recorder.last_completed;
    return recorder.list_cursor;
  }
  // Number of the next request, which this call has started.
  std::uint64_t take_request_number() {
    started_ += 1;
    return recorder.next_request++;
  }
  void end_entry(std::uint8_t* end) {
    recorder.list_cursor = end;
    recorder.list_count += 1;
  }
  void add_note(raw::NoteKind note, std::uint64_t value) {
    std::uint8_t* cursor = begin_entry();
    cursor = put_varint(cursor, static_cast<std::uint64_t>(note) << 4 | static_cast<std::uint64_t>(raw::ListKind::note));
    end_entry(put_varint(cursor, value));
  }

  ThreadRecorder& recorder;
  const Procedure procedure;
  const void* site;            // return address, or the identity of a deeper stack
  Call* const outer;
  bool opened = false;         // an open record announced it because a nested call was recorded
  std::uint64_t start_ticks = 0, stop_ticks;

 private:
  [[gnu::always_inline]] void write_or_continue(KeySlot& slot, std::int64_t sent, std::int64_t received, std::int32_t tag) {
    if (recorder.cursor == nullptr) [[unlikely]] return clear_list();
    if (recorder.list_count != 0 && main_written_) [[unlikely]] return flush_list();
    write(slot, sent, received, tag);
  }

  [[gnu::always_inline]] void write(KeySlot& slot, std::int64_t sent, std::int64_t received, std::int32_t tag) {
    ThreadRecorder& r = recorder;
    const std::size_t list_bytes = static_cast<std::size_t>(r.list_cursor - r.list);
    if (r.cursor + list_bytes > r.limit) [[unlikely]] {
      next_event_chunk(r, list_bytes, started_);
      if (r.cursor == nullptr) return;
    }
    raw::KeyRecord& key = *slot.key;
    if (key.last_chunk != r.chunk_sequence) [[unlikely]] {
      key.last_chunk = r.chunk_sequence;
      key.last_sent = key.last_received = 0;
      key.last_tag = raw::kTagNone;
    }
    const bool same = key.last_sent == static_cast<std::uint64_t>(sent) &&
                      key.last_received == static_cast<std::uint64_t>(received) && key.last_tag == tag;
    std::uint8_t* cursor = r.cursor;
    cursor = put_varint(cursor, std::uint64_t{slot.number} << 2 | (same ? 0 : raw::kHasValues) |
                                    (list_bytes != 0 ? raw::kHasList : 0));
    cursor = put_varint(cursor, stop_ticks - r.previous_end);
    cursor = put_varint(cursor, stop_ticks - start_ticks);
    if (!same) [[unlikely]] {
      key.last_sent = static_cast<std::uint64_t>(sent);
      key.last_received = static_cast<std::uint64_t>(received);
      key.last_tag = tag;
      cursor = put_varint(cursor, static_cast<std::uint64_t>(sent));
      cursor = put_varint(cursor, static_cast<std::uint64_t>(received));
      cursor = put_svarint(cursor, tag);
    }
    if (list_bytes != 0) cursor = put_list(cursor);
    r.previous_end = stop_ticks;
    r.flood_key = nullptr;
    commit_events(r, cursor);
  }

  std::uint8_t* put_list(std::uint8_t* cursor) {
    ThreadRecorder& r = recorder;
    const auto bytes = static_cast<std::size_t>(r.list_cursor - r.list);
    cursor = put_varint(cursor, r.list_count);
    for (std::size_t i = 0; i < bytes; i += 8) std::memcpy(cursor + i, r.list + i, 8);  // the buffers have slack
    r.list_cursor = r.list;
    r.list_count = 0;
    return cursor + bytes;
  }

  void clear_list() {
    recorder.list_cursor = recorder.list;
    recorder.list_count = 0;
  }

  [[gnu::cold]] void flush_list();
  void unwind_site();
  [[gnu::cold]] void start_flood(KeySlot& slot);
  [[gnu::cold]] void write_open();

  raw::KeyRecord* key_;
  std::uint32_t started_ = 0;  // requests of the record that is being made
  bool main_written_ = false;
};

}  // namespace tulkki
