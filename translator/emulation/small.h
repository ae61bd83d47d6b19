// SPDX-License-Identifier: Apache-2.0
// Newer procedures that older ones answer in a few lines: large-count forms of questions about types, operations with
// large counts, pair types by their parts, the attached buffer, and what there is none of. MPI-4.1: 5.1.13, 6.9.5, 3.6.
#pragma once

#include "translator/own/callbacks.h"
#include "translator/own/datatypes.h"

namespace tulkki {

// ---- datatypes that were made with int: they have no large counts among their contents

template <class P>
int fallback_MPI_Type_get_envelope_c(Word datatype, std::int64_t* integers, std::int64_t* addresses, std::int64_t* counts,
                                     std::int64_t* datatypes, int* combiner) {
  int numbers[3] = {};
  const int code = own_MPI_Type_get_envelope<P>(datatype, &numbers[0], &numbers[1], &numbers[2], combiner);
  if (code != 0) return code;
  *integers = numbers[0], *addresses = numbers[1], *counts = 0, *datatypes = numbers[2];
  return 0;
}
template <class P>
int fallback_MPI_Type_get_contents_c(Word datatype, std::int64_t max_integers, std::int64_t max_addresses, std::int64_t,
                                     std::int64_t max_datatypes, int* integers, std::int64_t* addresses, std::int64_t*,
                                     void* datatypes) {
  return own_MPI_Type_get_contents<P>(datatype, static_cast<int>(max_integers), static_cast<int>(max_addresses),
                                      static_cast<int>(max_datatypes), integers, addresses, datatypes);
}

template <class P>
int fallback_MPI_Type_get_value_index(Word value_type, Word index_type, void* pair_type) {
  static constexpr const char* kPairs[][2] = {{"MPI_FLOAT", "MPI_FLOAT_INT"}, {"MPI_DOUBLE", "MPI_DOUBLE_INT"},
                                              {"MPI_LONG", "MPI_LONG_INT"}, {"MPI_INT", "MPI_2INT"},
                                              {"MPI_SHORT", "MPI_SHORT_INT"}, {"MPI_LONG_DOUBLE", "MPI_LONG_DOUBLE_INT"}};
  Word found = null_handle(HandleClass::datatype);
  for (const auto& [value, pair] : kPairs)
    if (front_handle(value) == value_type && front_handle("MPI_INT") == index_type) found = front_handle(pair);
  store_handle<typename P::Front, HandleClass::datatype>(pair_type, 0, found);
  return 0;
}

// ---- operations: the backend's lengths fit an int, the function wants MPI_Count

template <class P>
void call_large_operation(void* in, void* inout, int* length, void* datatype, OperationFunction* operation) {
  std::int64_t large = *length;
  call_user_operation<P, std::int64_t>(in, inout, &large, datatype, operation);
}
template <class P>
int fallback_MPI_Op_create_c(void* function, int commute, void* op) {
  return create_operation_over<P>(Procedure::MPI_Op_create, reinterpret_cast<void*>(&call_large_operation<P>), function,
                                  commute, op);
}

// ---- the buffer of MPI_Bsend: detaching waits until all has been sent

template <class P>
int fallback_MPI_Buffer_flush() {
  void* buffer = nullptr;
  int bytes = 0;
  int code = backend_function<int (*)(void*, int*)>(Procedure::MPI_Buffer_detach)(&buffer, &bytes);
  if (code != 0) return 0;   // none is attached
  if (buffer != nullptr) code = backend_function<int (*)(void*, int)>(Procedure::MPI_Buffer_attach)(buffer, bytes);
  return P::code(code);
}

// ---- what there is none of

template <class P>
int fallback_MPI_Get_hw_resource_info(void* info) {
  OutHandle<P, HandleClass::info> info_over(info);
  const int code = backend_function<int (*)(void*)>(Procedure::MPI_Info_create)(info_over.place());
  info_over.finish();
  return P::code(code);
}
template <class P>
int fallback_MPI_T_source_get_num(int* number) { return *number = 0, 0; }
template <class P>
int fallback_MPI_T_event_get_num(int* number) { return *number = 0, 0; }
template <class P>
int fallback_MPI_T_category_get_num_events(int, int* number) { return *number = 0, 0; }
template <class P>
int fallback_MPI_T_category_get_events(int, int, int*) { return 0; }
template <class P>
int fallback_MPIX_GPU_query_support(int, int* supported) { return *supported = 0, 0; }

}  // namespace tulkki
