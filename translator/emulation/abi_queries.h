// SPDX-License-Identifier: Apache-2.0
// Questions about the ABI, which libraries older than MPI-5.0 do not answer: its version is that of the front, sizes of
// Fortran types are asked from the backend, whose Fortran compiler has settled them. MPI-5.0: 20.4.
#pragma once

#include <cstdio>

#include "translator/own/environment.h"
#include "translator/predefined.h"

namespace tulkki {

// A backend would answer for itself.
template <class P>
int own_MPI_Abi_get_version(int* major, int* minor) { return tell_abi_version(P::Front::kName, major, minor); }

[[gnu::cold]] inline void tell_size(Word back_info, const char* key, int bytes) {
  char text[16];
  std::snprintf(text, sizeof text, "%d", bytes);
  backend_function<int (*)(Word, const char*, const char*)>(Procedure::MPI_Info_set)(back_info, key, text);
}

// `fill` gets the new info object of the backend. Like MPI_Info_create, it may be asked for before MPI is initialised.
template <class P, class Fill>
int make_info(void* info, Fill fill) {
  const int code = own_MPI_Info_create<P>(info);
  if (code == 0) fill(P::template in<HandleClass::info>(load_handle<typename P::Front, HandleClass::info>(info)));
  return code;
}

template <class P>
int fallback_MPI_Abi_get_info(void* info) {
  return make_info<P>(info, [](Word made) {
    for (const char* key : {"mpi_aint_size", "mpi_count_size", "mpi_offset_size"}) tell_size(made, key, 8);
  });
}

// Bytes of a type that the backend names so; 0 where it has none.
[[gnu::cold]] inline int back_type_bytes(const char* name) {
  const Word type = back_handle(name);
  int bytes = 0;
  if (type == 0 || type == back_handle("MPI_DATATYPE_NULL")) return 0;
  return backend_function<int (*)(Word, int*)>(Procedure::MPI_Type_size)(type, &bytes) == 0 ? bytes : 0;
}

template <class P>
int fallback_MPI_Abi_get_fortran_info(void* info) {
  static constexpr const char* kSizes[][2] = {{"mpi_logical_size", "MPI_LOGICAL"}, {"mpi_integer_size", "MPI_INTEGER"},
                                              {"mpi_real_size", "MPI_REAL"},
                                              {"mpi_double_precision_size", "MPI_DOUBLE_PRECISION"}};
  static constexpr const char* kOptional[][2] = {
      {"mpi_logical1_supported", "MPI_LOGICAL1"},   {"mpi_logical2_supported", "MPI_LOGICAL2"},
      {"mpi_logical4_supported", "MPI_LOGICAL4"},   {"mpi_logical8_supported", "MPI_LOGICAL8"},
      {"mpi_logical16_supported", "MPI_LOGICAL16"}, {"mpi_integer1_supported", "MPI_INTEGER1"},
      {"mpi_integer2_supported", "MPI_INTEGER2"},   {"mpi_integer4_supported", "MPI_INTEGER4"},
      {"mpi_integer8_supported", "MPI_INTEGER8"},   {"mpi_integer16_supported", "MPI_INTEGER16"},
      {"mpi_real2_supported", "MPI_REAL2"},         {"mpi_real4_supported", "MPI_REAL4"},
      {"mpi_real8_supported", "MPI_REAL8"},         {"mpi_real16_supported", "MPI_REAL16"},
      {"mpi_complex4_supported", "MPI_COMPLEX4"},   {"mpi_complex8_supported", "MPI_COMPLEX8"},
      {"mpi_complex16_supported", "MPI_COMPLEX16"}, {"mpi_complex32_supported", "MPI_COMPLEX32"},
      {"mpi_double_complex_supported", "MPI_DOUBLE_COMPLEX"}};
  if (back_type_bytes("MPI_INTEGER") == 0) {   // built without Fortran
    store_handle<typename P::Front, HandleClass::info>(info, 0, null_handle(HandleClass::info));
    return 0;
  }
  return make_info<P>(info, [](Word made) {
    for (const auto& [key, type] : kSizes) tell_size(made, key, back_type_bytes(type));
    for (const auto& [key, type] : kOptional)
      backend_function<int (*)(Word, const char*, const char*)>(Procedure::MPI_Info_set)(
          made, key, back_type_bytes(type) != 0 ? "true" : "false");
  });
}

// A library can be told once; these have been, when they were built.
template <class P>
int already_told() {
  constexpr std::int64_t kErrAbi = P::Front::kName == AbiName::standard ? 62 : P::kErrOther;
  raise_on_world(static_cast<int>(convert_constant<Set::error_class, Standard, typename P::Back>(P::kErrOther)));
  return P::front_error(kErrAbi);
}
template <class P>
int fallback_MPI_Abi_set_fortran_info(Word) { return already_told<P>(); }
template <class P>
int fallback_MPI_Abi_set_fortran_booleans(int, const void*, const void*) { return already_told<P>(); }

// What MPI_LOGICAL's two values are: the C interface of both MPIs gives 1 and 0, as gfortran does.
template <class P>
int fallback_MPI_Abi_get_fortran_booleans(int logical_bytes, void* logical_true, void* logical_false, int* is_set) {
  constexpr std::int64_t kErrArg = 13;
  const int bytes = back_type_bytes("MPI_LOGICAL");
  *is_set = bytes != 0 ? 1 : 0;
  if (bytes == 0) return 0;
  if (logical_bytes != bytes || bytes > 8) {
    raise_on_world(static_cast<int>(convert_constant<Set::error_class, Standard, typename P::Back>(kErrArg)));
    return P::front_error(kErrArg);
  }
  const std::int64_t yes = 1, no = 0;
  __builtin_memcpy(logical_true, &yes, static_cast<std::size_t>(bytes));   // little-endian, as all that Tulkki runs on
  __builtin_memcpy(logical_false, &no, static_cast<std::size_t>(bytes));
  return 0;
}

}  // namespace tulkki
