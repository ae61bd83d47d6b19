// SPDX-License-Identifier: Apache-2.0
// One-sided communication and file access. RMA bytes are those of the arguments; file bytes those really moved,
// from the status.
#pragma once

#include "interposer/measure/requests.h"

namespace tulkki::measure {

class WindowTarget : public OnWindow {
 public:
  WindowTarget(Call& call, int rank, Word window) : OnWindow(call, window, rank) {}
};

enum class Direction { put, get, both };

template <Direction kDirection>
class Rma {
 public:
  Rma(Call&, std::int64_t count, Word datatype, int target, Word window, const void* request = nullptr)
      : Rma(count, datatype, count, datatype, target, window, request) {}

  void finish(Call& call, int code) {
    const std::int32_t peer = normal_peer(target_);
    if (code != 0) [[unlikely]]
      return call.record_error(ContextClass::window, window_, peer, code);
    const bool real = peer >= 0;
    const std::int64_t sent = real && kDirection != Direction::get ? payload(call, count_, datatype_) : 0;
    const std::int64_t received =
        real && kDirection != Direction::put ? payload(call, result_count_, result_type_) : 0;
    if (request_ != nullptr)
      follow_request(call, abi().load_handle(request_),
                     {raw::RequestKind::rma, ContextClass::window, window_, peer, raw::kTagNone, sent, received});
    call.record(ContextClass::window, window_, peer, sent, received, raw::kTagNone);
    if (real) call.count_messages(1, 0);
  }

 protected:
  Rma(std::int64_t count, Word datatype, std::int64_t result_count, Word result_type, int target, Word window,
      const void* request)
      : count_(count), result_count_(result_count), datatype_(datatype), result_type_(result_type),
        window_(abi().handle(window)), request_(request), target_(target) {}

 private:
  std::int64_t count_, result_count_;
  Word datatype_, result_type_, window_;
  const void* request_;
  int target_;
};

using RmaPut = Rma<Direction::put>;
using RmaGet = Rma<Direction::get>;
using RmaAccumulate = Rma<Direction::put>;
using RmaRput = Rma<Direction::put>;
using RmaRget = Rma<Direction::get>;
using RmaRaccumulate = Rma<Direction::put>;

class RmaGetAccumulate : public Rma<Direction::both> {
 public:
  RmaGetAccumulate(Call&, std::int64_t count, Word datatype, std::int64_t result_count, Word result_type, int target,
                   Word window, const void* request = nullptr)
      : Rma(count, datatype, result_count, result_type, target, window, request) {}
};
using RmaRgetAccumulate = RmaGetAccumulate;

class RmaFetchAndOp : public Rma<Direction::both> {
 public:
  RmaFetchAndOp(Call& call, Word datatype, int target, Word window) : Rma(call, 1, datatype, target, window) {}
};
using RmaCompareAndSwap = RmaFetchAndOp;

// Blocking file access.
template <bool kWrites>
class FileAccess {
 public:
  FileAccess(Call&, std::int64_t, Word, Word file, void*& status) : status_(status), file_(file) {}

  void finish(Call& call, int code) {
    if (code != 0) [[unlikely]]
      return call.record_error(ContextClass::file, file_, raw::kPeerNone, code);
    const std::int64_t bytes = status_.bytes();
    call.record(ContextClass::file, file_, raw::kPeerNone, kWrites ? bytes : 0, kWrites ? 0 : bytes, raw::kTagNone);
  }

 private:
  OneStatus status_;
  Word file_;
};
using FileRead = FileAccess<false>;
using FileWrite = FileAccess<true>;

// Second half of a split collective access.
template <bool kWrites>
class FileEnd : public FileAccess<kWrites> {
 public:
  FileEnd(Call& call, Word file, void*& status) : FileAccess<kWrites>(call, 0, 0, file, status) {}
};
using FileEndRead = FileEnd<false>;
using FileEndWrite = FileEnd<true>;

class FileBegin : public OnFile {
 public:
  FileBegin(Call& call, std::int64_t, Word, Word file) : OnFile(call, file) {}
};
using FileBeginRead = FileBegin;
using FileBeginWrite = FileBegin;

template <bool kWrites>
class FileRequest {
 public:
  FileRequest(Call&, std::int64_t count, Word datatype, Word file, const void* request)
      : count_(count), datatype_(datatype), file_(file), request_(request) {}

  // The event holds what was asked for; the profile gets what was moved when the request completes.
  void finish(Call& call, int code) {
    if (code != 0) [[unlikely]]
      return call.record_error(ContextClass::file, file_, raw::kPeerNone, code);
    const std::int64_t bytes = payload(call, count_, datatype_);
    const Word request = abi().load_handle(request_);
    const bool done = abi().is_shared_request(request);
    follow_request(call, request,
                   {raw::RequestKind::io, ContextClass::file, file_, raw::kPeerNone, raw::kTagNone,
                    kWrites ? bytes : 0, kWrites ? 0 : bytes});
    if (done) call.book_transfer(call.procedure, call.site, file_, raw::kPeerNone, kWrites ? bytes : 0,
                                 kWrites ? 0 : bytes, ContextClass::file);
    call.record_requested(ContextClass::file, file_, raw::kPeerNone, kWrites ? bytes : 0, kWrites ? 0 : bytes,
                          raw::kTagNone);
  }

 private:
  std::int64_t count_;
  Word datatype_, file_;
  const void* request_;
};
using FileIread = FileRequest<false>;
using FileIwrite = FileRequest<true>;

}  // namespace tulkki::measure
