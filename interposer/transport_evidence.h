// SPDX-License-Identifier: Apache-2.0
// What a process can see of the way its messages go: its sockets, the memory that it shares, and what Open MPI says
// of itself. Reads files of /proc and symbols; no MPI call, no allocation.
#pragma once

namespace tulkki {

// Remembers the sockets that are open before MPI starts: they carry none of its messages.
[[gnu::cold]] void note_early_sockets();

struct SocketCount {
  int tcp = 0;  // established connections to other processes, without those to the launcher
  int udp = 0;
};
[[gnu::cold]] SocketCount count_sockets();

// True if a shared mapping has one of `names` ("vader_segment|SYSV") in its path; `found`: which, 64 bytes.
[[gnu::cold]] bool has_shared_segment(const char* names, char* found);

// Selected component of Open MPI's framework "pml" or "mtl"; empty text where there is none.
[[gnu::cold]] const char* openmpi_component(const char* framework);

// Effective value of a text variable of Open MPI by its full name; null where it has none.
[[gnu::cold]] const char* openmpi_variable(const char* name);

}  // namespace tulkki
