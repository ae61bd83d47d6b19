// SPDX-License-Identifier: Apache-2.0
// State shared by the event checks, and the lookups that most of them begin with.
#include "storage/check/trace.h"

#include <cmath>

namespace tulkki::check {

const char* name(RequestKind kind) {
  switch (kind) {
    case RequestKind::send:
      return "send";
    case RequestKind::receive:
      return "receive";
    case RequestKind::collective:
      return "collective";
  }
  return "";
}

Trace::Trace(const Definitions& definitions, Findings& findings) : definitions(definitions), findings(findings) {
  locations.resize(definitions.locations.size());
  processes.resize(definitions.processes.size());
  for (std::uint32_t index = 0; index < locations.size(); ++index) {
    locations[index].index = index;
    locations[index].process = definitions.locations.values()[index].process;
    // A location of an undefined group (reported with the definitions) is a process of its own.
    if (locations[index].process == kNoIndex) {
      locations[index].process = static_cast<std::uint32_t>(processes.size());
      processes.emplace_back();
    }
    processes[locations[index].process].locations.push_back(index);
  }
}

void Trace::report_dangling(Table table, std::uint64_t id, const Moment& at, const char* event) {
  report(Kind::dangling_reference, at, [&] {
    return id == undefined_id(table) ? fmt::format("{} names no {}", event, name(table))
                                     : fmt::format("{} names {} {}, which is not defined", event, name(table), id);
  });
}

const Communicator* Trace::communicator(std::uint64_t id, const Moment& at, const char* event) {
  LocationState& location = at.location;
  if (location.last_comm && location.last_comm->id == id) [[likely]]
    return location.last_comm;
  const Communicator* comm = definitions.communicators.find(id);
  if (!comm) {
    report_dangling(Table::comm, id, at, event);
    return nullptr;
  }
  if (comm->self) {
    location.last_position = 0;
  } else {
    if (comm->size() == 0) {
      if (unusable_.insert(id).second) {
        report(Kind::not_checked, at, [&] {
          return fmt::format("\"{}\" has no known members: what happens on it is not checked", comm->name);
        });
      }
      return nullptr;
    }
    const std::uint32_t position = comm->position_of(location.process);
    if (position == kNoIndex) {
      report(Kind::not_a_member, at,
             [&] { return fmt::format("{} on \"{}\", which this process is no member of", event, comm->name); });
      return nullptr;
    }
    location.last_position = position;
  }
  return location.last_comm = comm;
}

const Communicator* Trace::communicator_of_window(std::uint64_t id, const Moment& at, const char* event) {
  const Window* window = definitions.windows.find(id);
  if (!window) {
    report_dangling(Table::rma_win, id, at, event);
    return nullptr;
  }
  // A window of an undefined communicator was reported with the definitions.
  return definitions.communicators.contains(window->comm_id) ? communicator(window->comm_id, at, event) : nullptr;
}

std::uint32_t Trace::partner(const Communicator& comm, std::uint32_t rank, const Moment& at, const char* event) {
  if (comm.self && rank == 0) return at.location.process;
  int side = 0;
  if (comm.inter) side = at.location.last_position < comm.members[0].size() ? 1 : 0;
  const std::vector<std::uint32_t>* ranks = comm.ranks[side];
  if (ranks && rank < ranks->size()) return (*ranks)[rank];
  report(Kind::rank_out_of_range, at, [&] {
    return fmt::format("{} names rank {} of \"{}\", which has {}", event, rank, comm.name,
                       comm.self ? 1
                       : ranks   ? ranks->size()
                                 : 0);
  });
  return kNoIndex;
}

bool Trace::cut(std::uint32_t process) const {
  if (process >= processes.size()) return false;
  const ProcessState& state = processes[process];
  return state.partial || (state.entered_init && !state.left_finalize);
}

std::string Trace::duration(std::uint64_t ticks) const {
  if (definitions.ticks_per_second == 0) return fmt::format("{} ticks", ticks);
  const double ns = double(ticks) * 1e9 / double(definitions.ticks_per_second);
  if (ns < 1e4) return fmt::format("{:.0f} ns", ns);
  if (ns < 1e7) return fmt::format("{:.1f} us", ns / 1e3);
  if (ns < 1e10) return fmt::format("{:.1f} ms", ns / 1e6);
  return fmt::format("{:.1f} s", ns / 1e9);
}

double Trace::clock_error_ticks(std::uint32_t first, std::uint32_t second) const {
  const double a = definitions.locations.values()[first].clock_deviation_ticks;
  const double b = definitions.locations.values()[second].clock_deviation_ticks;
  return 3 * std::sqrt(a * a + b * b);
}

}  // namespace tulkki::check
