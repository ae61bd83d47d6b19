// SPDX-License-Identifier: Apache-2.0
// Collectives are counted per communicator: the n-th that one member posts is the n-th of every member. Nonblocking
// ones count where they were started, although only their end tells the communicator.
#include "storage/check/collective_check.h"

#include <algorithm>

namespace tulkki::check {

namespace {

const char* name(OTF2_CollectiveOp operation) {
  static constexpr const char* kNames[] = {"barrier",
                                           "bcast",
                                           "gather",
                                           "gatherv",
                                           "scatter",
                                           "scatterv",
                                           "allgather",
                                           "allgatherv",
                                           "alltoall",
                                           "alltoallv",
                                           "alltoallw",
                                           "allreduce",
                                           "reduce",
                                           "reduce_scatter",
                                           "scan",
                                           "exscan",
                                           "reduce_scatter_block",
                                           "create handle",
                                           "destroy handle",
                                           "allocate",
                                           "deallocate",
                                           "create handle and allocate",
                                           "destroy handle and deallocate"};
  return operation < std::size(kNames) ? kNames[operation] : "unknown operation";
}

enum class Flow { none, all_to_all, from_root, to_root };

// Who cannot end before whom has begun. The v and w variants may move nothing between two members, so they bind none.
Flow flow_of(OTF2_CollectiveOp operation) {
  switch (operation) {
    case OTF2_COLLECTIVE_OP_BARRIER:
    case OTF2_COLLECTIVE_OP_ALLREDUCE:
    case OTF2_COLLECTIVE_OP_ALLGATHER:
    case OTF2_COLLECTIVE_OP_ALLTOALL:
    case OTF2_COLLECTIVE_OP_REDUCE_SCATTER_BLOCK:
      return Flow::all_to_all;
    case OTF2_COLLECTIVE_OP_BCAST:
    case OTF2_COLLECTIVE_OP_SCATTER:
      return Flow::from_root;
    case OTF2_COLLECTIVE_OP_REDUCE:
    case OTF2_COLLECTIVE_OP_GATHER:
      return Flow::to_root;
    default:
      return Flow::none;
  }
}

bool rooted(OTF2_CollectiveOp operation) {
  return flow_of(operation) == Flow::from_root || flow_of(operation) == Flow::to_root ||
         operation == OTF2_COLLECTIVE_OP_GATHERV || operation == OTF2_COLLECTIVE_OP_SCATTERV;
}

}  // namespace

void CollectiveCheck::begin(const Moment& at) {
  LocationState& location = at.location;
  stack_.call_begin(at, "MpiCollectiveBegin");
  if (location.collective_open) {
    trace_.report(Kind::collective_unpaired, at, [] { return std::string("a collective begins inside another one"); });
    return;
  }
  location.collective_open = true;
  location.collective_time = at.time;
  location.collective_post = trace_.processes[location.process].collectives.post();
}

void CollectiveCheck::window_begin(const Moment& at) {
  LocationState& location = at.location;
  if (location.rma_collective_open) {
    trace_.report(Kind::collective_unpaired, at,
                  [] { return std::string("a window collective begins inside another one"); });
    return;
  }
  location.rma_collective_open = true;
  location.rma_collective_time = at.time;
  location.rma_collective_post = trace_.processes[location.process].collectives.post();
}

void CollectiveCheck::end_blocking(const Moment& at, const Part& part, bool& open, std::uint64_t begin,
                                   std::uint64_t post, const char* event) {
  const std::uint32_t process = at.location.process;
  PostOrder<Part>& order = trace_.processes[process].collectives;
  const auto deliver = [&](const Part& ready) { add_part(process, ready); };
  if (!open) {
    trace_.report(Kind::collective_unpaired, at, [&] { return fmt::format("{} without a begin", event); });
    if (part.comm) order.post_complete(part, deliver);
    return;
  }
  open = false;
  if (!part.comm) return order.cancel(post, deliver);
  Part whole = part;
  whole.begin = begin;
  order.complete(post, whole, deliver);
}

void CollectiveCheck::end(const Moment& at, const Operation& operation) {
  LocationState& location = at.location;
  const Communicator* comm = trace_.communicator(operation.context, at, "MpiCollectiveEnd");
  const Part part{comm,    operation.context, operation.operation, operation.root, location.index, location.events,
                  at.time, at.time,           operation.bytes};
  end_blocking(at, part, location.collective_open, location.collective_time, location.collective_post,
               "MpiCollectiveEnd");
}

void CollectiveCheck::window_end(const Moment& at, const Operation& operation) {
  LocationState& location = at.location;
  const Communicator* comm = trace_.communicator_of_window(operation.context, at, "RmaCollectiveEnd");
  const Part part{comm,
                  kWindowStream | operation.context,
                  operation.operation,
                  operation.root,
                  location.index,
                  location.events,
                  at.time,
                  at.time,
                  operation.bytes};
  end_blocking(at, part, location.rma_collective_open, location.rma_collective_time, location.rma_collective_post,
               "RmaCollectiveEnd");
}

void CollectiveCheck::nonblocking_begin(const Moment& at, std::uint64_t request) {
  stack_.call_begin(at, "NonBlockingCollectiveRequest");
  const std::uint64_t post = trace_.processes[at.location.process].collectives.post();
  requests_.start(at, request, {RequestKind::collective, at.time, at.location.events, post, 0, 0, 0, 0});
}

void CollectiveCheck::nonblocking_end(const Moment& at, const Operation& operation, std::uint64_t request) {
  const char* event = "NonBlockingCollectiveComplete";
  const std::uint32_t process = at.location.process;
  PostOrder<Part>& order = trace_.processes[process].collectives;
  const auto deliver = [&](const Part& ready) { add_part(process, ready); };
  const std::optional<EndedRequest> ended = requests_.complete(at, request, RequestKind::collective);
  const Communicator* comm = trace_.communicator(operation.context, at, event);
  if (!ended) return;
  if (!comm) return order.cancel(ended->request.post, deliver);
  order.complete(ended->request.post,
                 {comm, operation.context, operation.operation, operation.root, at.location.index, at.location.events,
                  ended->request.time, at.time, operation.bytes},
                 deliver);
}

void CollectiveCheck::cancelled(const EndedRequest& ended) {
  const std::uint32_t process = ended.owner->process;
  trace_.processes[process].collectives.cancel(ended.request.post,
                                               [&](const Part& ready) { add_part(process, ready); });
}

void CollectiveCheck::add_part(std::uint32_t process, const Part& part) {
  const Communicator& comm = *part.comm;
  if (comm.self) {
    ++complete_;
    return;
  }
  Stream& stream = streams_[part.stream];
  if (!stream.comm) {
    stream.comm = &comm;
    stream.next.resize(comm.size());
  }
  if (stream.disordered) return;
  const std::uint64_t number = stream.next[comm.position_of(process)]++;
  if (number - stream.base == stream.instances.size()) {
    stream.instances.push_back({.operation = part.operation,
                                .root = kNoIndex,
                                .first_location = part.location,
                                .first_event = part.event,
                                .first_time = part.end});
  }
  Instance& instance = stream.instances[number - stream.base];
  if (instance.operation != part.operation) {
    stream.disordered = true;
    stream.instances.clear();
    trace_.report_at(Kind::collective_operation, part.location, part.end, part.event, [&] {
      return fmt::format("collective {} of \"{}\" is {} here and {} at event {} of {}", number + 1, comm.name,
                         name(part.operation), name(instance.operation), instance.first_event,
                         trace_.location_name(instance.first_location));
    });
    return;
  }
  ++instance.parts;
  if (part.begin >= instance.last_begin) {
    instance.last_begin = part.begin;
    instance.last_begin_location = part.location;
  }
  if (part.end < instance.first_end) {
    instance.first_end = part.end;
    instance.first_end_event = part.event;
    instance.first_end_location = part.location;
  }
  instance.least_bytes = std::min(instance.least_bytes, part.bytes);
  instance.most_bytes = std::max(instance.most_bytes, part.bytes);
  if (rooted(part.operation) && !comm.inter) check_root(stream, instance, part, process);
  while (!stream.instances.empty() && stream.instances.front().parts == comm.size()) {
    judge(stream, stream.instances.front());
    stream.instances.pop_front();
    ++stream.base;
    ++complete_;
  }
}

void CollectiveCheck::check_root(Stream& stream, Instance& instance, const Part& part, std::uint32_t process) {
  const Communicator& comm = *stream.comm;
  // Some writers store an intercommunicator as a communicator over both groups; its roots cannot be compared.
  if (part.root == OTF2_COLLECTIVE_ROOT_THIS_GROUP) {
    instance.root_unknown = true;
    return;
  }
  std::uint32_t root = process;
  if (part.root != OTF2_COLLECTIVE_ROOT_SELF) {
    if (!comm.ranks[0] || part.root >= comm.ranks[0]->size()) {
      trace_.report_at(Kind::rank_out_of_range, part.location, part.end, part.event, [&] {
        return fmt::format("{} on \"{}\" names root {} of {} ranks", name(part.operation), comm.name,
                           static_cast<std::int32_t>(part.root), comm.size());
      });
      instance.root_unknown = true;
      return;
    }
    root = (*comm.ranks[0])[part.root];
  }
  if (instance.root == kNoIndex) instance.root = root;
  if (root != instance.root && !instance.root_unknown) {
    instance.root_unknown = true;
    trace_.report_at(Kind::collective_root, part.location, part.end, part.event, [&] {
      return fmt::format("{} on \"{}\" has root {} here and another one at event {} of {}", name(part.operation),
                         comm.name, part.root, instance.first_event, trace_.location_name(instance.first_location));
    });
  }
  if (root == process) {
    instance.root_begin = part.begin;
    instance.root_end = part.end;
    instance.root_location = part.location;
  }
}

void CollectiveCheck::report_early(std::uint32_t location, std::uint64_t end, std::uint64_t event,
                                   std::uint32_t other_location, std::uint64_t other_begin, const Instance& instance,
                                   const Stream& stream) {
  if (end >= other_begin || double(other_begin - end) <= trace_.clock_error_ticks(location, other_location)) return;
  trace_.report_at(Kind::collective_too_early, location, end, event, [&] {
    return fmt::format("{} on \"{}\" ends here {} before {} begins it", name(instance.operation), stream.comm->name,
                       trace_.duration(other_begin - end), trace_.location_name(other_location));
  });
}

void CollectiveCheck::judge(const Stream& stream, const Instance& instance) {
  if (stream.comm->inter || stream.comm->size() < 2 || instance.root_unknown) return;
  switch (flow_of(instance.operation)) {
    case Flow::none:
      return;
    case Flow::all_to_all:
      // With nothing to exchange an implementation may return at once.
      if (instance.least_bytes == 0 && instance.operation != OTF2_COLLECTIVE_OP_BARRIER) return;
      return report_early(instance.first_end_location, instance.first_end, instance.first_end_event,
                          instance.last_begin_location, instance.last_begin, instance, stream);
    case Flow::from_root:
      if (instance.most_bytes == 0 || instance.root_location == kNoIndex) return;
      return report_early(instance.first_end_location, instance.first_end, instance.first_end_event,
                          instance.root_location, instance.root_begin, instance, stream);
    case Flow::to_root:
      if (instance.most_bytes == 0 || instance.root_location == kNoIndex) return;
      return report_early(instance.root_location, instance.root_end, 0, instance.last_begin_location,
                          instance.last_begin, instance, stream);
  }
}

void CollectiveCheck::report_missing(const Stream& stream, const Instance& instance, std::uint64_t number) {
  std::string missing;
  std::uint32_t count = 0;
  bool all_cut = true;
  for (const auto& [process, position] : stream.comm->position) {
    if (stream.next[position] > number) continue;
    all_cut = all_cut && trace_.cut(process);
    if (++count > 4) continue;
    const bool known = process < trace_.definitions.processes.size();
    missing +=
        (missing.empty() ? "" : ", ") + (known ? trace_.definitions.processes.values()[process] : "an unknown process");
  }
  if (count > 4) missing += fmt::format(" and {} more", count - 4);
  trace_.report_at(all_cut ? Kind::ends_inside : Kind::collective_missing_member, instance.first_location,
                   instance.first_time, instance.first_event, [&] {
                     return fmt::format("collective {} of \"{}\", {}, lacks {}", number + 1, stream.comm->name,
                                        name(instance.operation), missing);
                   });
}

void CollectiveCheck::finish() {
  for (std::uint32_t process = 0; process < trace_.processes.size(); ++process) {
    trace_.processes[process].collectives.finish([&](const Part& part) { add_part(process, part); });
  }
  for (LocationState& location : trace_.locations) {
    for (const auto& [open, time] : {std::pair{location.collective_open, location.collective_time},
                                     std::pair{location.rma_collective_open, location.rma_collective_time}}) {
      if (!open) continue;
      trace_.report_at(trace_.unless_cut(Kind::collective_unpaired, location.process), location.index, time, 0,
                       [] { return std::string("a collective begins here and never ends"); });
    }
  }
  std::vector<std::pair<std::uint64_t, const Stream*>> sorted;
  for (const auto& [id, stream] : streams_)
    sorted.emplace_back(id, &stream);
  std::sort(sorted.begin(), sorted.end());
  for (const auto& [id, stream] : sorted) {
    for (std::size_t index = 0; index < stream->instances.size(); ++index) {
      report_missing(*stream, stream->instances[index], stream->base + index);
    }
  }
}

}  // namespace tulkki::check
