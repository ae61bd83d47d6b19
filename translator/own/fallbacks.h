// SPDX-License-Identifier: Apache-2.0
// What stands in for procedures that a backend lacks: large counts by int where the numbers fit, newer procedures by
// older ones. Whatever cannot be built is refused with an error.
#pragma once

#include <climits>
#include <cstdio>
#include <cstring>

#include "translator/arrays.h"
#include "translator/own/pending.h"

namespace tulkki {

template <class P, Procedure kProcedure>
int refused(...) {
  return refuse<P>(kProcedure);
}

// A count that an int cannot hold, on a backend that has no other.
template <class P>
[[gnu::cold]] int refuse_large(Procedure procedure) {
  constexpr std::int64_t kErrCount = 2;
  return refuse<P>(procedure, kErrCount);
}

inline bool fits(std::int64_t value) { return value >= INT_MIN && value <= INT_MAX; }

// Where arrays of narrowed numbers lie: with the call, or with the operation that goes on reading them.
class NarrowMemory {
 public:
  explicit NarrowMemory(bool outlives_call) : outlives_call_(outlives_call) {}
  ~NarrowMemory() {
    while (first_ != nullptr) {
      Pending* next = first_->next;
      discard_pending(first_);
      first_ = next;
    }
  }
  int* take(std::int64_t count) {
    Pending* part = make_pending(static_cast<std::size_t>(count) * sizeof(int));
    if (part == nullptr) return nullptr;
    part->next = first_;
    first_ = part;
    return reinterpret_cast<int*>(part->memory);
  }
  // `request`: the program's, which the operation was started with.
  template <class P>
  void keep(int code, const void* request) {
    if (code != 0 || !outlives_call_ || request == nullptr) return;
    const Word back =
        P::template in<HandleClass::request>(load_handle<typename P::Front, HandleClass::request>(request));
    while (first_ != nullptr && back != g_handles.back_request_null) {
      Pending* part = first_;
      first_ = part->next;
      part->next = nullptr;
      keep_pending(part, back);
    }
  }

 private:
  bool outlives_call_;
  Pending* first_ = nullptr;
};

class Narrow {
 public:
  Narrow(const std::int64_t* user, std::int64_t count, NarrowMemory& memory) {
    if (user == nullptr || count <= 0) return;
    place_ = memory.take(count);
    fits_ = place_ != nullptr;
    for (std::int64_t i = 0; fits_ && i < count; ++i) {
      fits_ = tulkki::fits(user[i]);
      place_[i] = static_cast<int>(user[i]);
    }
  }
  const int* place() const { return place_; }
  bool fits() const { return fits_; }

 private:
  int* place_ = nullptr;
  bool fits_ = true;
};

// Do arrays that only the root gives mean something here?
template <class P>
bool at_root(Word comm, int root) {
  if (root == static_cast<int>(Constants<Set::rank>::kValues[2][static_cast<int>(P::Front::kColumn)])) return true;
  int rank = -1, inter = 0;
  const Word back = P::template in<HandleClass::comm>(comm);
  backend_function<int (*)(Word, int*)>(Procedure::MPI_Comm_test_inter)(back, &inter);
  backend_function<int (*)(Word, int*)>(Procedure::MPI_Comm_rank)(back, &rank);
  return inter == 0 && rank == root;
}

// ---- newer procedures by older ones

// MPI-4.0 10: in `buflen` goes the room, out comes what is needed, both with the final null.
template <class P>
int fallback_MPI_Info_get_string(Word info, const void* key, int* buflen, void* value, int* flag) {
  const Word back = P::template in<HandleClass::info>(info);
  int length = 0;
  int code = backend_function<int (*)(Word, const void*, int*, int*)>(Procedure::MPI_Info_get_valuelen)(back, key,
                                                                                                       &length, flag);
  if (code != 0 || *flag == 0) return P::code(code);
  char whole[limit<typename P::Back>(Limit::MPI_MAX_INFO_VAL) + 1];
  code = backend_function<int (*)(Word, const void*, int, char*, int*)>(Procedure::MPI_Info_get)(
      back, key, static_cast<int>(sizeof whole) - 1, whole, flag);
  if (code == 0 && *buflen > 0 && value != nullptr) std::snprintf(static_cast<char*>(value), *buflen, "%s", whole);
  if (code == 0) *buflen = length + 1;
  return P::code(code);
}

// No backend without it says more about the start of a program.
template <class P>
int fallback_MPI_Info_create_env(int, void*, void* info) {
  OutHandle<P, HandleClass::info> info_over(info);
  const int code = backend_function<int (*)(void*)>(Procedure::MPI_Info_create)(info_over.place());
  info_over.finish();
  return P::code(code);
}

template <class P>
typename P::Front::Status* status_of(const void* status) {
  return static_cast<typename P::Front::Status*>(const_cast<void*>(status));
}
template <class P>
int fallback_MPI_Status_get_error(const void* status, int* error) { return *error = status_of<P>(status)->error, 0; }
template <class P>
int fallback_MPI_Status_get_source(const void* status, int* source) { return *source = status_of<P>(status)->source, 0; }
template <class P>
int fallback_MPI_Status_get_tag(const void* status, int* tag) { return *tag = status_of<P>(status)->tag, 0; }
template <class P>
int fallback_MPI_Status_set_error(void* status, int error) { return status_of<P>(status)->error = error, 0; }
template <class P>
int fallback_MPI_Status_set_source(void* status, int source) { return status_of<P>(status)->source = source, 0; }
template <class P>
int fallback_MPI_Status_set_tag(void* status, int tag) { return status_of<P>(status)->tag = tag, 0; }

}  // namespace tulkki
