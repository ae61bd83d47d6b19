// SPDX-License-Identifier: Apache-2.0
// Following a request from the call that starts it to the one that completes it.
#pragma once

#include "interposer/measure/common.h"

namespace tulkki::measure {

// What a call that starts or makes a request knows about it.
struct RequestSpec {
  raw::RequestKind kind;
  ContextClass context_class;
  Word context;
  std::int32_t peer, tag;
  std::int64_t sent, received;
};

// Follows the request that `call` has started; call it before record(), because a request that was complete at once
// says so in the event.
inline void follow_request(Call& call, Word handle, const RequestSpec& spec, void* output = nullptr) {
  ThreadRecorder& recorder = call.recorder;
  const std::uint64_t number = call.take_request_number();
  if (abi().is_shared_request(handle) || handle == abi().request_null) {
    call.add_note(raw::NoteKind::completed_at_once, 0);
    return;
  }
  const RequestInfo info{.number = number, .context = spec.context, .site = call.site, .sent = spec.sent,
                         .received = spec.received, .peer = spec.peer, .tag = spec.tag, .procedure = call.procedure,
                         .kind = spec.kind, .persistent = false, .active = true, .thread = recorder.index,
                         .output = output};
  recorder.requests.insert(handle, info);
}

// Remembers a persistent request; it starts none.
[[gnu::cold]] void remember_persistent(Call& call, Word handle, const RequestSpec& spec);

// A request found in one of the tables, and how to take it out.
struct FoundRequest {
  RequestInfo* info = nullptr;
  std::atomic<Word>* place = nullptr;  // set when another thread's table holds it
};

[[gnu::cold]] FoundRequest find_foreign_request(ThreadRecorder& recorder, Word handle);

inline FoundRequest find_request(ThreadRecorder& recorder, Word handle) {
  if (RequestInfo* info = recorder.requests.find(handle)) [[likely]] return {info, nullptr};
  if (recorder.next == nullptr && first_recorder() == &recorder) return {};
  return find_foreign_request(recorder, handle);
}

// One entry of kind `kind` for a request, before what the kind wants to follow.
inline std::uint8_t* begin_request_entry(Call& call, const RequestInfo& info, raw::ListKind kind) {
  ThreadRecorder& recorder = call.recorder;
  std::uint8_t* cursor = call.begin_entry();
  std::uint64_t payload;
  if (info.thread == recorder.index) [[likely]] {
    payload = zigzag(static_cast<std::int64_t>(info.number - recorder.last_completed - 1));
    recorder.last_completed = info.number;
  } else {
    cursor = put_varint(cursor, std::uint64_t{info.thread} << 4 | static_cast<std::uint64_t>(raw::ListKind::foreign));
    call.end_entry(cursor);
    payload = info.number;
  }
  return put_varint(cursor, payload << 4 | static_cast<std::uint64_t>(kind));
}

// The request behind `handle` (its value before the call) was completed by `call`, with this status (null: unknown).
void complete_rare(Call& call, FoundRequest found, const void* status);

inline void complete_request(Call& call, Word handle, const void* status) {
  if (abi().is_shared_request(handle) || handle == abi().request_null) return;
  const FoundRequest found = find_request(call.recorder, handle);
  if (found.info == nullptr || !found.info->active) return;
  const RequestInfo& info = *found.info;
  const bool plain_send = info.kind == raw::RequestKind::send || info.kind == raw::RequestKind::collective;
  const bool plain_receive = info.kind == raw::RequestKind::receive && status != nullptr;
  if (found.place != nullptr || info.persistent || (!plain_send && !plain_receive)) [[unlikely]]
    return complete_rare(call, found, status);
  const bool traced = call.recorder.cursor != nullptr;
  if (plain_send) {
    if (status != nullptr && abi().status_cancelled(status)) [[unlikely]] return complete_rare(call, found, status);
    if (traced) call.end_entry(begin_request_entry(call, info, raw::ListKind::completed));
    call.recorder.requests.erase_found();
    return;
  }
  if (abi().status_cancelled(status) || info.peer == raw::kPeerNull) [[unlikely]]
    return complete_rare(call, found, status);
  const std::int32_t source = normal_peer(abi().status_source(status)), tag = abi().status_tag(status);
  const std::int64_t bytes = abi().status_bytes_received(status);
  if (source == info.peer && tag == info.tag && bytes == info.received) [[likely]] {
    if (traced) call.end_entry(begin_request_entry(call, info, raw::ListKind::completed));
  } else if (traced) {
    std::uint8_t* cursor = begin_request_entry(call, info, raw::ListKind::completed_with);
    cursor = put_svarint(cursor, source);
    cursor = put_svarint(cursor, tag);
    call.end_entry(put_varint(cursor, static_cast<std::uint64_t>(bytes)));
  }
  const Procedure poster = info.procedure;
  const void* const site = info.site;
  const Word comm = info.context;
  call.recorder.requests.erase_found();
  call.book_transfer(poster, site, comm, source, 0, bytes);
  call.count_messages(0, 1);
}

// ---- calls that start requests --------------------------------------------------------------------------------

class Isend {
 public:
  Isend(Call&, std::int64_t count, Word datatype, int dest, int tag, Word comm, const void* request)
      : count_(count), datatype_(datatype), comm_(abi().handle(comm)), request_(request), dest_(dest), tag_(tag) {}

