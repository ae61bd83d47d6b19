// SPDX-License-Identifier: Apache-2.0
// Arrays that a call reads and writes: converted into arrays of the backend's and back. The lengths that depend on a
// communicator are asked from the backend.
#pragma once

#include "translator/pair.h"
#include "translator/request_arrays.h"

namespace tulkki {

// Handles that the backend changes: requests of MPI_Waitall and its kin.
template <class P, HandleClass kKind>
class InOutHandles {
 public:
  InOutHandles(void* user, std::int64_t count) : user_(user), count_(user == nullptr ? 0 : count), back_(count_) {
    if (back_.data() == nullptr) count_ = 0;
    if constexpr (kKind == HandleClass::request) {
      Requests::to_back(static_cast<const typename Requests::Front*>(user), backs(), count_);
    } else {
      for (std::int64_t i = 0; i < count_; ++i)
        store_handle<typename P::Back, kKind>(back_.data(), i,
                                              P::template in<kKind>(load_handle<typename P::Front, kKind>(user, i)));
    }
  }
  void* place() { return user_ == nullptr ? nullptr : static_cast<void*>(back_.data()); }
  void finish() {
    if constexpr (kKind == HandleClass::request)
      if (g_pending_count.load(std::memory_order_relaxed) == 0) [[likely]]
        return Requests::to_front(backs(), static_cast<typename Requests::Front*>(user_), count_);
    for (std::int64_t i = 0; i < count_; ++i) {
      const Word back = load_handle<typename P::Back, kKind>(back_.data(), i);
      const Word front = load_handle<typename P::Front, kKind>(user_, i);
      const Word before = P::template in<kKind>(front);
      if (before == back) continue;
      if constexpr (kKind == HandleClass::request) request_is_over(before);
      store_handle<typename P::Front, kKind>(user_, i, P::template out<kKind>(back));
    }
  }

 private:
  using Requests = RequestArrays<typename P::Front, typename P::Back>;
  typename Requests::Back* backs() { return reinterpret_cast<typename Requests::Back*>(back_.data()); }

  void* user_;
  std::int64_t count_;
  Scratch<Word, 256> back_;
};

template <class P, HandleClass kKind>
class OutHandles {
 public:
  OutHandles(void* user, std::int64_t count) : user_(user), count_(user == nullptr ? 0 : count), back_(count_) {
    if (back_.data() == nullptr) count_ = 0;
    for (std::int64_t i = 0; i < count_; ++i) back_[i] = ~Word{0};
  }
  void* place() { return user_ == nullptr ? nullptr : static_cast<void*>(back_.data()); }
  void finish() {
    constexpr Word kUnset = P::Back::handle_bytes(kKind) == 4 ? 0xffffffffu : ~Word{0};
    for (std::int64_t i = 0; i < count_; ++i) {
      const Word back = load_handle<typename P::Back, kKind>(back_.data(), i);
      if (back != kUnset) store_handle<typename P::Front, kKind>(user_, i, P::template out<kKind>(back));
    }
  }

 private:
  void* user_;
  std::int64_t count_;
  Scratch<Word, 64> back_;
};

// Statuses of a call that completes several operations; only the first `filled` were written. Their MPI_ERROR is set
// where the call fails (MPI-5.0: 3.7.5).
template <class P>
class OutStatuses {
 public:
  OutStatuses(void* user, std::int64_t count)
      : user_(user), count_(P::ignored(user) || user == nullptr ? 0 : count), back_(count_) {
    if (back_.data() == nullptr) count_ = 0;
    // Of completed sends a backend may write next to nothing.
    if (count_ > 0) __builtin_memset(back_.data(), 0, static_cast<std::size_t>(count_) * sizeof(typename P::Back::Status));
  }
  void* place() { return P::ignored(user_) ? P::ignore() : user_ == nullptr ? nullptr : back_.data(); }
  void finish(std::int64_t filled, int back_code) {
    auto* to = static_cast<typename P::Front::Status*>(user_);
    if (filled > count_) filled = count_;   // below zero: MPI_UNDEFINED, none
    for (std::int64_t i = 0; i < filled; ++i) P::message_status_out(back_[i], to[i]);
    if (back_code == 0) return;
    for (std::int64_t i = 0; i < filled; ++i) to[i].error = P::error_out(back_[i].error);
  }

 private:
  void* user_;
  std::int64_t count_;
  Scratch<typename P::Back::Status, 256> back_;
};

template <class P, Set kSet>
class InConstants {
 public:
  InConstants(const int* user, std::int64_t count) : user_(user), back_(user == nullptr ? 0 : count) {
    for (std::int64_t i = 0; user != nullptr && i < count && back_.data() != nullptr; ++i)
      back_[i] = P::template constant<kSet>(user[i]);
  }
  const int* place() { return user_ == nullptr ? nullptr : back_.data(); }

 private:
  const int* user_;
  Scratch<int, 64> back_;
};

template <class P>
class InOutKeyval {
 public:
  explicit InOutKeyval(int* user) : user_(user), back_(user == nullptr ? 0 : P::keyval(*user)) {}
  int* place() { return user_ == nullptr ? nullptr : &back_; }
  void finish() {
    if (user_ != nullptr) *user_ = P::keyval_out(back_);
  }

 private:
  int* user_;
  int back_;
};

inline std::int64_t sum_of(const int* numbers, std::int64_t count) {
  std::int64_t sum = 0;
  for (std::int64_t i = 0; numbers != nullptr && i < count; ++i) sum += numbers[i];
  return sum;
}

// Processes that a collective on this communicator of the front exchanges data with.
template <class P>
std::int64_t peers_of(Word comm) {
  const Word back = P::template in<HandleClass::comm>(comm);
  int size = 0, inter = 0;
  backend_function<int (*)(Word, int*)>(Procedure::MPI_Comm_test_inter)(back, &inter);
  backend_function<int (*)(Word, int*)>(inter ? Procedure::MPI_Comm_remote_size : Procedure::MPI_Comm_size)(back, &size);
  return size;
}

struct Degrees {
  int in, out;
};
template <class P>
Degrees degrees_of(Word comm) {
  const Word back = P::template in<HandleClass::comm>(comm);
  int kind = 0, number = 0, rank = 0, weighted = 0;
  backend_function<int (*)(Word, int*)>(Procedure::MPI_Topo_test)(back, &kind);
  const std::int64_t topology = convert_constant<Set::topology, typename P::Back, Standard>(kind);
  constexpr std::int64_t kCart = 211, kGraph = 212, kDistGraph = 213;
  Degrees degrees{0, 0};
  if (topology == kCart) {
    backend_function<int (*)(Word, int*)>(Procedure::MPI_Cartdim_get)(back, &number);
    degrees = {2 * number, 2 * number};
  } else if (topology == kGraph) {
    backend_function<int (*)(Word, int*)>(Procedure::MPI_Comm_rank)(back, &rank);
    backend_function<int (*)(Word, int, int*)>(Procedure::MPI_Graph_neighbors_count)(back, rank, &number);
    degrees = {number, number};
  } else if (topology == kDistGraph) {
    backend_function<int (*)(Word, int*, int*, int*)>(Procedure::MPI_Dist_graph_neighbors_count)(
        back, &degrees.in, &degrees.out, &weighted);
  }
  return degrees;
}
template <class P>
std::int64_t indegree_of(Word comm) { return degrees_of<P>(comm).in; }
template <class P>
std::int64_t outdegree_of(Word comm) { return degrees_of<P>(comm).out; }

}  // namespace tulkki
