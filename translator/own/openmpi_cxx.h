// SPDX-License-Identifier: Apache-2.0
// What Open MPI's C++ library asks of its C library besides MPI procedures: attributes, error handlers and operations
// whose functions are those of C++ programs. The library's own functions call them. MPI-2.2: 16.1.
#pragma once

#include "translator/own/fortran.h"

namespace tulkki {

// ---- operations: one function of the library for all, which gets the program's as its fifth argument

template <class P>
void call_cxx_operation(void* in, void* inout, int* length, void* datatype, void* record) {
  const auto& operation = *static_cast<const CxxOperationFunction*>(record);
  Word front = P::template out<HandleClass::datatype>(load_handle<typename P::Back, HandleClass::datatype>(datatype));
  reinterpret_cast<void (*)(void*, void*, int*, void*, void*)>(operation.library_function)(
      in, inout, length, &front, reinterpret_cast<void*>(operation.function));
}

template <class P>
void set_cxx_operation(void* op, const void* function) {
  auto* object = static_cast<OperationObject*>(op);
  const CxxOperationFunction* record = cxx_operation_function(function, object->function);
  void* over = record == nullptr ? nullptr
                                 : trampoline(reinterpret_cast<void*>(&call_cxx_operation<P>),
                                              const_cast<CxxOperationFunction*>(record));
  if (over == nullptr) return;
  // What MPI_Op_create made calls the library's function without the program's.
  backend_function<int (*)(void*)>(Procedure::MPI_Op_free)(&object->back);
  backend_function<int (*)(void*, int, void*)>(Procedure::MPI_Op_create)(over, object->commutes, &object->back);
}

// ---- error handlers: the library writes the function that is to be called into the object that it gets

template <class P, HandleClass kKind>
void call_cxx_error_handler(void* object, int* code, void*, void*, void* errhandler) {
  const auto& handler = *static_cast<const ErrhandlerObject*>(errhandler);
  Word front = P::template out<kKind>(load_handle<typename P::Back, kKind>(object));
  int front_code = P::code(*code);
  handler.dispatch(&front, &front_code, nullptr, handler.function);
  *code = P::code_to_back(front_code);
}

template <class P>
void* create_cxx_error_handler(int type, void* function) {
  constexpr int kComm = 1, kWin = 2;
  ErrhandlerObject* object = make_errhandler_object(function);
  if (object == nullptr) return nullptr;
  void* caller = reinterpret_cast<void*>(type == kComm  ? &call_cxx_error_handler<P, HandleClass::comm>
                                         : type == kWin ? &call_cxx_error_handler<P, HandleClass::win>
                                                        : &call_cxx_error_handler<P, HandleClass::file>);
  const Procedure procedure = type == kComm  ? Procedure::MPI_Comm_create_errhandler
                              : type == kWin ? Procedure::MPI_Win_create_errhandler
                                             : Procedure::MPI_File_create_errhandler;
  void* over = trampoline(caller, object);
  const int code = over == nullptr ? 1 : backend_function<int (*)(void*, void*)>(procedure)(over, &object->back);
  return code == 0 ? object : nullptr;
}

// ---- attributes: the library's functions are of C

template <class P>
int create_cxx_keyval(int type, void* copy, void* remove, int* keyval, void* extra) {
  constexpr int kComm = 1, kWin = 2;
  if (type == kComm)
    return create_keyval<P, HandleClass::comm>(Procedure::MPI_Comm_create_keyval, copy, remove, keyval, extra);
  if (type == kWin)
    return create_keyval<P, HandleClass::win>(Procedure::MPI_Win_create_keyval, copy, remove, keyval, extra);
  return create_keyval<P, HandleClass::datatype>(Procedure::MPI_Type_create_keyval, copy, remove, keyval, extra);
}

// As the library numbers the classes of communicators.
template <class P>
int cxx_communicator_type(Word comm) {
  enum { kUnknown, kIntracomm, kIntercomm, kCart, kGraph };
  constexpr std::int64_t kStandardCart = 211, kStandardGraph = 212;
  const Word back = P::template in<HandleClass::comm>(comm);
  int topology = 0, inter = 0;
  if (backend_function<int (*)(Word, int*)>(Procedure::MPI_Topo_test)(back, &topology) != 0) return kUnknown;
  const std::int64_t standard = convert_constant<Set::topology, typename P::Back, Standard>(topology);
  if (standard == kStandardCart) return kCart;
  if (standard == kStandardGraph) return kGraph;
  if (backend_function<int (*)(Word, int*)>(Procedure::MPI_Comm_test_inter)(back, &inter) != 0) return kUnknown;
  return inter != 0 ? kIntercomm : kIntracomm;
}

template <class P>
constexpr OpenMpiCxxBindings kOpenMpiCxxBindings = {&create_cxx_keyval<P>, &create_cxx_error_handler<P>,
                                                    &set_cxx_operation<P>, &cxx_communicator_type<P>};
template <class P>
constexpr const OpenMpiCxxBindings* openmpi_cxx_bindings() {
  if constexpr (P::Front::kName == AbiName::openmpi) return &kOpenMpiCxxBindings<P>;
  return nullptr;
}

}  // namespace tulkki
