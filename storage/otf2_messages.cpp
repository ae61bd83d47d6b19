// SPDX-License-Identifier: Apache-2.0
// Messages, collectives and the life of requests. Nothing is written for MPI_PROC_NULL, and nothing that the log does
// not know: a receive whose source was never told leaves no event rather than a guess.
#include <algorithm>

#include "storage/otf2_events.h"

namespace tulkki {

namespace {

std::uint32_t tag_of(std::int32_t tag) { return static_cast<std::uint32_t>(std::max(tag, 0)); }

bool is_send(raw::RequestKind kind) {
  return kind == raw::RequestKind::send || kind == raw::RequestKind::partitioned_send;
}

bool is_receive(raw::RequestKind kind) {
  return kind == raw::RequestKind::receive || kind == raw::RequestKind::partitioned_receive;
}

}  // namespace

void ProcessEvents::receive(Location& at, const KeyPlan& key, std::int32_t source, std::int32_t tag,
                            std::uint64_t bytes, std::uint64_t time) {
  if (!key.communicator() || !key.has_peer(source)) return;
  check(OTF2_EvtWriter_MpiRecv(at.writer, nullptr, time, key.rank(source), key.reference, tag_of(tag), bytes));
}

std::uint32_t ProcessEvents::collective_root(const KeyPlan& key, std::int32_t peer) {
  if (key.has_peer(peer)) return key.rank(peer);
  if (peer == raw::kPeerRoot) return key.both_groups ? key.own_rank : OTF2_COLLECTIVE_ROOT_SELF;
  if (peer == raw::kPeerNull) return OTF2_COLLECTIVE_ROOT_THIS_GROUP;
  return OTF2_COLLECTIVE_ROOT_NONE;
}

// `request` is in the table already; an id marks that its start was written. `call` is null for persistent ones.
void ProcessEvents::start_request(Location& at, const KeyPlan& key, OpenRequest& request, const DecodedCall* call,
                                  std::uint64_t time) {
  request.reference = key.reference;
  request.group_size = key.group_size;
  request.peer_offset = key.peer_offset;
  request.root = collective_root(key, request.peer);
  const bool peer_known = key.has_peer(request.peer);
  if (is_send(request.kind) || request.kind == raw::RequestKind::send_receive) {
    if (!key.communicator()) return;
    if (peer_known || request.kind == raw::RequestKind::send_receive) request.id = ++last_id_;
    if (!peer_known) {
      request.peer = raw::kPeerNull;
      return;
    }
    check(OTF2_EvtWriter_MpiIsend(at.writer, nullptr, time, key.rank(request.peer), key.reference, tag_of(request.tag),
                                  request.sent, request.id));
  } else if (is_receive(request.kind)) {
    if (!key.communicator() || request.peer == raw::kPeerNull) return;
    request.id = ++last_id_;
    check(OTF2_EvtWriter_MpiIrecvRequest(at.writer, nullptr, time, request.id));
  } else if (request.kind == raw::RequestKind::collective || request.kind == raw::RequestKind::communicator) {
    // The log tells no operation for persistent collectives, so those leave Enter and Leave only.
    if (!key.communicator() || request.procedure == 0) return;
    if (info(static_cast<Procedure>(request.procedure)).collective == CollectiveOp::none) return;
    request.id = ++last_id_;
    check(OTF2_EvtWriter_NonBlockingCollectiveRequest(at.writer, nullptr, time, request.id));
  } else if (request.kind == raw::RequestKind::rma && call != nullptr) {
    if (!key.window() || !peer_known) return;
    request.id = ++last_id_;
    rma_operation(at, key, *call, request.id, time);
  } else if (request.kind == raw::RequestKind::io && call != nullptr) {
    if (!key.file()) return;
    request.id = ++last_id_;
    check(OTF2_EvtWriter_IoOperationBegin(at.writer, nullptr, time, key.reference, key.plan->io_mode,
                                          key.plan->io_flags, std::max(call->sent, call->received), request.id));
    check(OTF2_EvtWriter_IoOperationIssued(at.writer, nullptr, time, key.reference, request.id));
  }
}

void ProcessEvents::end_request(Location& at, const ListEntry& entry, std::uint64_t time) {
  Location* owner = &at;
  if (entry.thread != at.log->index) {
    const auto found = location_of_thread_.find(entry.thread);
    owner = found == location_of_thread_.end() ? nullptr : found->second;
  }
  OpenRequest request;
  if (owner == nullptr || !owner->requests.take(entry.request, request)) {
    ++unknown_requests_;
    return;
  }
  if (request.id == 0) return;
  switch (entry.kind) {
    case raw::ListKind::cancelled:
      if (is_send(request.kind) || is_receive(request.kind) || request.kind == raw::RequestKind::send_receive) {
        check(OTF2_EvtWriter_MpiRequestCancelled(at.writer, nullptr, time, request.id));
      }
      return;
    case raw::ListKind::freed:
      // A freed send completes somewhen; a freed receive, if ever, unseen.
      if (is_send(request.kind)) check(OTF2_EvtWriter_MpiIsendComplete(at.writer, nullptr, time, request.id));
      return;
    default:
      complete_request(at, request, entry.kind == raw::ListKind::completed_with ? &entry : nullptr, time);
      return;
  }
}

// `entry` tells source, tag and size where they are not those given at the start.
void ProcessEvents::complete_request(Location& at, const OpenRequest& request, const ListEntry* entry,
                                     std::uint64_t time) {
  if (request.id == 0) return;
  const std::int32_t peer = entry != nullptr ? entry->peer : request.peer;
  const bool peer_known = peer >= 0 && static_cast<std::uint32_t>(peer) < request.group_size;
  const std::uint32_t rank = static_cast<std::uint32_t>(peer) + request.peer_offset;
  const std::int32_t tag = entry != nullptr ? entry->tag : request.tag;
  const std::uint64_t received = entry != nullptr ? entry->received : request.received;
  if (is_send(request.kind)) {
    check(OTF2_EvtWriter_MpiIsendComplete(at.writer, nullptr, time, request.id));
  } else if (is_receive(request.kind)) {
    if (!peer_known) return;
    check(
        OTF2_EvtWriter_MpiIrecv(at.writer, nullptr, time, rank, request.reference, tag_of(tag), received, request.id));
  } else if (request.kind == raw::RequestKind::send_receive) {
    if (request.peer >= 0) check(OTF2_EvtWriter_MpiIsendComplete(at.writer, nullptr, time, request.id));
    if (entry == nullptr || !peer_known) return;
    // The posted source is not in the log, so the receiving half appears when it is complete.
    check(OTF2_EvtWriter_MpiIrecvRequest(at.writer, nullptr, time, ++last_id_));
    check(OTF2_EvtWriter_MpiIrecv(at.writer, nullptr, time, rank, request.reference, tag_of(tag), received, last_id_));
  } else if (request.kind == raw::RequestKind::collective || request.kind == raw::RequestKind::communicator) {
    check(OTF2_EvtWriter_NonBlockingCollectiveComplete(
        at.writer, nullptr, time, procedure_plans()[request.procedure].collective, request.reference, request.root,
        request.sent, request.received, request.id));
  } else if (request.kind == raw::RequestKind::rma) {
    check(OTF2_EvtWriter_RmaOpCompleteNonBlocking(at.writer, nullptr, time, request.reference, request.id));
  } else if (request.kind == raw::RequestKind::io) {
    const std::uint64_t bytes = entry != nullptr ? entry->received : std::max(request.sent, request.received);
    check(OTF2_EvtWriter_IoOperationComplete(at.writer, nullptr, time, request.reference, bytes, request.id));
  }
}

int ProcessEvents::noted_context(const DecodedCall& call, raw::NoteKind kind) const {
  for (const ListEntry& entry : call.list) {
    if (entry.kind == raw::ListKind::note && entry.note == kind) {
      return references_.contexts().index_of(process_, static_cast<std::uint32_t>(entry.value));
    }
  }
  return -1;
}

void ProcessEvents::created_note(Location& at, std::uint32_t context, std::uint64_t time) {
  const int unified = references_.contexts().index_of(process_, context);
  if (unified < 0) return;
  ContextReference& reference = references_.context(unified);
  reference.created = true;
  switch (references_.contexts().all()[unified].kind) {
    case raw::ContextKind::window:
      check(OTF2_EvtWriter_RmaWinCreate(at.writer, nullptr, time, reference.reference));
      return;
    case raw::ContextKind::file:
      check(OTF2_EvtWriter_IoCreateHandle(at.writer, nullptr, time, reference.reference, OTF2_IO_ACCESS_MODE_READ_WRITE,
                                          OTF2_IO_CREATION_FLAG_NONE, OTF2_IO_STATUS_FLAG_NONE));
      return;
    default:
      check(OTF2_EvtWriter_CommCreate(at.writer, nullptr, time, reference.reference));
      return;
  }
}

void ProcessEvents::released_note(Location& at, std::uint32_t context, std::uint64_t time) {
  const int unified = references_.contexts().index_of(process_, context);
  if (unified < 0) return;
  ContextReference& reference = references_.context(unified);
  reference.destroyed = true;
  switch (references_.contexts().all()[unified].kind) {
    case raw::ContextKind::window:
      check(OTF2_EvtWriter_RmaWinDestroy(at.writer, nullptr, time, reference.reference));
      return;
    case raw::ContextKind::file:
      check(OTF2_EvtWriter_IoDestroyHandle(at.writer, nullptr, time, reference.reference));
      return;
    default:
      check(OTF2_EvtWriter_CommDestroy(at.writer, nullptr, time, reference.reference));
      return;
  }
}

}  // namespace tulkki
