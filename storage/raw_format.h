// SPDX-License-Identifier: Apache-2.0
// The raw log: what a recorded process writes while it runs and what `tulkki recover` reads. This header is the
// only coupling between the two, so it depends on nothing and every layout in it is frozen by static_assert.
//
// One file a process, mapped MAP_SHARED, so that every store that was executed outlives the process:
//
//     FileHeader (4096 bytes) | chunk | chunk | ...      each chunk: ChunkHeader (64 bytes) + payload
//
// Chunks are of one size (FileHeader::chunk_bytes). `used` of a chunk is stored after the payload that it covers,
// so whatever lies below `used` is whole, whenever the process was killed. A chunk of kind `none` was
// allocated but never used. Integers are little-endian; times are ticks of the clock named in the header.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tulkki::raw {

inline constexpr char kMagic[8] = {'T', 'U', 'L', 'K', 'K', 'I', 'R', 'W'};
// Raise it with every change of a layout or an encoding below: a reader refuses a log of another version.
inline constexpr std::uint32_t kFormatVersion = 2;
inline constexpr std::uint32_t kFileHeaderBytes = 4096;
inline constexpr std::uint32_t kDefaultChunkBytes = 256 * 1024;
// Empty files that processes leave beside the logs of `tulkki run` (below TULKKI_RUN_DIR), so that it can say why there
// is no log: the recorder was loaded; a process that never called MPI through it had an MPI library loaded at its end.
inline constexpr char kLoadedMark[] = "recorder-loaded";
inline constexpr char kUnseenMark[] = "mpi-unseen";
inline constexpr std::uint32_t kChunkMagic = 0x4b484354;  // "TCHK"

enum class Abi : std::uint32_t { unknown = 0, openmpi = 1, mpich = 2, standard = 3 };

enum class ClockKind : std::uint32_t { tsc = 1, monotonic_ns = 2 };

// How far the process came. A process that is gone while its state is not `closed` died or called _exit.
enum class ProcessState : std::uint32_t { started = 0, initialized = 1, finalized = 2, closed = 3 };

// Why events are missing from the trace (never from the profile, except `disk_full`, which stops new keys too).
enum class LossReason : std::uint32_t { none = 0, trace_limit = 1, disk_full = 2, out_of_memory = 3 };

// What the system had given a process by one moment. `ticks` 0: this reading was never taken.
struct ProcessLoad {
  std::uint64_t ticks;
  std::uint64_t user_cpu_ns;         // getrusage: all threads, since the process began
  std::uint64_t system_cpu_ns;
  std::uint64_t voluntary_switches;
  std::uint64_t involuntary_switches;
  std::uint64_t wait_ns;             // of the main thread, able to run but on no processor; kLoadUnknown
  std::int32_t processor;            // number of the one that it ran on; -1: unknown
  std::uint32_t reserved;
};
static_assert(sizeof(ProcessLoad) == 56);
inline constexpr std::uint64_t kLoadUnknown = ~std::uint64_t{0};

// The same of the whole host, read by the first process of each. `ticks` 0: this process did not read it.
struct HostLoad {
  std::uint64_t ticks;
  std::uint64_t busy_ns;             // since the host started, summed over its processors; all three 0: unknown
  std::uint64_t idle_ns;
  std::uint64_t stolen_ns;           // the hypervisor gave the processor to another guest
  double load;                       // mean number of tasks running or ready over about a minute; < 0: unknown
  std::uint32_t running;             // tasks that run or are ready now; 0: unknown
  std::uint32_t processors;          // online, hardware threads count
  std::uint64_t frequency_hz;        // of the processor that the reader ran on; 0: unknown
  std::uint64_t frequency_max_hz;
};
static_assert(sizeof(HostLoad) == 64);

