// SPDX-License-Identifier: Apache-2.0
// What sessions over the world model share: the open ones, and how far the program believes to be with the world.
#pragma once

#include "translator/abi.h"

namespace tulkki {

struct Session {
  std::uint64_t mark;
  Word error_handler;        // the backend's
  char thread_level[32];     // as the info object says it
};

struct ProcessSet {
  const char* name;
  const char* comm;   // the communicator that has its processes
};
inline constexpr ProcessSet kProcessSets[] = {{"mpi://WORLD", "MPI_COMM_WORLD"}, {"mpi://SELF", "MPI_COMM_SELF"}};
inline constexpr int kProcessSetCount = 2;
// -1: no such set.
[[gnu::cold]] int process_set_by_name(const char* name);

// Starts the backend when nobody has. Null: it cannot be started (any more), or there is no memory.
[[gnu::cold]] Session* start_session(int back_thread_level, Word error_handler);
[[gnu::cold]] void end_session(Session* session);
// The session, or null when it is none, or was ended.
[[gnu::cold]] Session* known_session(Word session);

// For what a program makes before its first session: info objects, error handlers.
[[gnu::cold]] void start_for_sessions(int back_thread_level);

// The program's function behind an error handler of sessions, null for others.
[[gnu::cold]] void note_session_handler(Word error_handler, void* function);
[[gnu::cold]] void* function_of_handler(Word error_handler);

// A tag, the same for equal texts.
[[gnu::cold]] int tag_of_text(const char* text);

// The world as the program sees it, where a session has started the backend.
struct World {
  bool started_by_session, initialized, finalized;
};
extern World g_world;

}  // namespace tulkki
