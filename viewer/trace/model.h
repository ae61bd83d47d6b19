// SPDX-License-Identifier: Apache-2.0
// What a trace is made of, whatever tool wrote it: procedures, contexts (communicators, windows, files), locations and
// calls. Times are nanoseconds since the trace's origin, the earliest moment that its clock properties promise.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tulkki::trace {

inline constexpr std::uint32_t kNone = 0xFFFFFFFF;    // no procedure, context, location, site ...
inline constexpr std::uint64_t kNoCall = UINT64_MAX;  // no call
inline constexpr std::int32_t kNoTag = -1;

// A region of the archive, by name. Regions of the same name are one procedure.
struct Procedure {
  std::string name;
  bool mpi = false;   // of paradigm MPI, or named MPI_*
  bool init = false;  // MPI_Init, MPI_Init_thread, MPI_Session_init: where communication has not begun
  // Over the whole trace. Durations are inclusive; quantiles come from a histogram with 64 steps an octave.
  std::uint64_t calls = 0;
  std::uint64_t time_ns = 0;
  std::uint64_t longest_ns = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  std::vector<std::uint8_t> histogram = {};  // as storage/histogram.h encodes it
};

enum class ContextKind : std::uint8_t { communicator, window, file };

struct Context {
  ContextKind kind = ContextKind::communicator;
  bool self = false;  // MPI_COMM_SELF: one of its kind on each rank
  std::string name;
  std::uint32_t group = kNone;  // index in Definitions::groups: the rank in the trace of each member; kNone: unknown
};

// A thread of a rank. Threads of a rank lie side by side, the main thread first; ranks are grouped by node.
struct Location {
  std::uint64_t id = 0;  // in the archive
  std::string name;
  std::uint32_t rank = kNone;  // in MPI_COMM_WORLD where the archive tells it, else the number of the process
  std::uint32_t thread = 0;    // number in its rank
  std::uint32_t node = kNone;  // index in Definitions::nodes
  std::uint64_t calls = 0;
  std::uint64_t halves = 0;                 // ends of messages
  std::uint64_t first_ns = 0, last_ns = 0;  // start of the first call, end of the last; 0, 0 without calls
};

struct Definitions {
  std::string creator;
  std::uint64_t clock_resolution_hz = 0;  // of the archive's clock
  std::uint64_t realtime_ns = 0;          // time of day (Unix) at the origin; 0: unknown
  std::vector<Procedure> procedures;
  std::vector<Context> contexts;
  std::vector<std::vector<std::uint32_t>> groups;
  std::vector<std::string> nodes;
  std::vector<std::string> sites;  // texts of call sites
  std::vector<Location> locations;
  std::uint32_t ranks = 0;  // greatest rank + 1
  std::uint64_t calls = 0;
  std::uint64_t halves = 0;
  std::uint64_t matched = 0;  // messages of which both ends are known
  std::uint64_t first_ns = 0, last_ns = 0;
  // Start of the first call outside of MPI_Init that sends, receives or is a collective; first_ns if there is none.
  std::uint64_t first_communication_ns = 0;
  std::vector<std::string> notes;  // what was wrong with the archive and what was made of it; one line each
};

// One call of a procedure with all that the trace knows of it.
struct Call {
  std::uint64_t start_ns = 0;
  std::uint64_t duration_ns = 0;
  std::uint32_t procedure = 0;
  std::uint32_t context = kNone;
  std::uint32_t peer = kNone;  // rank in the trace (not in the communicator) of partner, root or target
  std::int32_t tag = kNoTag;
  std::uint64_t bytes_sent = 0;      // payload; of the messages that it starts
  std::uint64_t bytes_received = 0;  // of the messages whose receive it posted; collectives and files: as recorded
  std::uint32_t site = kNone;        // index in Definitions::sites
  std::uint32_t repeated = 0;        // further unsuccessful tests that the call stands for
  std::int32_t error = 0;            // MPI error code
  std::uint32_t messages = 0;        // that it starts or completes
  bool operator==(const Call&) const = default;
};

struct CallRef {
  std::uint32_t location = kNone;
  std::uint64_t call = kNoCall;  // number in the location, from 0, in the order of start
  bool valid() const { return call != kNoCall; }
  bool operator==(const CallRef&) const = default;
};

// One end of a message. A send lies with the call that started it, a receive with the call that completed it.
struct MessageHalf {
  bool receive = false;
  CallRef at;                  // the call that sent, or that completed the receive
  CallRef posted;              // the call that posted the receive; of a send the same as `at`
  std::uint32_t peer = kNone;  // rank in the trace
  std::int32_t tag = kNoTag;
  std::uint32_t context = kNone;
  std::uint64_t bytes = 0;
  std::uint64_t time_ns = 0;        // start of the sending call, end of the completing one
  std::uint32_t location = kNone;   // of this half
  std::uint64_t partner = kNoCall;  // number of the other half, through the whole trace; kNoCall: unknown
};

}  // namespace tulkki::trace