struct FileHeader {
  char magic[8];
  std::uint32_t format_version;
  std::uint32_t header_bytes;        // kFileHeaderBytes
  std::uint64_t table_hash;          // of the API table: procedure numbers mean nothing to a reader with another one
  std::uint64_t chunk_bytes;
  Abi abi;                           // the ABI whose values were normalised into this log
  ClockKind clock;
  ProcessState state;
  LossReason loss;
  std::int32_t world_rank;           // -1 while unknown (before MPI_Init, or sessions only)
  std::int32_t world_size;           // -1 while unknown
  std::uint64_t process_id;
  std::uint64_t node_id;             // equal for processes that share a host and its clock
  std::uint64_t start_ticks;         // a reading of both clocks at the start ...
  std::int64_t start_realtime_ns;    // nanoseconds since 1970 (CLOCK_REALTIME)
  std::uint64_t latest_ticks;        // ... and the latest later one (chunk change, finalize, exit); 0 if none
  std::int64_t latest_realtime_ns;
  std::uint64_t init_begin_ticks;    // MPI_Init(_thread) or the first session: start and end; 0 if it did not happen
  std::uint64_t init_end_ticks;
  std::uint64_t finalize_begin_ticks;
  std::uint64_t finalize_end_ticks;
  std::uint64_t close_ticks;         // exit of the process; 0 if it was not seen
  double ticks_per_ns;               // as measured or told by the kernel at start; latest_* gives a better one
  double own_cost_ticks;             // measured at start: what recording adds to a blocking call, outside its interval
  double clock_resolution_ticks;     // least difference of two readings in succession
  std::uint64_t trace_enabled;       // 0: only the profile was asked for
  std::uint64_t trace_limit_bytes;   // 0: none
  std::uint64_t events_dropped;      // call records not written, or overwritten by newer ones
  std::uint64_t keys_dropped;        // calls that found no room for their key: missing from the profile
  std::uint64_t peak_memory_bytes;   // getrusage at the latest reading
  std::uint64_t user_cpu_ns;
  std::uint64_t system_cpu_ns;
  std::uint32_t thread_level;        // 0 single .. 3 multiple, as provided
  std::uint32_t abort_called;        // 1 when MPI_Abort was entered
  std::int32_t abort_code;
  std::uint32_t reserved0;
  char run_id[64];                   // equal on all processes of one launch; empty before MPI_Init
  char host[64];
  ProcessLoad load_start;            // when recording began
  ProcessLoad load_latest;           // with latest_*, until the end of MPI_Finalize
  HostLoad host_start;
  HostLoad host_end;                 // when MPI_Finalize had returned
};
static_assert(sizeof(FileHeader) <= kFileHeaderBytes);
static_assert(offsetof(FileHeader, world_rank) == 48 && offsetof(FileHeader, run_id) == 240);
static_assert(offsetof(FileHeader, load_start) == 368 && offsetof(FileHeader, host_start) == 480);

enum class ChunkKind : std::uint32_t { none = 0, definitions = 1, events = 2, keys = 3, histograms = 4 };

struct ChunkHeader {
  std::uint32_t magic;               // kChunkMagic
  ChunkKind kind;
  std::uint32_t thread;              // index of the owning thread; 0 for definitions
  std::uint32_t sequence;            // per kind and thread, ascending from 1; gaps mean overwritten chunks
  std::uint64_t used;                // payload bytes that are whole
  // Where decoding of an event chunk starts, so that each chunk can be decoded without those before it:
  std::uint64_t base_ticks;          // end of the record before the first
  std::uint64_t next_request;        // number that the next started request of this thread gets; they count from 1
  std::uint64_t last_completed;      // number of the request completed last by this thread
  std::uint64_t reserved[2];
};
static_assert(sizeof(ChunkHeader) == 64);

// ---- keys: the profile --------------------------------------------------------------------------------------

inline constexpr std::int32_t kPeerNone = -1;
inline constexpr std::int32_t kPeerAny = -2;       // MPI_ANY_SOURCE, not resolved
inline constexpr std::int32_t kPeerNull = -3;      // MPI_PROC_NULL
inline constexpr std::int32_t kPeerRoot = -4;      // MPI_ROOT of an intercommunicator
inline constexpr std::int32_t kTagAny = -1;
inline constexpr std::int32_t kTagNone = -2;       // the procedure has no tag

// Histogram of durations: octave = floor(log2(ticks)) (0 for 0 and 1 ticks), and 32 equal steps inside an octave:
// sub = (ticks << 5 >> octave) & 31. A bucket is at most 1/32 of its value wide: the middle is within 1.6 %.
inline constexpr int kOctaves = 48;
inline constexpr int kStepsPerOctave = 32;
struct HistogramBlock {
  std::uint32_t count[kStepsPerOctave];
};
static_assert(sizeof(HistogramBlock) == 128);

