// SPDX-License-Identifier: Apache-2.0
// Layout of the sidecar cache of a trace (docs/formats.md, decision 0006): a header, segments in the order in which the
// archive is read, and a directory that says where they lie. Numbers are little-endian, segments begin at multiples
// of 8.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

namespace tulkki::trace {

static_assert(std::endian::native == std::endian::little, "the cache is read in place");

inline constexpr char kCacheMagic[8] = {'T', 'U', 'L', 'K', 'T', 'R', 'C', '\n'};
inline constexpr std::uint32_t kCacheVersion = 2;     // raise it with any change below; other versions are rebuilt
inline constexpr std::uint32_t kBlockCalls = 65536;   // most calls a block: a detail's number has 16 bits
inline constexpr std::uint32_t kBlockHalves = 65536;  // most ends of messages a block
inline constexpr std::uint32_t kReachCalls = 256;

struct CacheHeader {
  char magic[8];
  std::uint32_t version;
  std::uint32_t complete;  // 0 while the file is being written
  std::uint64_t file_bytes;
  std::uint64_t content_key[2];  // of everything that the archive consists of
  std::uint64_t state_key;       // of names, sizes and times of change of its files
  std::uint64_t directory_offset;
  std::uint64_t directory_bytes;
  std::uint64_t directory_hash;
  std::uint64_t header_hash;  // of all before
};
static_assert(sizeof(CacheHeader) == 80);

// What calls have in common but for their time; each block has its own list of them.
struct CallDetail {
  std::uint64_t bytes_sent;
  std::uint64_t bytes_received;
  std::uint32_t procedure;
  std::uint32_t context;
  std::uint32_t peer;
  std::int32_t tag;
  std::uint32_t site;
  std::uint32_t repeated;
  std::int32_t error;
  std::uint32_t messages;
  bool operator==(const CallDetail&) const = default;
};
static_assert(sizeof(CallDetail) == 48 && std::is_trivially_copyable_v<CallDetail>);

inline constexpr std::uint32_t kWideStarts = 1;     // starts have 8 bytes, not 4
inline constexpr std::uint32_t kWideDurations = 2;  // durations have 8 bytes, not 4

// Followed by: details, reaches (of each run of kReachCalls calls: their latest end, or UINT64_MAX; 8 bytes each),
// starts (after base_ns), durations, open_calls (4 bytes each), detail numbers (2 bytes each).
struct CallBlockHeader {
  std::uint64_t base_ns;
  std::uint32_t calls;
  std::uint32_t details;
  std::uint32_t open_calls;
  std::uint32_t flags;
};
static_assert(sizeof(CallBlockHeader) == 24);

// What ends of messages have in common.
struct Channel {
  std::uint64_t bytes;
  std::uint32_t peer;
  std::int32_t tag;
  std::uint32_t context;
  std::uint32_t receive;  // 0, 1
  bool operator==(const Channel&) const = default;
};
static_assert(sizeof(Channel) == 24);

inline constexpr std::uint32_t kNoPartner = 0xFFFFFFFF;

// Followed by: channels, partners (number of the other half through the whole trace; 4 bytes each, as all below),
// calls (in which it happens), posts (that posted it), channel numbers (2 bytes each).
struct HalfBlockHeader {
  std::uint32_t halves;
  std::uint32_t channels;
};
static_assert(sizeof(HalfBlockHeader) == 8);

inline constexpr std::uint16_t kNoProcedure = 0xFFFF;

// What a bucket of the pyramid, or a pixel of a row, shows.
struct Cell {
  std::uint16_t procedure = kNoProcedure;          // with the most time: the MPI one, else the one of the program
  std::uint16_t longest_procedure = kNoProcedure;  // of the longest MPI call
  std::uint8_t mpi_share = 0;                      // of the width, inside MPI; 255 is all of it, 0 none at all
  std::uint8_t longest_log = 0;                    // duration_log of the longest MPI call
  std::uint8_t busy_share = 0;                     // of the width, inside any recorded region
  std::uint8_t reserved = 0;
  bool operator==(const Cell&) const = default;
};
static_assert(sizeof(Cell) == 8);

// 1 + floor(4 log2(duration)), in steps of a quarter octave; 0 stands for no call. Fits 8 bits up to 2^63 ns.
constexpr std::uint8_t duration_log(std::uint64_t duration_ns) {
  if (duration_ns == 0) return 1;
  const int octave = std::bit_width(duration_ns) - 1;
  const std::uint64_t mantissa = octave >= 8 ? duration_ns >> (octave - 8) : duration_ns << (8 - octave);  // 256..511
  const int quarter = mantissa >= 431 ? 3 : mantissa >= 363 ? 2 : mantissa >= 305 ? 1 : 0;
  return static_cast<std::uint8_t>(octave >= 63 ? 253 : 1 + octave * 4 + quarter);
}

}  // namespace tulkki::trace
