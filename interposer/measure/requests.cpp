// SPDX-License-Identifier: Apache-2.0
// The rarer fates of requests: persistent, cancelled, freed, completed by another thread, matched probes.
#include "interposer/measure/requests.h"

#include "interposer/ask.h"
#include "interposer/measure/completion.h"

namespace tulkki::measure {
namespace {

bool receives(raw::RequestKind kind) {
  return kind == raw::RequestKind::receive || kind == raw::RequestKind::partitioned_receive ||
         kind == raw::RequestKind::send_receive;
}

bool can_be_cancelled(raw::RequestKind kind) {
  return kind == raw::RequestKind::send || receives(kind) || kind == raw::RequestKind::generalized;
}

void erase(ThreadRecorder& recorder, const FoundRequest& found) {
  if (found.place != nullptr) RequestTable::erase(*found.place);
  else recorder.requests.erase_found();
}

// Persistent requests stay in the table, inactive, until they are freed.
void retire(ThreadRecorder& recorder, const FoundRequest& found) {
  if (found.info->persistent) found.info->active = false;
  else erase(recorder, found);
}

// The receiving half of MPI_Isendrecv travels in the place for a result, which it has none of.
void* both_halves(std::int32_t source, std::int32_t tag) {
  return reinterpret_cast<void*>(std::uint64_t{static_cast<std::uint32_t>(source)} << 32 |
                                 static_cast<std::uint32_t>(tag));
}
std::int32_t posted_source(const RequestInfo& info) {
  return static_cast<std::int32_t>(reinterpret_cast<std::uint64_t>(info.output) >> 32);
}
std::int32_t posted_tag(const RequestInfo& info) {
  return static_cast<std::int32_t>(reinterpret_cast<std::uint64_t>(info.output));
}

void register_communicator(const RequestInfo& info, Call& call) {
  if (info.kind != raw::RequestKind::communicator || info.output == nullptr) return;
  const std::uint32_t created = add_communicator(info.context, abi().load_handle(info.output), info.procedure);
  if (created != 0) call.add_note(raw::NoteKind::created, created);
}

// Open MPI starts another request, under another handle, where the one that was asked for still drains its buffer.
FoundRequest find_started(Call& call, Word before, Word after) {
  const FoundRequest found = find_request(call.recorder, before);
  if (before == after || found.info == nullptr) return found;
  const RequestInfo info = *found.info;
  erase(call.recorder, found);
  call.recorder.requests.insert(after, info);
  return find_request(call.recorder, after);
}

// Marks one persistent request as started; returns its description, or null if it is not known.
RequestInfo* activate(Call& call, Word before, Word after) {
  const FoundRequest found = find_started(call, before, after);
  if (found.info == nullptr || !found.info->persistent) return nullptr;
  RequestInfo& info = *found.info;
  info.active = true;
  info.number = call.take_request_number();
  info.thread = call.recorder.index;
  info.procedure = call.procedure;
  info.site = call.site;
  std::uint8_t* cursor = call.begin_entry();
  cursor = put_varint(cursor, static_cast<std::uint64_t>(info.kind) << 4 |
                                  static_cast<std::uint64_t>(raw::ListKind::started));
  cursor = put_varint(cursor, context_number(ContextClass::communicator, info.context));
  cursor = put_svarint(cursor, info.peer);
  cursor = put_svarint(cursor, info.tag);
  cursor = put_varint(cursor, static_cast<std::uint64_t>(info.sent));
  call.end_entry(put_varint(cursor, static_cast<std::uint64_t>(info.received)));
  return &info;
}

// What a start itself moves; a receive is booked when it completes.
std::int64_t received_at_start(const RequestInfo& info) {
  return info.kind == raw::RequestKind::collective ? info.received : 0;
}

bool sends_message(const RequestInfo& info) {
  return (info.kind == raw::RequestKind::send || info.kind == raw::RequestKind::partitioned_send) && info.peer >= 0;
}

}  // namespace

void remember_persistent(Call& call, Word handle, const RequestSpec& spec) {
  const RequestInfo info{.number = 0, .context = spec.context, .site = call.site, .sent = spec.sent,
                         .received = spec.received, .peer = spec.peer, .tag = spec.tag, .procedure = call.procedure,
                         .kind = spec.kind, .persistent = true, .active = false, .thread = call.recorder.index,
                         .output = nullptr};
  call.recorder.requests.insert(handle, info);
  call.add_note(raw::NoteKind::persistent, static_cast<std::uint64_t>(spec.kind));
}

FoundRequest find_foreign_request(ThreadRecorder& recorder, Word handle) {
  for (ThreadRecorder* other = first_recorder(); other != nullptr; other = other->next) {
    if (other == &recorder) continue;
    std::atomic<Word>* place = nullptr;
    if (RequestInfo* info = other->requests.find_foreign(handle, place)) return {info, place};
  }
  return {};
}

void complete_rare(Call& call, FoundRequest found, const void* status) {
  const RequestInfo info = *found.info;
  retire(call.recorder, found);
  // Open MPI leaves the flag undefined in the status of a file operation.
  if (status != nullptr && abi().status_cancelled(status) && can_be_cancelled(info.kind)) {
    call.end_entry(begin_request_entry(call, info, raw::ListKind::cancelled));
    return;
  }
  register_communicator(info, call);
  const bool io = info.kind == raw::RequestKind::io;
  if ((!receives(info.kind) && !io) || status == nullptr || info.peer == raw::kPeerNull) {
    call.end_entry(begin_request_entry(call, info, raw::ListKind::completed));
    return;
  }
  const bool both = info.kind == raw::RequestKind::send_receive;
  if (both && posted_source(info) == raw::kPeerNull) {
    call.end_entry(begin_request_entry(call, info, raw::ListKind::completed));
    return;
  }
  std::int32_t source = io ? raw::kPeerNone : normal_peer(abi().status_source(status));
  std::int32_t tag = io ? raw::kTagNone : abi().status_tag(status);
  const std::int64_t count = abi().status_bytes_received(status);
  std::int64_t bytes = count > 0 ? count : 0;
  // MPICH 4.0 leaves garbage in the status of MPI_Isendrecv: what was posted is believed first.
  if (both && ((posted_source(info) >= 0 && posted_source(info) != source) ||
               (posted_tag(info) >= 0 && posted_tag(info) != tag))) {
    source = posted_source(info);
    tag = posted_tag(info);
    bytes = info.received;
  }
  std::uint8_t* cursor = begin_request_entry(call, info, raw::ListKind::completed_with);
  cursor = put_svarint(cursor, source);
  cursor = put_svarint(cursor, tag);
  call.end_entry(put_varint(cursor, static_cast<std::uint64_t>(bytes)));
  const bool writes = io && info.sent > 0;
  call.book_transfer(info.procedure, info.site, info.context, source, writes ? bytes : 0, writes ? 0 : bytes,
                     io ? ContextClass::file : ContextClass::communicator);
  if (!io) call.count_messages(0, 1);
}

void Isendrecv::finish(Call& call, int code) {
  const std::int32_t peer = normal_peer(dest_);
  if (code != 0) return call.record_error(ContextClass::communicator, comm_, peer, code);
  const std::int64_t bytes = peer >= 0 ? payload(call, sendcount_, sendtype_) : 0;
  follow_request(call, abi().load_handle(request_),
                 {raw::RequestKind::send_receive, ContextClass::communicator, comm_, peer, sendtag_, bytes,
                  payload(call, recvcount_, recvtype_)},
                 both_halves(normal_peer(source_), normal_tag(recvtag_)));
  call.record(ContextClass::communicator, comm_, peer, bytes, 0, normal_tag(sendtag_));
  if (peer >= 0) call.count_messages(1, 0);
}

void Mrecv::finish(Call& call, int code) {
  Word comm = 0;
  const FoundRequest found = find_request(call.recorder, message_);
  if (found.info != nullptr) {
    comm = found.info->context;
    erase(call.recorder, found);
  }
  const ContextClass kind = comm == 0 ? ContextClass::none : ContextClass::communicator;
  if (code != 0) return call.record_error(kind, comm, raw::kPeerNone, code);
  if (message_ == abi().message_no_process)
    return call.record(kind, comm, raw::kPeerNull, 0, 0, raw::kTagNone);
  call.record(kind, comm, normal_peer(status_.source()), 0, status_.bytes(), status_.tag());
  call.count_messages(0, 1);
}

void Imrecv::finish(Call& call, int code) {
  Word comm = 0;
  std::int32_t peer = raw::kPeerNull, tag = raw::kTagAny;
  const FoundRequest found = find_request(call.recorder, message_);
  if (found.info != nullptr) {
    comm = found.info->context;
    peer = found.info->peer;
    tag = found.info->tag;
    erase(call.recorder, found);
  }
  const ContextClass kind = comm == 0 ? ContextClass::none : ContextClass::communicator;
  if (code != 0) return call.record_error(kind, comm, peer, code);
  const std::int64_t room = peer == raw::kPeerNull ? 0 : payload(call, count_, datatype_);
  follow_request(call, abi().load_handle(request_), {raw::RequestKind::receive, kind, comm, peer, tag, 0, room});
  call.record_requested(kind, comm, peer, 0, room, tag);
}

void Start::finish(Call& call, int code) {
  if (code != 0) return call.record_error(ContextClass::none, 0, raw::kPeerNone, code);
  const RequestInfo* info = activate(call, request_, abi().load_handle(place_));
  if (info == nullptr) return call.record(ContextClass::none, 0, raw::kPeerNone, 0, 0, raw::kTagNone);
  call.record(ContextClass::communicator, info->context, info->peer, info->sent, received_at_start(*info),
              raw::kTagNone);
  if (sends_message(*info)) call.count_messages(1, 0);
}

void Startall::finish(Call& call, int code) {
  if (code != 0) return call.record_error(ContextClass::none, 0, raw::kPeerNone, code);
  for (int i = 0; i < requests_.count(); ++i) {
    const RequestInfo* info = activate(call, requests_.before(i), requests_.after(i));
    if (info == nullptr) continue;
    call.book_transfer(call.procedure, call.site, info->context, info->peer, info->sent, received_at_start(*info));
    if (sends_message(*info)) call.count_messages(1, 0);
  }
  call.record(ContextClass::none, 0, raw::kPeerNone, 0, 0, raw::kTagNone);
}

void GrequestStart::finish(Call& call, int code) {
  if (code != 0) return call.record_error(ContextClass::none, 0, raw::kPeerNone, code);
  follow_request(call, abi().load_handle(request_),
                 {raw::RequestKind::generalized, ContextClass::none, 0, raw::kPeerNone, raw::kTagNone, 0, 0});
  call.record(ContextClass::none, 0, raw::kPeerNone, 0, 0, raw::kTagNone);
}

void RequestFree::finish(Call& call, int code) {
  if (code != 0) return call.record_error(ContextClass::none, 0, raw::kPeerNone, code);
  const FoundRequest found = find_request(call.recorder, request_);
  if (found.info != nullptr) {
    const RequestInfo info = *found.info;
    erase(call.recorder, found);
    if (info.active) call.end_entry(begin_request_entry(call, info, raw::ListKind::freed));
  }
  call.record(ContextClass::none, 0, raw::kPeerNone, 0, 0, raw::kTagNone);
}

}  // namespace tulkki::measure