// A block's number is n * kHistogramPlaces + place: the place-th block, from 1, of the thread's n-th histogram chunk,
// from 0. (In memory that is its distance in units of its size, as the chunk's header fills the place before.)
inline constexpr std::uint32_t kHistogramPlaces = kDefaultChunkBytes / sizeof(HistogramBlock);  // FileHeader::chunk_bytes

// What is the same in many calls, and the sums over them. Keys of a thread are numbered from 1 in the order in
// which they lie in its key chunks; events name them by that number. `calls` is 0 in keys that only receive the
// bytes of requests that other calls completed (a receive is booked under the call that posted it, with the
// true source and size).
struct KeyRecord {
  std::uint16_t procedure;           // number in the API table
  std::uint8_t size_class;           // 0: no bytes; n: 2^(n-1) <= larger of sent, received < 2^n
  std::uint8_t flags;                // KeyFlag
  std::int32_t peer;                 // rank in `context`'s (remote) group; root of a collective; kPeer*
  std::uint32_t context;             // communicator, window or file; 0: none
  std::uint32_t site;                // call site; 0: unknown
  std::uint64_t calls;
  std::uint64_t ticks_sum;
  std::uint64_t ticks_min;           // of calls > 0 only
  std::uint64_t ticks_max;
  std::uint64_t bytes_sent;
  std::uint64_t bytes_received;
  std::uint64_t messages_sent;       // point-to-point messages and RMA operations towards `peer`
  std::uint64_t messages_received;
  std::uint64_t last_sent;           // values of the latest event with this key in chunk `last_chunk`:
  std::uint64_t last_received;       // an event that repeats them does not store them again
  std::int32_t last_tag;
  std::uint32_t last_chunk;          // sequence number of that event chunk
  std::uint32_t errors;              // calls that returned an error
  std::uint32_t reserved0;
  std::uint32_t octave_block[kOctaves];  // number of the thread's HistogramBlock; 0: none yet
  std::uint64_t reserved1[2];
};
static_assert(sizeof(KeyRecord) == 320);
static_assert(offsetof(KeyRecord, octave_block) == 112);

enum KeyFlag : std::uint8_t {
  kKeyTransfer = 1,                  // receives the bytes of completed requests; no calls of its own
  kKeyFortran = 2,                   // called through a Fortran binding
};

// ---- events -------------------------------------------------------------------------------------------------
// A record begins with varint(head), head = key << 2 | flags. For key >= 1 it is one completed call:
//     head, varint(end - end of previous record), varint(end - start),
//     [if kHasValues] varint(bytes_sent) varint(bytes_received) svarint(tag),   else as in the key's previous event
//                     in this chunk (0, 0, kTagNone if it is the first)
//     [if kHasList]   varint(n) and n list entries
// Records of a thread are in the order of their ends. A call of a class that starts a request and that succeeded
// takes the next request number of the thread, without storing it. A record under a key with kKeyTransfer is no call:
// it continues the list of the call before it, which was too long for one record.
// For key 0 the two flag bits are a ControlCode.
// varint: 7 bits a byte, least significant first, high bit set on all but the last. svarint: zigzag, then varint.
inline constexpr std::uint64_t kHasValues = 1;
inline constexpr std::uint64_t kHasList = 2;

enum class ControlCode : std::uint8_t {
  end = 0,    // nothing more in this chunk
  open = 1,   // varint(procedure) varint(start - end of previous record): a call that has begun and encloses the
              // records that follow, until a record with the same start closes it; one never closed did not
              // return (MPI_Abort, or death inside a callback). Its start counts as the end of a record.
};

// A list entry is varint(payload << 4 | kind), then what the kind says. "Request" payloads are
// zigzag(number - last completed number of this thread - 1), and the named one becomes the last completed.
enum class ListKind : std::uint8_t {
  completed = 0,          // request; with the peer, tag and bytes that were given when it was started
  completed_with = 1,     // request; svarint(source) svarint(tag) varint(bytes received)
  cancelled = 2,          // request
  freed = 3,              // request: MPI_Request_free on an active request
  received = 4,           // payload 0; svarint(source) svarint(tag) varint(bytes): receive part of a Sendrecv
  started = 5,            // payload RequestKind; varint(context) svarint(peer) svarint(tag) varint(sent)
                          // varint(received): a persistent request started; takes the next request number
  foreign = 6,            // payload: index of the thread that started the request named by the next entry; that
                          // entry's payload is the request's number itself and changes no last completed number
  note = 7,               // payload NoteKind; varint(value)
};

