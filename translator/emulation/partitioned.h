// SPDX-License-Identifier: Apache-2.0
// Partitioned communication where a backend has none: the receive is a persistent one; the send goes out as one message,
// copied when its last partition is ready, and its request is a persistent receive of an empty message that the process
// then sends to itself. The messages have tags from the upper end, away from the program's own, which statuses give back.
// MPI-4.1: 4.
#pragma once

#include "translator/emulation/send_receive.h"

namespace tulkki {

// Kept with the request of a partitioned send until it is freed.
struct PartitionedSend {
  const void* buffer;
  Word partition_type, comm;
  int partitions, dest, tag, signal;
  int ready;    // partitions of the current round
};

// Communicator of the process alone for the empty messages, and the next tag for one.
[[gnu::cold]] Word signal_comm(Word comm_self);
[[gnu::cold]] int next_signal();

template <class P>
int partition_tag(int tag) {
  constexpr int kTagUb = static_cast<int>(convert_constant<Set::keyval, Standard, typename P::Back>(501));
  int *largest = nullptr, flag = 0;
  backend_function<int (*)(Word, int, void*, int*)>(Procedure::MPI_Comm_get_attr)(
      back_handle("MPI_COMM_WORLD"), kTagUb, &largest, &flag);
  if (flag == 0 || tag < 0) return tag;
  g_program_tags.largest = *largest;
  __atomic_store_n(&g_program_tags.last, static_cast<unsigned>(*largest) / 2, __ATOMIC_RELEASE);
  return *largest - tag;
}

template <class P>
void free_partitioned(Pending& pending) {
  auto& send = *reinterpret_cast<PartitionedSend*>(pending.memory);
  backend_function<int (*)(void*)>(Procedure::MPI_Type_free)(&send.partition_type);
}

// One partition as a type: the message is `partitions` of them.
template <class P>
int make_partition_type(std::int64_t count, Word datatype, Word& made) {
  made = 0;
  int code = backend_function<int (*)(int, Word, void*)>(Procedure::MPI_Type_contiguous)(
      static_cast<int>(count), P::template in<HandleClass::datatype>(datatype), &made);
  if (code == 0) code = backend_function<int (*)(void*)>(Procedure::MPI_Type_commit)(&made);
  return code;
}

template <class P>
int fallback_MPI_Psend_init(const void* buf, int partitions, std::int64_t count, Word datatype, int dest, int tag, Word comm,
                            Word, void* request) {
  using InitFunction = int (*)(const void*, int, Word, int, int, Word, void*);
  if (count < 0 || count > INT32_MAX) return refuse<P>(Procedure::MPI_Psend_init, 2);
  Pending* pending = make_pending(sizeof(PartitionedSend));
  if (pending == nullptr) return P::front_error(P::kErrNoMemory);
  auto& send = *reinterpret_cast<PartitionedSend*>(pending->memory);
  int code = make_partition_type<P>(count, datatype, send.partition_type);
  send = {buf, send.partition_type, P::template in<HandleClass::comm>(comm), partitions, P::rank(dest),
          partition_tag<P>(tag), next_signal(), 0};
  Word probe = 0;   // the backend's own judgement of the arguments
  if (code == 0)
    code = backend_function<InitFunction>(Procedure::MPI_Send_init)(buf, partitions, send.partition_type, send.dest, send.tag,
                                                                    send.comm, &probe);
  OutHandle<P, HandleClass::request> request_over(request);
  if (code == 0) {
    backend_function<int (*)(void*)>(Procedure::MPI_Request_free)(&probe);
    code = backend_function<InitFunction>(Procedure::MPI_Recv_init)(
        nullptr, 0, back_handle("MPI_BYTE"), 0, send.signal,
        signal_comm(back_handle("MPI_COMM_SELF")), request_over.place());
  }
  if (code != 0) {
    discard_pending(pending);
    return P::code(code);
  }
  pending->deliver = &free_partitioned<P>;
  keep_pending(pending, load_handle<typename P::Back, HandleClass::request>(request_over.place()));
  request_over.finish();
  return 0;
}

template <class P>
int fallback_MPI_Precv_init(void* buf, int partitions, std::int64_t count, Word datatype, int source, int tag, Word comm,
                            Word, void* request) {
  if (count < 0 || count > INT32_MAX) return refuse<P>(Procedure::MPI_Precv_init, 2);
  Word type = 0;
  int code = make_partition_type<P>(count, datatype, type);
  if (code != 0) return P::code(code);
  OutHandle<P, HandleClass::request> request_over(request);
  code = backend_function<int (*)(void*, int, Word, int, int, Word, void*)>(Procedure::MPI_Recv_init)(
      buf, partitions, type, P::rank(source), partition_tag<P>(tag), P::template in<HandleClass::comm>(comm),
      request_over.place());
  backend_function<int (*)(void*)>(Procedure::MPI_Type_free)(&type);
  request_over.finish();
  return P::code(code);
}

template <class P>
int send_partitions(PartitionedSend& send) {
  int bytes = 0, code = 0;
  __atomic_store_n(&send.ready, 0, __ATOMIC_RELAXED);
  CopiedSend* copy = pack_copy<P>(send.buffer, send.partitions, send.partition_type, send.comm, bytes, code);
  if (copy != nullptr) code = send_packed<P>(copy, bytes, send.dest, send.tag, send.comm);
  if (code == 0)
    code = backend_function<int (*)(const void*, int, Word, int, int, Word)>(Procedure::MPI_Send)(
        nullptr, 0, back_handle("MPI_BYTE"), 0, send.signal,
        signal_comm(back_handle("MPI_COMM_SELF")));
  return P::code(code);
}

template <class P>
int mark_ready(Word request, int first, int last) {
  constexpr std::int64_t kErrRequest = 7, kErrArg = 13;
  const auto fail = [](std::int64_t standard_class) {
    raise_on_world(static_cast<int>(convert_constant<Set::error_class, Standard, typename P::Back>(standard_class)));
    return P::front_error(standard_class);
  };
  Pending* pending = find_pending(P::template in<HandleClass::request>(request));
  if (pending == nullptr || pending->deliver != &free_partitioned<P>) return fail(kErrRequest);
  auto& send = *reinterpret_cast<PartitionedSend*>(pending->memory);
  if (first < 0 || last >= send.partitions || first > last) return fail(kErrArg);
  const int marked = last - first + 1;
  return __atomic_add_fetch(&send.ready, marked, __ATOMIC_ACQ_REL) < send.partitions ? 0 : send_partitions<P>(send);
}

template <class P>
int fallback_MPI_Pready(int partition, Word request) { return mark_ready<P>(request, partition, partition); }
template <class P>
int fallback_MPI_Pready_range(int low, int high, Word request) { return mark_ready<P>(request, low, high); }
template <class P>
int fallback_MPI_Pready_list(int length, const int* partitions, Word request) {
  int code = 0;
  for (int i = 0; i < length && code == 0; ++i) code = mark_ready<P>(request, partitions[i], partitions[i]);
  return code;
}
// All partitions arrive together.
template <class P>
int fallback_MPI_Parrived(Word request, int, int* flag) {
  return P::code(backend_function<int (*)(Word, int*, void*)>(Procedure::MPI_Request_get_status)(
      P::template in<HandleClass::request>(request), flag, P::ignore()));
}

}  // namespace tulkki
