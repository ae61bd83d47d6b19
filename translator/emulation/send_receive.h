// SPDX-License-Identifier: Apache-2.0
// MPI_Isendrecv and MPI_Isendrecv_replace where a backend has only the blocking ones: the request is that of the
// receive, the message goes out from a copy, so that nothing waits for the other side. MPI-4.1: 3.10.
#pragma once

#include "translator/arrays.h"
#include "translator/emulation/copied_send.h"
#include "translator/predefined.h"

namespace tulkki {

// The data, packed; null and `code` set when it cannot be.
template <class P>
CopiedSend* pack_copy(const void* buffer, int count, Word datatype, Word comm, int& bytes, int& code) {
  constexpr std::int64_t kNoMemory = 39;
  int room = 0;
  bytes = 0;
  code = backend_function<int (*)(int, Word, Word, int*)>(Procedure::MPI_Pack_size)(count, datatype, comm, &room);
  if (code != 0) return nullptr;
  CopiedSend* copy = room < 0 ? nullptr : make_copied_send(static_cast<std::size_t>(room));
  if (copy == nullptr) {
    code = static_cast<int>(convert_constant<Set::error_class, Standard, typename P::Back>(kNoMemory));
    return nullptr;
  }
  code = backend_function<int (*)(const void*, int, Word, void*, int, int*, Word)>(Procedure::MPI_Pack)(
      buffer, count, datatype, copy->data, room, &bytes, comm);
  if (code == 0) return copy;
  discard_copied_send(copy);
  return nullptr;
}

// Gives the backend's code; the copy is no longer the caller's.
template <class P>
int send_packed(CopiedSend* copy, int bytes, int dest, int tag, Word comm) {
  const int code = backend_function<int (*)(const void*, int, Word, int, int, Word, void*)>(Procedure::MPI_Isend)(
      copy->data, bytes, back_handle("MPI_PACKED"), dest, tag, comm, &copy->request);
  if (code == 0) keep_copied_send(copy, P::ignore());
  else discard_copied_send(copy);
  return code;
}

struct Message {
  int count;
  Word datatype;
  int peer, tag;
};

// All in the backend's terms; `request` is the front's.
template <class P>
int start_send_receive(const void* sent, const Message& send, void* received, const Message& receive, Word comm,
                       void* request) {
  int bytes = 0, code = 0;
  CopiedSend* copy = pack_copy<P>(sent, send.count, send.datatype, comm, bytes, code);
  if (copy == nullptr) return P::code(code);
  OutHandle<P, HandleClass::request> request_over(request);
  code = backend_function<int (*)(void*, int, Word, int, int, Word, void*)>(Procedure::MPI_Irecv)(
      received, receive.count, receive.datatype, receive.peer, receive.tag, comm, request_over.place());
  if (code != 0) {
    discard_copied_send(copy);
    return P::code(code);
  }
  code = send_packed<P>(copy, bytes, send.peer, send.tag, comm);
  if (code != 0) {
    backend_function<int (*)(void*)>(Procedure::MPI_Cancel)(request_over.place());
    backend_function<int (*)(void*)>(Procedure::MPI_Request_free)(request_over.place());
    return P::code(code);
  }
  request_over.finish();
  return 0;
}

template <class P>
int fallback_MPI_Isendrecv(const void* sendbuf, int sendcount, Word sendtype, int dest, int sendtag, void* recvbuf,
                           int recvcount, Word recvtype, int source, int recvtag, Word comm, void* request) {
  const Message send{sendcount, P::template in<HandleClass::datatype>(sendtype), P::rank(dest), P::tag(sendtag)};
  const Message receive{recvcount, P::template in<HandleClass::datatype>(recvtype), P::rank(source), P::tag(recvtag)};
  return start_send_receive<P>(sendbuf, send, recvbuf, receive, P::template in<HandleClass::comm>(comm), request);
}
template <class P>
int fallback_MPI_Isendrecv_replace(void* buf, int count, Word datatype, int dest, int sendtag, int source, int recvtag,
                                   Word comm, void* request) {
  const Word back = P::template in<HandleClass::datatype>(datatype);
  return start_send_receive<P>(buf, {count, back, P::rank(dest), P::tag(sendtag)}, buf,
                               {count, back, P::rank(source), P::tag(recvtag)},
                               P::template in<HandleClass::comm>(comm), request);
}

}  // namespace tulkki