enum class NoteKind : std::uint8_t {
  completed_at_once = 0,  // value 0: the request started by this call was complete when the call returned
  error = 1,              // value: the code that the call returned; no transfer took place
  repeated = 2,           // value n: n unsuccessful tests in a row, start of the first to end of the last
  created = 3,            // value: context that the call created
  released = 4,           // value: context that the call freed
  request_inactive = 5,   // value 0: no request was started (a null or inactive one was given)
  persistent = 6,         // value: RequestKind of the persistent request that the call made (it starts none)
};

enum class RequestKind : std::uint8_t {
  none = 0, send = 1, receive = 2, collective = 3, rma = 4, io = 5, generalized = 6, communicator = 7,
  partitioned_send = 8, partitioned_receive = 9,
  send_receive = 10,      // MPI_Isendrecv: one request, both directions
};

// ---- definitions --------------------------------------------------------------------------------------------
// A definition chunk holds records: DefinitionHeader, then `bytes` of payload, padded to 8. Strings are
// NUL-terminated and take the rest of the payload.
enum class DefinitionKind : std::uint16_t {
  property = 1,       // "name\0value\0": program, arguments, library_version, ... (a later one replaces an earlier)
  thread = 2,         // ThreadDefinition
  module = 3,         // ModuleDefinition, path
  site = 4,           // SiteDefinition, `depth` x FrameDefinition (innermost first)
  context = 5,        // ContextDefinition, name
  context_name = 6,   // u32 context, u32 0, name
  context_freed = 7,  // u32 context, u32 0, u64 ticks
  clock = 8,          // ClockDefinition
  topology = 9,       // u32 context, u32 dimensions, then per dimension i32 size, i32 periodic
};

struct DefinitionHeader {
  DefinitionKind kind;
  std::uint16_t reserved;
  std::uint32_t bytes;               // of payload, without padding
};
static_assert(sizeof(DefinitionHeader) == 8);

struct ThreadDefinition {
  std::uint32_t thread;
  std::uint32_t reserved;
  std::uint64_t system_id;
};

struct ModuleDefinition {
  std::uint32_t module;
  std::uint32_t build_id_bytes;      // 0: the object has none
  std::uint64_t load_base;           // run-time address minus load_base = address in the file's symbol table
  std::uint64_t text_begin;          // run-time bounds of the executable segments
  std::uint64_t text_end;
  std::uint8_t build_id[32];
};
static_assert(sizeof(ModuleDefinition) == 64);

struct SiteDefinition {
  std::uint32_t site;
  std::uint32_t depth;
};

struct FrameDefinition {
  std::uint32_t module;              // 0: outside every known module; modules count from 1
  std::uint32_t reserved;
  std::uint64_t address;             // return address minus load_base (subtract 1 to look up the call)
};

enum class ContextKind : std::uint32_t { communicator = 1, intercommunicator = 2, window = 3, file = 4 };
inline constexpr std::uint32_t kContextWorld = 1;   // MPI_COMM_WORLD, always this number
inline constexpr std::uint32_t kContextSelf = 2;    // MPI_COMM_SELF

// Every member writes one with the same identity and its own rank; together they give the whole group.
struct ContextDefinition {
  std::uint32_t context;             // number in this process
  ContextKind kind;
  std::uint64_t identity[2];         // equal on all members, different from every other context of the run
  std::uint32_t parent;              // communicator that it was made from; 0: none or unknown
  std::int32_t rank;                 // of this process in the (local) group
  std::int32_t size;                 // of the (local) group
  std::int32_t remote_size;          // intercommunicators; else 0
  std::uint32_t side;                // intercommunicators: 0 for the group with the lower leader, else 1
  std::uint16_t procedure;           // that created it; 0: predefined
  std::uint16_t reserved;
  std::uint64_t ticks;               // when it was known
};
static_assert(sizeof(ContextDefinition) == 56);

// Clock of this process against that of the reference node (the one of world rank 0).
struct ClockDefinition {
  std::uint64_t ticks;               // local reading
  std::int64_t offset_ticks;         // reference = local + offset
  double deviation_ticks;            // standard deviation of the measurement; 0 where the clock is shared
};
static_assert(sizeof(ClockDefinition) == 24);

}  // namespace tulkki::raw
