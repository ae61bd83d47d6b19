// SPDX-License-Identifier: Apache-2.0
// What the event checks share while they walk through a trace in the order of time: the state of each location and
// process, and how a finding is reported.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "storage/check/definitions.h"
#include "storage/check/findings.h"
#include "storage/check/post_order.h"

namespace tulkki::check {

struct OpenRegion {
  std::uint64_t region;
  std::uint64_t time;
  std::uint64_t event;
};

enum class RequestKind : std::uint8_t { send, receive, collective };
const char* name(RequestKind kind);

struct Request {
  RequestKind kind;
  std::uint64_t time;
  std::uint64_t event;
  std::uint64_t post;                            // number in the PostOrder of receives or collectives
  std::uint32_t comm, source, destination, tag;  // channel of a send
};

// A receive that has completed, waiting for its turn: messages match in the order in which receives were posted.
struct Receive {
  std::uint32_t comm, source, destination, tag;
  std::uint64_t time, event, length;
};

struct LocationState {
  std::uint32_t index = 0;  // in Definitions::locations
  std::uint32_t process = kNoIndex;
  std::uint64_t events = 0;  // read so far; the number of the current one
  std::uint64_t last_time = 0;
  std::vector<OpenRegion> stack;
  bool tasks = false;  // switches between tasks: one stack is not enough
  bool collective_open = false, rma_collective_open = false;
  std::uint64_t collective_time = 0, rma_collective_time = 0;
  std::uint64_t collective_post = 0, rma_collective_post = 0;
  std::unordered_map<std::uint64_t, Request> requests;
  std::uint64_t highest_request = 0;
  PostOrder<Receive> receives;
  // Communicator used last and this process's number in it.
  const Communicator* last_comm = nullptr;
  std::uint32_t last_position = kNoIndex;
};

// One process's part of a collective that has ended.
struct Part {
  const Communicator* comm;
  std::uint64_t stream;  // communicator or window id; a window's has kWindowStream set
  OTF2_CollectiveOp operation;
  std::uint32_t root;  // as recorded
  std::uint32_t location;
  std::uint64_t event, begin, end, bytes;
};
inline constexpr std::uint64_t kWindowStream = std::uint64_t{1} << 63;

struct ProcessState {
  std::vector<std::uint32_t> locations;
  PostOrder<Part> collectives;
  bool entered_init = false, left_finalize = false;
  bool partial = false;  // recording was switched off, or nothing is known of it
};

// Where and when: the event that is being checked.
struct Moment {
  LocationState& location;
  std::uint64_t time;
};

class Trace {
 public:
  Trace(const Definitions& definitions, Findings& findings);

  // `text` makes the message; it is called for the first few findings of a kind only.
  template <class Text>
  void report(Kind kind, const Moment& at, Text&& text) {
    report_at(kind, at.location.index, at.time, at.location.events, text);
  }
  template <class Text>
  void report_at(Kind kind, std::uint32_t location, std::uint64_t time, std::uint64_t event, Text&& text) {
    findings.add(kind, [&]() -> Example { return {{location_name(location), time, event}, text()}; });
  }

  // Reports unless the id is defined.
  bool check_defined(Table table, std::uint64_t id, const Moment& at, const char* event) {
    if (definitions.has(table, id)) [[likely]]
      return true;
    report_dangling(table, id, at, event);
    return false;
  }

  // Reports an id that is not defined, and a process that is not a member; null where nothing more can be said.
  const Communicator* communicator(std::uint64_t id, const Moment& at, const char* event);
  const Communicator* communicator_of_window(std::uint64_t window, const Moment& at, const char* event);
  // The process behind a rank in the group that `at` talks to; kNoIndex after a report.
  std::uint32_t partner(const Communicator& comm, std::uint32_t rank, const Moment& at, const char* event);

  // Did the process stop before its end, or was it recorded in part? Right only after the last event.
  bool cut(std::uint32_t process) const;
  // The kind under which something left open by `process` counts.
  Kind unless_cut(Kind kind, std::uint32_t process) const { return cut(process) ? Kind::ends_inside : kind; }

  const std::string& location_name(std::uint32_t index) const { return definitions.locations.values()[index].name; }
  std::string duration(std::uint64_t ticks) const;
  // Error of a difference between the clocks of two locations, as far as the archive states it.
  double clock_error_ticks(std::uint32_t first, std::uint32_t second) const;

  const Definitions& definitions;
  Findings& findings;
  std::vector<LocationState> locations;  // as in Definitions
  std::vector<ProcessState> processes;

 private:
  std::unordered_set<std::uint64_t> unusable_;  // communicators without members
  void report_dangling(Table table, std::uint64_t id, const Moment& at, const char* event);
};

// Turns (process, id) into one key: both are small enough in every trace that fits a disk.
inline std::uint64_t per_process(std::uint32_t process, std::uint64_t id) { return std::uint64_t{process} << 32 | id; }

}  // namespace tulkki::check
