// SPDX-License-Identifier: Apache-2.0
// What the measuring classes share. Each family of procedures has one class: its constructor runs before the call (and
// may put a status of ours in place of an ignored one), finish() after it, outside of the timed interval.
#pragma once

#include <cstdint>
#include <type_traits>

#include "interposer/contexts.h"
#include "interposer/entry.h"

namespace tulkki::measure {

inline const Abi& abi() { return g_process.abi; }

inline std::int32_t normal_peer(int rank) {
  if (rank >= 0) [[likely]] return rank;
  if (rank == abi().proc_null) return raw::kPeerNull;
  if (rank == abi().any_source) return raw::kPeerAny;
  if (rank == abi().root) return raw::kPeerRoot;
  return raw::kPeerNone;
}

inline std::int32_t normal_tag(int tag) {
  if (tag >= 0) [[likely]] return tag;
  return tag == abi().any_tag ? raw::kTagAny : raw::kTagNone;
}

inline std::int64_t payload(Call& call, std::int64_t count, Word datatype) {
  if (count <= 0) return 0;
  return count * datatype_bytes(call.recorder, abi().handle(datatype));
}

// The user's status, or one of ours where it was ignored: sizes and sources are read from it.
class OneStatus {
 public:
  explicit OneStatus(void*& status) {
    if (abi().is_status_ignore(status)) status = own_;
    status_ = status;
  }
  std::int32_t source() const { return abi().status_source(status_); }
  std::int32_t tag() const { return abi().status_tag(status_); }
  std::int64_t bytes() const {
    const std::int64_t count = abi().status_bytes_received(status_);
    return count > 0 ? count : 0;
  }
  bool cancelled() const { return abi().status_cancelled(status_); }
  const void* get() const { return status_; }

 private:
  alignas(8) char own_[kLargestStatusBytes];
  void* status_;
};

// Starts with no context: names, info objects, groups, datatypes, queries ...
struct Plain {
  explicit Plain(Call&) {}
  void finish(Call& call, int code) {
    if (code != 0) [[unlikely]]
      return call.record_error(ContextClass::none, 0, raw::kPeerNone, code);
    call.record(ContextClass::none, 0, raw::kPeerNone, 0, 0, raw::kTagNone);
  }
};

template <ContextClass kClass>
struct OnContext {
  OnContext(Call&, Word handle, int peer = -1000) : handle_(handle), peer_(peer) {
    if constexpr (kClass != ContextClass::file) handle_ = abi().handle(handle);
  }
  void finish(Call& call, int code) {
    const std::int32_t peer = peer_ == -1000 ? raw::kPeerNone : normal_peer(peer_);
    if (code != 0) [[unlikely]]
      return call.record_error(kClass, handle_, peer, code);
    call.record(kClass, handle_, peer, 0, 0, raw::kTagNone);
  }

 private:
  Word handle_;
  int peer_;
};

using OnComm = OnContext<ContextClass::communicator>;
using OnWindow = OnContext<ContextClass::window>;
using OnFile = OnContext<ContextClass::file>;

}  // namespace tulkki::measure