  [[gnu::always_inline]] void finish(Call& call, int code) {
    const std::int32_t peer = normal_peer(dest_);
    if (code != 0) [[unlikely]]
      return call.record_error(ContextClass::communicator, comm_, peer, code);
    const bool real = peer >= 0;
    const std::int64_t bytes = real ? payload(call, count_, datatype_) : 0;
    follow_request(call, abi().load_handle(request_),
                   {raw::RequestKind::send, ContextClass::communicator, comm_, peer, tag_, bytes, 0});
    call.record(ContextClass::communicator, comm_, peer, bytes, 0, normal_tag(tag_));
    if (real) call.count_messages(1, 0);
  }

 private:
  std::int64_t count_;
  Word datatype_, comm_;
  const void* request_;
  int dest_, tag_;
};

class Irecv {
 public:
  Irecv(Call&, std::int64_t count, Word datatype, int source, int tag, Word comm, const void* request)
      : count_(count), datatype_(datatype), comm_(abi().handle(comm)), request_(request), source_(source), tag_(tag) {}

  // The event holds the room that was posted; the profile gets the bytes when they have come.
  [[gnu::always_inline]] void finish(Call& call, int code) {
    const std::int32_t peer = normal_peer(source_);
    if (code != 0) [[unlikely]]
      return call.record_error(ContextClass::communicator, comm_, peer, code);
    const std::int64_t room = peer == raw::kPeerNull ? 0 : payload(call, count_, datatype_);
    follow_request(call, abi().load_handle(request_),
                   {raw::RequestKind::receive, ContextClass::communicator, comm_, peer, normal_tag(tag_), 0, room});
    call.record_requested(ContextClass::communicator, comm_, peer, 0, room, normal_tag(tag_));
  }

 private:
  std::int64_t count_;
  Word datatype_, comm_;
  const void* request_;
  int source_, tag_;
};

template <raw::RequestKind kKind>
class PersistentInit {
 public:
  PersistentInit(Call&, std::int64_t count, Word datatype, int peer, int tag, Word comm, const void* request)
      : count_(count), datatype_(datatype), comm_(abi().handle(comm)), request_(request), peer_(peer), tag_(tag) {}
  PersistentInit(Call& call, int partitions, std::int64_t count, Word datatype, int peer, int tag, Word comm,
                 const void* request)
      : PersistentInit(call, partitions * count, datatype, peer, tag, comm, request) {}

  void finish(Call& call, int code) {
    const std::int32_t peer = normal_peer(peer_);
    if (code != 0) return call.record_error(ContextClass::communicator, comm_, peer, code);
    const bool sends = kKind == raw::RequestKind::send || kKind == raw::RequestKind::partitioned_send;
    const std::int64_t bytes = peer == raw::kPeerNull ? 0 : payload(call, count_, datatype_);
    remember_persistent(call, abi().load_handle(request_),
                        {kKind, ContextClass::communicator, comm_, peer, normal_tag(tag_), sends ? bytes : 0,
                         sends ? 0 : bytes});
    call.record(ContextClass::communicator, comm_, peer, 0, 0, normal_tag(tag_));
  }

 private:
  std::int64_t count_;
  Word datatype_, comm_;
  const void* request_;
  int peer_, tag_;
};
using SendInit = PersistentInit<raw::RequestKind::send>;
using RecvInit = PersistentInit<raw::RequestKind::receive>;
using PsendInit = PersistentInit<raw::RequestKind::partitioned_send>;
using PrecvInit = PersistentInit<raw::RequestKind::partitioned_receive>;

class Isendrecv {
 public:
  Isendrecv(Call&, std::int64_t sendcount, Word sendtype, int dest, int sendtag, std::int64_t recvcount, Word recvtype,
            int source, int recvtag, Word comm, const void* request)
      : sendcount_(sendcount), recvcount_(recvcount), sendtype_(sendtype), recvtype_(recvtype),
        comm_(abi().handle(comm)), request_(request), dest_(dest), sendtag_(sendtag), source_(source),
        recvtag_(recvtag) {}
  void finish(Call& call, int code);

 private:
  std::int64_t sendcount_, recvcount_;
  Word sendtype_, recvtype_, comm_;
  const void* request_;
  int dest_, sendtag_, source_, recvtag_;
};

// MPI_Mrecv and MPI_Imrecv: the matched message tells communicator and source.
class Mrecv {
 public:
  Mrecv(Call&, std::int64_t, Word, const void* message, void*& status)
      : status_(status), message_(abi().load_handle(message)) {}
  void finish(Call& call, int code);

 private:
  OneStatus status_;
  Word message_;
};

class Imrecv {
 public:
  Imrecv(Call&, std::int64_t count, Word datatype, const void* message, const void* request)
      : count_(count), datatype_(datatype), message_(abi().load_handle(message)), request_(request) {}
  void finish(Call& call, int code);

 private:
  std::int64_t count_;
  Word datatype_, message_;
  const void* request_;
};

class Start {
 public:
  Start(Call&, const void* request) : place_(request), request_(abi().load_handle(request)) {}
  void finish(Call& call, int code);

 private:
  const void* place_;
  Word request_;
};

class GrequestStart {
 public:
  GrequestStart(Call&, const void* request) : request_(request) {}
  void finish(Call& call, int code);

 private:
  const void* request_;
};

class RequestFree {
 public:
  RequestFree(Call&, const void* request) : request_(abi().load_handle(request)) {}
  void finish(Call& call, int code);

 private:
  Word request_;
};

class Cancel : public Plain {
 public:
  Cancel(Call& call, const void*) : Plain(call) {}
};

}  // namespace tulkki::measure
