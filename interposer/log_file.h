// SPDX-License-Identifier: Apache-2.0
// The raw log of this process: a file that grows chunk by chunk and stays mapped. Cold code only; no descriptor is
// kept open between calls, so that a program which closes them all does no harm.
#pragma once

#include <climits>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "storage/raw_format.h"

namespace tulkki {

// A folder that nobody else may look into or change, whatever the umask. False, and said, where it is another user's or a
// link: its name can be guessed, and whoever made it first could exchange what we write below it.
[[gnu::cold]] bool make_private_directory(const char* directory);

class LogFile {
 public:
  // Creates the file in `directory` (made if missing) and maps its header. False, after one line on stderr, when
  // that is impossible.
  [[gnu::cold]] bool create(const char* directory);

  // Moves the file to `directory`/`name`; stays where it is if that fails.
  [[gnu::cold]] void move_to(const char* directory, const char* name);

  // A zeroed chunk, reserved on the file system and touched, or nullptr when there is no room; the reason is then in
  // the header and was said once. `where`: replace the mapping at this address instead of choosing one. The caller
  // holds g_process.mutex.
  [[gnu::cold]] raw::ChunkHeader* add_chunk(raw::ChunkKind kind, std::uint32_t thread, std::uint32_t sequence,
                                            void* where = nullptr);

  // Appends one definition made of the given pieces. The caller holds g_process.mutex.
  struct Piece {
    const void* data;
    std::size_t bytes;
  };
  [[gnu::cold]] void define(raw::DefinitionKind kind, std::initializer_list<Piece> pieces);
  [[gnu::cold]] void define_property(const char* name, const char* value);

  // Stores a fresh pair of clock readings and the resources used so far into the header.
  [[gnu::cold]] void refresh_header();

  // Frames the payload of a chunk.
  static std::uint8_t* payload(raw::ChunkHeader* chunk) { return reinterpret_cast<std::uint8_t*>(chunk + 1); }
  static constexpr std::size_t payload_bytes() { return raw::kDefaultChunkBytes - sizeof(raw::ChunkHeader); }

  raw::FileHeader* header = nullptr;
  char path[PATH_MAX] = "";

 private:
  void report_no_room(int error);

  std::uint64_t chunks_ = 0;
  raw::ChunkHeader* definitions_ = nullptr;
  std::uint32_t definition_sequence_ = 0;
  bool no_room_said_ = false;
};

}  // namespace tulkki
