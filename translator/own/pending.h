// SPDX-License-Identifier: Apache-2.0
// Operations that go on reading their arguments after the call: nonblocking and persistent alltoallw (type arrays), and
// MPI_Comm_idup, whose result may come at completion. MPI-5.0: 6.12, 7.4.2.
#pragma once

#include "translator/arrays.h"
#include "translator/pending.h"

namespace tulkki {

// Two arrays of types, one after the other in the memory of `pending`; null where the program gave none.
template <class P>
class KeptTypes {
 public:
  KeptTypes(const void* send, std::int64_t send_count, const void* receive, std::int64_t receive_count)
      : send_(send), receive_(receive), send_count_(send == nullptr ? 0 : send_count),
        receive_count_(receive == nullptr ? 0 : receive_count),
        pending_(make_pending(static_cast<std::size_t>(send_count_ + receive_count_ + 1) * sizeof(Word))) {
    if (pending_ == nullptr) return;
    fill(send_, pending_->memory, send_count_);
    fill(receive_, receive_place(), receive_count_);
  }
  bool good() const { return pending_ != nullptr; }
  void* send() { return send_ == nullptr ? nullptr : pending_->memory; }
  void* receive() { return receive_ == nullptr ? nullptr : receive_place(); }
  // After the call: the request is the backend's.
  void finish(int code, Word request) {
    if (code != 0 || request == g_handles.back_request_null) discard_pending(pending_);
    else keep_pending(pending_, request);
  }

 private:
  using Back = typename P::Back;
  char* receive_place() { return pending_->memory + send_count_ * 8; }
  static void fill(const void* user, void* to, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i)
      store_handle<Back, HandleClass::datatype>(to, i, P::template in<HandleClass::datatype>(
                                                           load_handle<typename P::Front, HandleClass::datatype>(user, i)));
  }
  const void *send_, *receive_;
  std::int64_t send_count_, receive_count_;
  Pending* pending_;
};

template <class P, class Count, class Displacement, class... Info>
int start_alltoallw(Procedure procedure, bool neighbors, const void* sendbuf, const Count* sendcounts,
                    const Displacement* sdispls, const void* sendtypes, void* recvbuf, const Count* recvcounts,
                    const Displacement* rdispls, const void* recvtypes, Word comm, void* request, Info... info) {
  const Degrees degrees = neighbors ? degrees_of<P>(comm) : Degrees{0, 0};
  const std::int64_t peers = neighbors ? 0 : peers_of<P>(comm);
  KeptTypes<P> types(reinterpret_cast<std::intptr_t>(sendbuf) == P::Front::kInPlace ? nullptr : sendtypes,
                     neighbors ? degrees.out : peers, recvtypes, neighbors ? degrees.in : peers);
  if (!types.good()) return P::front_error(P::kErrNoMemory);
  Word back_request = 0;
  const int code = backend_function<int (*)(const void*, const Count*, const Displacement*, const void*, void*,
                                            const Count*, const Displacement*, const void*, Word, Info..., void*)>(
      procedure)(P::buffer(sendbuf), sendcounts, sdispls, types.send(), P::buffer(recvbuf), recvcounts, rdispls,
                 types.receive(), P::template in<HandleClass::comm>(comm), info..., &back_request);
  const Word started = load_handle<typename P::Back, HandleClass::request>(&back_request);
  types.finish(code, started);
  if (code == 0 && request != nullptr)
    store_handle<typename P::Front, HandleClass::request>(request, 0, P::template out<HandleClass::request>(started));
  return P::code(code);
}

#define TULKKI_ALLTOALLW(name, Count, Displacement, neighbors)                                                          \
  template <class P>                                                                                                    \
  int own_##name(const void* sendbuf, const Count* sendcounts, const Displacement* sdispls, const void* sendtypes,      \
                 void* recvbuf, const Count* recvcounts, const Displacement* rdispls, const void* recvtypes, Word comm, \
                 void* request) {                                                                                       \
    return start_alltoallw<P>(Procedure::name, neighbors, sendbuf, sendcounts, sdispls, sendtypes, recvbuf, recvcounts, \
                              rdispls, recvtypes, comm, request);                                                       \
  }
