// SPDX-License-Identifier: Apache-2.0
// MPI_Request_get_status_any, _all and _some (MPI-4.1: 3.7.6) one request at a time, and MPI_Comm_idup_with_info where a
// backend has MPI_Comm_idup only: hints may be ignored.
#pragma once

#include "translator/own/pending.h"

namespace tulkki {

template <class P>
int ask_request(const void* requests, int which, int* flag, void* status) {
  const Word back =
      P::template in<HandleClass::request>(load_handle<typename P::Front, HandleClass::request>(requests, which));
  OutStatus<P> status_over(status);
  const int code = backend_function<int (*)(Word, int*, void*)>(Procedure::MPI_Request_get_status)(back, flag,
                                                                                                  status_over.place());
  if (code == 0 && *flag != 0) status_over.finish();
  return P::code(code);
}
template <class P>
void* status_at(void* statuses, int which) {
  return P::ignored(statuses) ? statuses : static_cast<typename P::Front::Status*>(statuses) + which;
}
template <class P>
bool is_null_request(const void* requests, int which) {
  return load_handle<typename P::Front, HandleClass::request>(requests, which) == g_handles.front_request_null;
}
template <class P>
int front_undefined() {
  return static_cast<int>(Constants<Set::undefined>::kValues[0][static_cast<int>(P::Front::kColumn)]);
}

template <class P>
int fallback_MPI_Request_get_status_any(int count, const void* requests, int* index, int* flag, void* status) {
  bool any = false;
  for (int i = 0; i < count; ++i) {
    if (is_null_request<P>(requests, i)) continue;
    any = true;
    if (const int code = ask_request<P>(requests, i, flag, status); code != 0) return code;
    if (*flag != 0) return *index = i, 0;
  }
  *index = front_undefined<P>();
  *flag = any ? 0 : 1;
  return 0;
}
template <class P>
int fallback_MPI_Request_get_status_all(int count, const void* requests, int* flag, void* statuses) {
  *flag = 1;
  for (int i = 0; i < count; ++i) {
    if (const int code = ask_request<P>(requests, i, flag, status_at<P>(statuses, i)); code != 0) return code;
    if (*flag == 0) return 0;
  }
  return 0;
}
template <class P>
int fallback_MPI_Request_get_status_some(int count, const void* requests, int* done, int* indices, void* statuses) {
  bool any = false;
  *done = 0;
  for (int i = 0; i < count; ++i) {
    if (is_null_request<P>(requests, i)) continue;
    int flag = 0;
    any = true;
    if (const int code = ask_request<P>(requests, i, &flag, status_at<P>(statuses, *done)); code != 0) return code;
    if (flag != 0) indices[(*done)++] = i;
  }
  if (!any) *done = front_undefined<P>();
  return 0;
}

template <class P>
int fallback_MPI_Comm_idup_with_info(Word comm, Word, void* newcomm, void* request) {
  return own_MPI_Comm_idup<P>(comm, newcomm, request);
}

}  // namespace tulkki
