// SPDX-License-Identifier: Apache-2.0
// MPI_Wait*, MPI_Test*: which requests did the call complete? Handles are copied before the call, which overwrites them,
// and statuses are taken into our own array where the program ignores them.
#pragma once

#include "interposer/measure/requests.h"

namespace tulkki::measure {

class Wait {
 public:
  Wait(Call&, const void* request, void*& status) : status_(status), request_(abi().load_handle(request)) {}

  void finish(Call& call, int code) {
    if (code != 0) [[unlikely]]
      return call.record_error(ContextClass::none, 0, raw::kPeerNone, code);
    complete_request(call, request_, status_.get());
    call.record(ContextClass::none, 0, raw::kPeerNone, 0, 0, raw::kTagNone);
  }

 private:
  OneStatus status_;
  Word request_;
};

class Test {
 public:
  Test(Call&, const void* request, int* flag, void*& status)
      : status_(status), request_(abi().load_handle(request)), flag_(flag) {}

  void finish(Call& call, int code) {
    if (code != 0) [[unlikely]]
      return call.record_error(ContextClass::none, 0, raw::kPeerNone, code);
    if (*flag_ == 0) return call.record_unsuccessful(ContextClass::none, 0, raw::kPeerNone);
    complete_request(call, request_, status_.get());
    call.record(ContextClass::none, 0, raw::kPeerNone, 0, 0, raw::kTagNone);
  }

 private:
  OneStatus status_;
  Word request_;
  const int* flag_;
};

// Copies of the handles of a request array, and room for its statuses: on the stack for usual sizes.
class RequestArray {
 public:
  RequestArray(int count, const void* requests) : requests_(requests), count_(count > 0 ? count : 0) {
    if (count_ > kInline) [[unlikely]] grow();
    const std::size_t bytes = static_cast<std::size_t>(count_) * abi().handle_bytes;
    __builtin_memcpy(handles_, requests, bytes);
  }
  ~RequestArray() {
    if (spill_ != nullptr) [[unlikely]] release();
  }
  RequestArray(const RequestArray&) = delete;
  RequestArray& operator=(const RequestArray&) = delete;

  int count() const { return count_; }
  Word before(int i) const { return abi().load_handle(handles_, i); }
  Word after(int i) const { return abi().load_handle(requests_, i); }
  bool completed(int i) const { return after(i) == abi().request_null; }

  // Puts our array in place of an ignored one, if there is room for ours.
  void take_statuses(void*& statuses) {
    if (abi().is_status_ignore(statuses)) {
      if (statuses_ == nullptr) [[unlikely]] return;
      statuses = statuses_;
    }
    statuses_ = static_cast<char*>(statuses);
  }
  // Null if unknown.
  const void* status(int i) const {
    return statuses_ == nullptr ? nullptr : statuses_ + static_cast<std::size_t>(i) * abi().status_bytes;
  }

 private:
  static constexpr int kInline = 128;
  [[gnu::cold]] void grow();
  [[gnu::cold]] void release();

  const void* requests_;
  int count_;
  void* spill_ = nullptr;
  void* handles_ = inline_handles_;
  char* statuses_ = inline_statuses_;
  alignas(8) char inline_handles_[kInline * 8];
  alignas(8) char inline_statuses_[kInline * kLargestStatusBytes];
};

class Startall {
 public:
  Startall(Call&, int count, const void* requests) : requests_(count, requests) {}
  void finish(Call& call, int code);

 private:
  RequestArray requests_;
};

class Waitall {
 public:
  Waitall(Call&, int count, const void* requests, void*& statuses) : requests_(count, requests) {
    requests_.take_statuses(statuses);
  }

  void finish(Call& call, int code) {
    if (code != 0) [[unlikely]] return finish_with_error(call, code);
    for (int i = 0; i < requests_.count(); ++i) complete_request(call, requests_.before(i), requests_.status(i));
    call.record(ContextClass::none, 0, raw::kPeerNone, 0, 0, raw::kTagNone);
  }

 private:
  [[gnu::cold]] void finish_with_error(Call& call, int code) {
    for (int i = 0; i < requests_.count(); ++i)
      if (requests_.completed(i)) complete_request(call, requests_.before(i), nullptr);
    call.record_error(ContextClass::none, 0, raw::kPeerNone, code);
  }
  RequestArray requests_;
};

class Testall {
 public:
  Testall(Call&, int count, const void* requests, int* flag, void*& statuses)
      : requests_(count, requests), flag_(flag) {
    requests_.take_statuses(statuses);
  }

  void finish(Call& call, int code) {
    if (code != 0) [[unlikely]]
      return call.record_error(ContextClass::none, 0, raw::kPeerNone, code);
    if (*flag_ == 0) return call.record_unsuccessful(ContextClass::none, 0, raw::kPeerNone);
    for (int i = 0; i < requests_.count(); ++i) complete_request(call, requests_.before(i), requests_.status(i));
    call.record(ContextClass::none, 0, raw::kPeerNone, 0, 0, raw::kTagNone);
  }

 private:
  RequestArray requests_;
  const int* flag_;
};

class Waitany {
 public:
  Waitany(Call&, int count, const void* requests, const int* index, void*& status)
      : requests_(count, requests), status_(status), index_(index) {}

  void finish(Call& call, int code) {
    if (code != 0) [[unlikely]]
      return call.record_error(ContextClass::none, 0, raw::kPeerNone, code);
    if (*index_ >= 0 && *index_ < requests_.count())
      complete_request(call, requests_.before(*index_), status_.get());
    call.record(ContextClass::none, 0, raw::kPeerNone, 0, 0, raw::kTagNone);
  }

 private:
  RequestArray requests_;
  OneStatus status_;
  const int* index_;
};

class Testany {
 public:
  Testany(Call&, int count, const void* requests, const int* index, int* flag, void*& status)
      : requests_(count, requests), status_(status), index_(index), flag_(flag) {}

  void finish(Call& call, int code) {
    if (code != 0) [[unlikely]]
      return call.record_error(ContextClass::none, 0, raw::kPeerNone, code);
    if (*flag_ == 0) return call.record_unsuccessful(ContextClass::none, 0, raw::kPeerNone);
    if (*index_ >= 0 && *index_ < requests_.count())
      complete_request(call, requests_.before(*index_), status_.get());
    call.record(ContextClass::none, 0, raw::kPeerNone, 0, 0, raw::kTagNone);
  }

 private:
  RequestArray requests_;
  OneStatus status_;
  const int* index_;
  const int* flag_;
};

// MPI_Waitsome and MPI_Testsome.
template <bool kMayFail>
class Some {
 public:
  Some(Call&, int incount, const void* requests, const int* outcount, const int* indices, void*& statuses)
      : requests_(incount, requests), outcount_(outcount), indices_(indices) {
    requests_.take_statuses(statuses);
  }

  void finish(Call& call, int code) {
    if (code != 0) [[unlikely]]
      return call.record_error(ContextClass::none, 0, raw::kPeerNone, code);
    if (kMayFail && *outcount_ == 0) return call.record_unsuccessful(ContextClass::none, 0, raw::kPeerNone);
    for (int i = 0; i < *outcount_; ++i)
      if (indices_[i] >= 0 && indices_[i] < requests_.count())
        complete_request(call, requests_.before(indices_[i]), requests_.status(i));
    call.record(ContextClass::none, 0, raw::kPeerNone, 0, 0, raw::kTagNone);
  }

 private:
  RequestArray requests_;
  const int* outcount_;
  const int* indices_;
};
using Waitsome = Some<false>;
using Testsome = Some<true>;

}  // namespace tulkki::measure