#define TULKKI_ALLTOALLW_INIT(name, Count, Displacement, neighbors)                                                     \
  template <class P>                                                                                                    \
  int own_##name(const void* sendbuf, const Count* sendcounts, const Displacement* sdispls, const void* sendtypes,      \
                 void* recvbuf, const Count* recvcounts, const Displacement* rdispls, const void* recvtypes, Word comm, \
                 Word info, void* request) {                                                                            \
    return start_alltoallw<P>(Procedure::name, neighbors, sendbuf, sendcounts, sdispls, sendtypes, recvbuf, recvcounts, \
                              rdispls, recvtypes, comm, request, P::template in<HandleClass::info>(info));              \
  }
TULKKI_ALLTOALLW(MPI_Ialltoallw, int, int, false)
TULKKI_ALLTOALLW(MPI_Ialltoallw_c, std::int64_t, std::int64_t, false)
TULKKI_ALLTOALLW(MPI_Ineighbor_alltoallw, int, std::int64_t, true)
TULKKI_ALLTOALLW(MPI_Ineighbor_alltoallw_c, std::int64_t, std::int64_t, true)
TULKKI_ALLTOALLW_INIT(MPI_Alltoallw_init, int, int, false)
TULKKI_ALLTOALLW_INIT(MPI_Alltoallw_init_c, std::int64_t, std::int64_t, false)
TULKKI_ALLTOALLW_INIT(MPIX_Alltoallw_init, int, int, false)
TULKKI_ALLTOALLW_INIT(MPI_Neighbor_alltoallw_init, int, std::int64_t, true)
TULKKI_ALLTOALLW_INIT(MPI_Neighbor_alltoallw_init_c, std::int64_t, std::int64_t, true)
TULKKI_ALLTOALLW_INIT(MPIX_Neighbor_alltoallw_init, int, std::int64_t, true)
#undef TULKKI_ALLTOALLW
#undef TULKKI_ALLTOALLW_INIT

template <class P>
void deliver_communicator(Pending& pending) {
  const Word comm = load_handle<typename P::Back, HandleClass::comm>(pending.memory);
  store_handle<typename P::Front, HandleClass::comm>(pending.user, 0, P::template out<HandleClass::comm>(comm));
}

template <class P, class... Info>
int duplicate_nonblocking(Procedure procedure, Word comm, void* newcomm, void* request, Info... info) {
  Pending* pending = make_pending(sizeof(Word));
  if (pending == nullptr) return P::front_error(P::kErrNoMemory);
  pending->deliver = &deliver_communicator<P>;
  pending->user = newcomm;
  Word back_request = 0;
  const int code = backend_function<int (*)(Word, Info..., void*, void*)>(procedure)(
      P::template in<HandleClass::comm>(comm), info..., pending->memory, &back_request);
  if (code != 0) {
    discard_pending(pending);
    return P::code(code);
  }
  const Word started = load_handle<typename P::Back, HandleClass::request>(&back_request);
  if (load_handle<typename P::Back, HandleClass::comm>(pending->memory) != 0) deliver_communicator<P>(*pending);
  if (started == g_handles.back_request_null) discard_pending(pending);
  else keep_pending(pending, started);
  store_handle<typename P::Front, HandleClass::request>(request, 0, P::template out<HandleClass::request>(started));
  return 0;
}
template <class P>
int own_MPI_Comm_idup(Word comm, void* newcomm, void* request) {
  return duplicate_nonblocking<P>(Procedure::MPI_Comm_idup, comm, newcomm, request);
}
template <class P>
int own_MPI_Comm_idup_with_info(Word comm, Word info, void* newcomm, void* request) {
  return duplicate_nonblocking<P>(Procedure::MPI_Comm_idup_with_info, comm, newcomm, request,
                                  P::template in<HandleClass::info>(info));
}

}  // namespace tulkki
