// SPDX-License-Identifier: Apache-2.0
// Fortran bindings of an Open MPI front that its own Fortran library cannot serve: they look into the objects of its C
// library instead of calling the C procedures. All arguments are by reference. MPI-5.0: 9.3, 7.7, 19.1.
#pragma once

#include "translator/integers.h"
#include "translator/own/attributes.h"
#include "translator/own/callbacks.h"

namespace tulkki {

// The error code is an optional argument in mpi_f08.
inline void give_code(int* place, int code) {
  if (place != nullptr) *place = code;
}

// ---- attributes; `Integer`: of default kind in the procedures of MPI-1, address-sized in all others

template <class P, HandleClass kKind, class Integer>
void fortran_get_attribute(const int* object, const int* keyval, Integer* value, int* flag, int* code) {
  constexpr int kType = sizeof(Integer) == sizeof(int) ? kIntegerAttribute : kAddressSizedAttribute;
  void* found = nullptr;
  int has = 0;
  const int result = language_get_attribute<P, kKind>(handle_of_integer(P::Front::kName, kKind, *object), *keyval,
                                                      &found, &has, kType);
  if (result == 0) {
    *flag = has != 0;
    if (has != 0) *value = static_cast<Integer>(reinterpret_cast<std::intptr_t>(found));
  }
  give_code(code, result);
}

template <class P, HandleClass kKind, class Integer>
void fortran_set_attribute(const int* object, const int* keyval, const Integer* value, int* code) {
  constexpr int kType = sizeof(Integer) == sizeof(int) ? kIntegerAttribute : kAddressSizedAttribute;
  give_code(code, language_set_attribute<P, kKind>(handle_of_integer(P::Front::kName, kKind, *object), *keyval,
                                                   reinterpret_cast<void*>(std::intptr_t{*value}), kType));
}

template <class Integer>
int call_fortran_copy(void* function, int object, int keyval, void* extra, int, void* value, void** copied, int* flag) {
  auto state = static_cast<Integer>(reinterpret_cast<std::intptr_t>(extra));
  auto given = static_cast<Integer>(reinterpret_cast<std::intptr_t>(value));
  Integer fresh = 0;
  int wanted = 0, code = 0;
  reinterpret_cast<void (*)(int*, int*, Integer*, Integer*, Integer*, int*, int*)>(function)(
      &object, &keyval, &state, &given, &fresh, &wanted, &code);
  *copied = reinterpret_cast<void*>(std::intptr_t{fresh});
  *flag = wanted != 0;
  return code;
}

template <class Integer>
int call_fortran_delete(void* function, int object, int keyval, int, void* value, void* extra) {
  auto state = static_cast<Integer>(reinterpret_cast<std::intptr_t>(extra));
  auto given = static_cast<Integer>(reinterpret_cast<std::intptr_t>(value));
  int code = 0;
  reinterpret_cast<void (*)(int*, int*, Integer*, Integer*, int*)>(function)(&object, &keyval, &given, &state, &code);
  return code;
}

template <class P, HandleClass kKind, class Integer>
void fortran_create_keyval(void* copy, void* remove, int* keyval, const Integer* extra, int* code) {
  constexpr Procedure kProcedure = attribute_procedure<kKind>(
      Procedure::MPI_Comm_create_keyval, Procedure::MPI_Type_create_keyval, Procedure::MPI_Win_create_keyval);
  const int result =
      create_keyval<P, kKind>(kProcedure, copy, remove, keyval, reinterpret_cast<void*>(std::intptr_t{*extra}));
  if (result == 0) {
    t_last_made.keyval->copy_proxy = &call_fortran_copy<Integer>;
    t_last_made.keyval->remove_proxy = &call_fortran_delete<Integer>;
  }
  give_code(code, result);
}

// ---- error handlers

template <class P, HandleClass kKind>
void call_fortran_error_handler(void* object, int* code, void*, void*, void* function) {
  const Word front = P::template out<kKind>(load_handle<typename P::Back, kKind>(object));
  int integer = integer_of_handle(P::Front::kName, kKind, front);
  int front_code = P::code(*code);
  reinterpret_cast<void (*)(int*, int*, ...)>(function)(&integer, &front_code);
  *code = P::code_to_back(front_code);
}

template <class P, HandleClass kKind>
void fortran_create_error_handler(void* function, int* errhandler, int* code) {
  constexpr Procedure kProcedure = kKind == HandleClass::comm  ? Procedure::MPI_Comm_create_errhandler
                                   : kKind == HandleClass::win ? Procedure::MPI_Win_create_errhandler
                                                               : Procedure::MPI_File_create_errhandler;
  Word handle = 0;
  const int result = create_error_handler<P>(kProcedure, reinterpret_cast<void*>(&call_fortran_error_handler<P, kKind>),
                                             function, &handle);
  if (result == 0) *errhandler = integer_of_handle(P::Front::kName, HandleClass::errhandler, handle);
  give_code(code, result);
}

// ---- datatypes

template <class P>
void fortran_match_size(const int* type_class, const int* size, int* datatype, int* code) {
  Word handle = 0;
  OutHandle<P, HandleClass::datatype> over(&handle);
  const int result = P::code(backend_function<int (*)(int, int, void*)>(Procedure::MPI_Type_match_size)(
      P::template constant<Set::type_class>(*type_class), *size, over.place()));
  over.finish();
  if (result == 0) *datatype = integer_of_handle(P::Front::kName, HandleClass::datatype, handle);
  give_code(code, result);
}

template <class Function>
void* fortran_address(Function* function) {
  return reinterpret_cast<void*>(function);
}

// ---- all of them, by name

template <class P>
inline const FortranBinding kFortranBindings[] = {
    {"mpi_attr_get", fortran_address(&fortran_get_attribute<P, HandleClass::comm, int>)},
    {"mpi_attr_put", fortran_address(&fortran_set_attribute<P, HandleClass::comm, int>)},
    {"mpi_keyval_create", fortran_address(&fortran_create_keyval<P, HandleClass::comm, int>)},
    {"mpi_comm_get_attr", fortran_address(&fortran_get_attribute<P, HandleClass::comm, std::int64_t>)},
    {"mpi_comm_set_attr", fortran_address(&fortran_set_attribute<P, HandleClass::comm, std::int64_t>)},
    {"mpi_comm_create_keyval", fortran_address(&fortran_create_keyval<P, HandleClass::comm, std::int64_t>)},
    {"mpi_type_get_attr", fortran_address(&fortran_get_attribute<P, HandleClass::datatype, std::int64_t>)},
    {"mpi_type_set_attr", fortran_address(&fortran_set_attribute<P, HandleClass::datatype, std::int64_t>)},
    {"mpi_type_create_keyval", fortran_address(&fortran_create_keyval<P, HandleClass::datatype, std::int64_t>)},
    {"mpi_win_get_attr", fortran_address(&fortran_get_attribute<P, HandleClass::win, std::int64_t>)},
    {"mpi_win_set_attr", fortran_address(&fortran_set_attribute<P, HandleClass::win, std::int64_t>)},
    {"mpi_win_create_keyval", fortran_address(&fortran_create_keyval<P, HandleClass::win, std::int64_t>)},
    {"mpi_errhandler_create", fortran_address(&fortran_create_error_handler<P, HandleClass::comm>)},
    {"mpi_comm_create_errhandler", fortran_address(&fortran_create_error_handler<P, HandleClass::comm>)},
    {"mpi_win_create_errhandler", fortran_address(&fortran_create_error_handler<P, HandleClass::win>)},
    {"mpi_file_create_errhandler", fortran_address(&fortran_create_error_handler<P, HandleClass::file>)},
    {"mpi_type_match_size", fortran_address(&fortran_match_size<P>)},
    {nullptr, nullptr}};

template <class P>
constexpr const FortranBinding* fortran_bindings() {
  if constexpr (P::Front::kName == AbiName::openmpi) return kFortranBindings<P>;
  return nullptr;
}

}  // namespace tulkki
