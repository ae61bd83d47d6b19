// SPDX-License-Identifier: Apache-2.0
// Blocking point-to-point calls and probes.
#pragma once

#include "interposer/measure/common.h"

namespace tulkki::measure {

class Send {
 public:
  Send(Call&, std::int64_t count, Word datatype, int dest, int tag, Word comm)
      : count_(count), datatype_(datatype), comm_(abi().handle(comm)), dest_(dest), tag_(tag) {}

  [[gnu::always_inline]] void finish(Call& call, int code) {
    const std::int32_t peer = normal_peer(dest_);
    if (code != 0) [[unlikely]]
      return call.record_error(ContextClass::communicator, comm_, peer, code);
    const bool real = peer >= 0;
    const std::int64_t bytes = real ? payload(call, count_, datatype_) : 0;
    call.record(ContextClass::communicator, comm_, peer, bytes, 0, normal_tag(tag_));
    if (real) call.count_messages(1, 0);
  }

 private:
  std::int64_t count_;
  Word datatype_, comm_;
  int dest_, tag_;
};

class Recv {
 public:
  Recv(Call&, std::int64_t, Word, int source, int, Word comm, void*& status)
      : status_(status), comm_(abi().handle(comm)), source_(source) {}

  [[gnu::always_inline]] void finish(Call& call, int code) {
    if (code != 0 || source_ == abi().proc_null) [[unlikely]]
      return finish_without_message(call, code);
    const std::int32_t peer = normal_peer(status_.source());
    call.record(ContextClass::communicator, comm_, peer, 0, status_.bytes(), status_.tag());
    call.count_messages(0, 1);
  }

 private:
  [[gnu::cold]] void finish_without_message(Call& call, int code) {
    const std::int32_t peer = normal_peer(source_);
    if (code != 0) return call.record_error(ContextClass::communicator, comm_, peer, code);
    call.record(ContextClass::communicator, comm_, peer, 0, 0, raw::kTagNone);
  }

  OneStatus status_;
  Word comm_;
  int source_;
};

// Writes the receive part of a call that also sends as a list entry, and books its bytes.
inline void add_received(Call& call, Word comm, std::int32_t source, std::int32_t tag, std::int64_t bytes) {
  std::uint8_t* cursor = call.begin_entry();
  cursor = put_varint(cursor, static_cast<std::uint64_t>(raw::ListKind::received));
  cursor = put_svarint(cursor, source);
  cursor = put_svarint(cursor, tag);
  call.end_entry(put_varint(cursor, static_cast<std::uint64_t>(bytes)));
  call.book_transfer(call.procedure, call.site, comm, source, 0, bytes);
  call.count_messages(0, 1);
}

class Sendrecv {
 public:
  Sendrecv(Call&, std::int64_t sendcount, Word sendtype, int dest, int sendtag, std::int64_t, Word, int source, int,
           Word comm, void*& status)
      : status_(status), count_(sendcount), datatype_(sendtype), comm_(abi().handle(comm)), dest_(dest),
        sendtag_(sendtag), source_(source) {}

  void finish(Call& call, int code) {
    const std::int32_t peer = normal_peer(dest_);
    if (code != 0) [[unlikely]]
      return call.record_error(ContextClass::communicator, comm_, peer, code);
    if (source_ != abi().proc_null)
      add_received(call, comm_, normal_peer(status_.source()), status_.tag(), status_.bytes());
    const bool real = peer >= 0;
    call.record(ContextClass::communicator, comm_, peer, real ? payload(call, count_, datatype_) : 0, 0,
                normal_tag(sendtag_));
    if (real) call.count_messages(1, 0);
  }

 private:
  OneStatus status_;
  std::int64_t count_;
  Word datatype_, comm_;
  int dest_, sendtag_, source_;
};

class Probe {
 public:
  Probe(Call&, int source, int, Word comm, void*& status)
      : status_(status), comm_(abi().handle(comm)), source_(source) {}

  void finish(Call& call, int code) {
    if (code != 0) [[unlikely]]
      return call.record_error(ContextClass::communicator, comm_, normal_peer(source_), code);
    call.record(ContextClass::communicator, comm_, normal_peer(status_.source()), 0, 0, normal_tag(status_.tag()));
  }

 private:
  OneStatus status_;
  Word comm_;
  int source_;
};

class Iprobe {
 public:
  Iprobe(Call&, int source, int, Word comm, int* flag, void*& status)
      : status_(status), comm_(abi().handle(comm)), flag_(flag), source_(source) {}

  void finish(Call& call, int code) {
    if (code != 0) [[unlikely]]
      return call.record_error(ContextClass::communicator, comm_, normal_peer(source_), code);
    if (*flag_ == 0) return call.record_unsuccessful(ContextClass::communicator, comm_, normal_peer(source_));
    call.record(ContextClass::communicator, comm_, normal_peer(status_.source()), 0, 0, normal_tag(status_.tag()));
  }

 private:
  OneStatus status_;
  Word comm_;
  int* flag_;
  int source_;
};

// A matched message remembers its communicator, which MPI_Mrecv does not name.
inline void remember_message(Call& call, Word message, Word comm, const OneStatus& status) {
  if (message == abi().message_null || message == abi().message_no_process) return;
  const RequestInfo info{.number = 0, .context = comm, .site = call.site, .sent = 0, .received = status.bytes(),
                         .peer = normal_peer(status.source()), .tag = status.tag(), .procedure = call.procedure,
                         .kind = raw::RequestKind::none, .persistent = false, .active = false,
                         .thread = call.recorder.index, .output = nullptr};
  call.recorder.requests.insert(message, info);
}

class Mprobe {
 public:
  Mprobe(Call&, int source, int, Word comm, void* message, void*& status)
      : status_(status), comm_(abi().handle(comm)), message_(message), source_(source) {}

  void finish(Call& call, int code) {
    if (code != 0) [[unlikely]]
      return call.record_error(ContextClass::communicator, comm_, normal_peer(source_), code);
    remember_message(call, abi().load_handle(message_), comm_, status_);
    call.record(ContextClass::communicator, comm_, normal_peer(status_.source()), 0, 0, normal_tag(status_.tag()));
  }

 private:
  OneStatus status_;
  Word comm_;
  const void* message_;
  int source_;
};

class Improbe {
 public:
  Improbe(Call&, int source, int, Word comm, int* flag, void* message, void*& status)
      : status_(status), comm_(abi().handle(comm)), flag_(flag), message_(message), source_(source) {}

  void finish(Call& call, int code) {
    if (code != 0) [[unlikely]]
      return call.record_error(ContextClass::communicator, comm_, normal_peer(source_), code);
    if (*flag_ == 0) return call.record_unsuccessful(ContextClass::communicator, comm_, normal_peer(source_));
    remember_message(call, abi().load_handle(message_), comm_, status_);
    call.record(ContextClass::communicator, comm_, normal_peer(status_.source()), 0, 0, normal_tag(status_.tag()));
  }

 private:
  OneStatus status_;
  Word comm_;
  int* flag_;
  const void* message_;
  int source_;
};

}  // namespace tulkki::measure
