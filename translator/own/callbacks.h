// SPDX-License-Identifier: Apache-2.0
// Procedures that take the program's functions: reductions, error handlers, attributes, generalized requests, data
// representations. MPI-5.0: 6.9.5, 9.3, 7.7, 13.2, 14.5.
#pragma once

#include "translator/arrays.h"
#include "translator/callbacks.h"
#include "translator/integers.h"

namespace tulkki {

// ---- reduction operations

template <class P, class Count>
void call_user_operation(void* in, void* inout, Count* length, void* datatype, OperationFunction* operation) {
  using Front = typename P::Front;
  Word front = P::template out<HandleClass::datatype>(load_handle<typename P::Back, HandleClass::datatype>(datatype));
  if constexpr (Front::kName == AbiName::mpich) {
    if (operation->cxx != nullptr) {
      void* function = reinterpret_cast<void*>(operation->function);
      return operation->cxx(in, inout, static_cast<int>(*length), static_cast<int>(front), function);
    }
  }
  if constexpr (Front::kName == AbiName::openmpi)
    if (operation->from_fortran())
      front = static_cast<std::uint32_t>(integer_of_handle(Front::kName, HandleClass::datatype, front));
  reinterpret_cast<void (*)(void*, void*, Count*, void*)>(operation->function)(in, inout, length, &front);
}

// `call`: what the backend calls, with the record of the program's function as its last argument.
template <class P>
int create_operation_over(Procedure procedure, void* call, void* function, int commute, void* op) {
  OperationFunction* operation = operation_function(function);
  void* over = operation == nullptr ? nullptr : trampoline(call, operation);
  if (over == nullptr) return P::front_error(P::kErrNoMemory);
  if constexpr (P::Front::kName == AbiName::openmpi) {
    OperationObject* object = make_operation(function);
    if (object == nullptr) return P::front_error(P::kErrNoMemory);
    object->commutes = commute;
    const int code = backend_function<int (*)(void*, int, void*)>(procedure)(over, commute, &object->back);
    if (code == 0) *static_cast<OperationObject**>(op) = object;
    else free_operation(object);
    return P::code(code);
  } else {
    OutHandle<P, HandleClass::op> op_over(op);
    const int code = backend_function<int (*)(void*, int, void*)>(procedure)(over, commute, op_over.place());
    op_over.finish();
    t_last_made.operation = operation;
    return P::code(code);
  }
}
template <class P, class Count>
int create_operation(Procedure procedure, void* function, int commute, void* op) {
  return create_operation_over<P>(procedure, reinterpret_cast<void*>(&call_user_operation<P, Count>), function, commute, op);
}
template <class P>
int own_MPI_Op_create(void* function, int commute, void* op) {
  return create_operation<P, int>(Procedure::MPI_Op_create, function, commute, op);
}
template <class P>
int own_MPI_Op_create_c(void* function, int commute, void* op) {
  return create_operation<P, std::int64_t>(Procedure::MPI_Op_create_c, function, commute, op);
}

template <class P>
int own_MPI_Op_free(void* op) {
  const Word front = load_handle<typename P::Front, HandleClass::op>(op);
  InOutHandle<P, HandleClass::op> op_over(op);
  const int code = backend_function<int (*)(void*)>(Procedure::MPI_Op_free)(op_over.place());
  op_over.finish();
  if constexpr (P::Front::kName == AbiName::openmpi)
    if (code == 0) free_operation(reinterpret_cast<OperationObject*>(front));
  return P::code(code);
}

// ---- error handlers

template <class P, HandleClass kKind>
void call_error_handler(void* object, int* code, void*, void*, void* function) {
  Word front = 0;
  store_handle<typename P::Front, kKind>(&front, 0,
                                         P::template out<kKind>(load_handle<typename P::Back, kKind>(object)));
  int front_code = P::error_out(*code);
  CxxErrorHandler cxx = nullptr;
  if constexpr (P::Front::kName == AbiName::mpich) cxx = cxx_error_handler(function);
  constexpr int kCxxKind = kKind == HandleClass::comm ? 0 : kKind == HandleClass::file ? 1 : 2;
  if (cxx != nullptr) {
    cxx(kCxxKind, &front, &front_code, function);   // it may throw: then nothing is returned either
    note_cxx_error_handler_call();
  } else reinterpret_cast<void (*)(void*, int*, ...)>(function)(&front, &front_code);
  *code = P::code_to_back(front_code);
}

template <class P>
int create_error_handler(Procedure procedure, void* caller, void* function, void* errhandler) {
  void* over = trampoline(caller, function);
  if (over == nullptr) return P::front_error(P::kErrNoMemory);
  OutHandle<P, HandleClass::errhandler> errhandler_over(errhandler);
  const int code = backend_function<int (*)(void*, void*)>(procedure)(over, errhandler_over.place());
  errhandler_over.finish();
  t_last_made.error_function = function;
  return P::code(code);
}
template <class P, HandleClass kKind>
int create_c_error_handler(Procedure procedure, void* function, void* errhandler) {
  return create_error_handler<P>(procedure, reinterpret_cast<void*>(&call_error_handler<P, kKind>), function, errhandler);
}
// The handler is called on purpose: what it was told is no result of a call.
template <class P, HandleClass kKind>
int call_handler_of(Procedure procedure, Word object, int code) {
  const int result = backend_function<int (*)(Word, int)>(procedure)(P::template in<kKind>(object), P::code_to_back(code));
  take_cxx_error_handler_call();
  return P::code(result);
}
template <class P>
int own_MPI_Comm_call_errhandler(Word comm, int code) {
  return call_handler_of<P, HandleClass::comm>(Procedure::MPI_Comm_call_errhandler, comm, code);
}
template <class P>
int own_MPI_Win_call_errhandler(Word window, int code) {
  return call_handler_of<P, HandleClass::win>(Procedure::MPI_Win_call_errhandler, window, code);
}
template <class P>
int own_MPI_File_call_errhandler(Word file, int code) {
  return call_handler_of<P, HandleClass::file>(Procedure::MPI_File_call_errhandler, file, code);
}
template <class P>
int own_MPI_Comm_create_errhandler(void* function, void* errhandler) {
  return create_c_error_handler<P, HandleClass::comm>(Procedure::MPI_Comm_create_errhandler, function, errhandler);
}
template <class P>
int own_MPI_Errhandler_create(void* function, void* errhandler) {
  return create_c_error_handler<P, HandleClass::comm>(Procedure::MPI_Comm_create_errhandler, function, errhandler);
}
template <class P>
int own_MPI_Win_create_errhandler(void* function, void* errhandler) {
  return create_c_error_handler<P, HandleClass::win>(Procedure::MPI_Win_create_errhandler, function, errhandler);
}
template <class P>
int own_MPI_File_create_errhandler(void* function, void* errhandler) {
  return create_c_error_handler<P, HandleClass::file>(Procedure::MPI_File_create_errhandler, function, errhandler);
}
template <class P>
int own_MPI_Session_create_errhandler(void* function, void* errhandler) {
  return create_c_error_handler<P, HandleClass::session>(Procedure::MPI_Session_create_errhandler, function, errhandler);
}

// ---- attributes

// A handle as the other languages have it.
template <class P, HandleClass kKind>
int language_object(Word front) {
  if constexpr (P::Front::kName == AbiName::mpich) return static_cast<int>(front);
  return integer_of_handle(P::Front::kName, kKind, front);
}

template <class P, HandleClass kKind>
int call_copy(Word object, int keyval, void* state, void* value, void* copied, int* flag) {
  const auto& given = *static_cast<const KeyvalState*>(state);
  auto*& copy = *static_cast<void**>(copied);
  const auto* fortran = is_fortran_attribute(value) ? static_cast<const FortranAttribute*>(value) : nullptr;
  int code = 0;
  if (is_null_function(given.copy)) {
    *flag = 0;
    return 0;
  }
  const Word back = P::Back::handle_bytes(kKind) == 4 ? object & 0xffffffff : object;
  const Word front = P::template out<kKind>(back);
  if (is_duplicate_function(given.copy)) {
    copy = fortran != nullptr ? reinterpret_cast<void*>(fortran->value) : value;
    *flag = 1;
  } else if (given.copy_proxy != nullptr) {
    void* plain = fortran != nullptr ? reinterpret_cast<void*>(fortran->value) : value;
    const int type = fortran != nullptr ? static_cast<int>(fortran->type) : kPointerAttribute;
    code = given.copy_proxy(given.copy, language_object<P, kKind>(front), P::keyval_out(keyval), given.extra, type, plain, &copy,
                            flag);
  } else {
    fortran = nullptr;   // a function of C gives a value of C
    code = reinterpret_cast<int (*)(Word, int, void*, void*, void*, int*)>(given.copy)(
        front, P::keyval_out(keyval), given.extra, value, copied, flag);
  }
  if (fortran != nullptr && code == 0 && *flag != 0) {
    copy = make_fortran_attribute(reinterpret_cast<std::int64_t>(copy), static_cast<int>(fortran->type));
    if (copy == nullptr) return P::code_to_back(P::front_error(P::kErrNoMemory));
  }
  return P::code_to_back(code);
}

template <class P, HandleClass kKind>
int call_delete(Word object, int keyval, void* value, void* state) {
  const auto& given = *static_cast<const KeyvalState*>(state);
  auto* fortran = is_fortran_attribute(value) ? static_cast<FortranAttribute*>(value) : nullptr;
  const Word back = P::Back::handle_bytes(kKind) == 4 ? object & 0xffffffff : object;
  int code = 0;
  if (is_null_function(given.remove)) {
  } else if (given.remove_proxy != nullptr) {
    void* plain = fortran != nullptr ? reinterpret_cast<void*>(fortran->value) : value;
    const int type = fortran != nullptr ? static_cast<int>(fortran->type) : kPointerAttribute;
    code = given.remove_proxy(given.remove, language_object<P, kKind>(P::template out<kKind>(back)),
                              P::keyval_out(keyval), type, plain, given.extra);
  } else {
    const auto function = reinterpret_cast<int (*)(Word, int, void*, void*)>(given.remove);
    code = function(P::template out<kKind>(back), P::keyval_out(keyval), value, given.extra);
  }
  if (fortran != nullptr && code == 0) free_fortran_attribute(fortran);
  return P::code_to_back(code);
}

template <class P, HandleClass kKind>
int create_keyval(Procedure procedure, void* copy, void* remove, int* keyval, void* extra) {
  KeyvalState* state = keyval_state({copy, remove, extra, nullptr, nullptr});
  if (state == nullptr) return P::front_error(P::kErrNoMemory);
  t_last_made.keyval = state;
  const int code = backend_function<int (*)(void*, void*, int*, void*)>(procedure)(
      reinterpret_cast<void*>(&call_copy<P, kKind>), reinterpret_cast<void*>(&call_delete<P, kKind>), keyval, state);
  if (code == 0 && keyval != nullptr) *keyval = P::keyval_out(*keyval);
  return P::code(code);
}
template <class P>
int own_MPI_Comm_create_keyval(void* copy, void* remove, int* keyval, void* extra) {
  return create_keyval<P, HandleClass::comm>(Procedure::MPI_Comm_create_keyval, copy, remove, keyval, extra);
}
template <class P>
int own_MPI_Keyval_create(void* copy, void* remove, int* keyval, void* extra) {
  return create_keyval<P, HandleClass::comm>(Procedure::MPI_Comm_create_keyval, copy, remove, keyval, extra);
}
template <class P>
int own_MPI_Win_create_keyval(void* copy, void* remove, int* keyval, void* extra) {
  return create_keyval<P, HandleClass::win>(Procedure::MPI_Win_create_keyval, copy, remove, keyval, extra);
}
template <class P>
int own_MPI_Type_create_keyval(void* copy, void* remove, int* keyval, void* extra) {
  return create_keyval<P, HandleClass::datatype>(Procedure::MPI_Type_create_keyval, copy, remove, keyval, extra);
}

// ---- generalized requests


// Functions of Fortran return their code through one more argument.
template <class P, class... Arguments>
int call_greq(const GrequestState& given, void* function, Arguments... arguments) {
  if (!given.fortran) return reinterpret_cast<int (*)(void*, Arguments...)>(function)(given.extra, arguments...);
  int code = 0;
  reinterpret_cast<void (*)(void*, Arguments..., int*)>(function)(given.extra, arguments..., &code);
  return code;
}

template <class P>
int call_query(void* state, void* status) {
  const auto& given = *static_cast<const GrequestState*>(state);
  auto& back = *static_cast<typename P::Back::Status*>(status);
  typename P::Front::Status front{};
  P::status_out(back, front);
  const int code = call_greq<P>(given, given.query, &front);
  const int error = back.error;   // the caller's, whatever the function has put there
  P::status_in(front, back);
  back.error = error;
  return P::code_to_back(code);
}
template <class P>
int call_free(void* state) {
  auto* given = static_cast<GrequestState*>(state);
  const int code = call_greq<P>(*given, given->free);
  std::free(given);
  return P::code_to_back(code);
}
template <class P>
int call_cancel(void* state, int complete) {
  const auto& given = *static_cast<const GrequestState*>(state);
  if (given.fortran) return P::code_to_back(call_greq<P>(given, given.cancel, &complete));
  return P::code_to_back(call_greq<P>(given, given.cancel, complete));
}

template <class P>
int own_MPI_Grequest_start(void* query, void* free_function, void* cancel, void* extra, void* request) {
  auto* state = static_cast<GrequestState*>(std::malloc(sizeof(GrequestState)));
  if (state == nullptr) return P::front_error(P::kErrNoMemory);
  *state = {query, free_function, cancel, extra, false};
  t_last_made.grequest = state;
  OutHandle<P, HandleClass::request> request_over(request);
  const int code = backend_function<int (*)(void*, void*, void*, void*, void*)>(Procedure::MPI_Grequest_start)(
      reinterpret_cast<void*>(&call_query<P>), reinterpret_cast<void*>(&call_free<P>),
      reinterpret_cast<void*>(&call_cancel<P>), state, request_over.place());
  if (code != 0) std::free(state);
  request_over.finish();
  return P::code(code);
}
template <class P>
int own_MPIX_Grequest_start(void*, void*, void*, void*, void*, void*, void*) {
  return refuse<P>(Procedure::MPIX_Grequest_start);
}
template <class P>
int own_MPIX_Grequest_class_create(void*, void*, void*, void*, void*, void*) {
  return refuse<P>(Procedure::MPIX_Grequest_class_create);
}

// ---- data representations

struct DatarepState {
  void *read, *write, *extent, *extra;
};

template <class P, class Count, bool kRead>
int call_conversion(void* user, Word datatype, Count count, void* file, std::int64_t position, void* state) {
  const auto& given = *static_cast<const DatarepState*>(state);
  const auto function = reinterpret_cast<int (*)(void*, Word, Count, void*, std::int64_t, void*)>(
      kRead ? given.read : given.write);
  const Word back = P::Back::handle_bytes(HandleClass::datatype) == 4 ? datatype & 0xffffffff : datatype;
  return P::code_to_back(
      function(user, P::template out<HandleClass::datatype>(back), count, file, position, given.extra));
}
template <class P>
int call_extent(Word datatype, std::int64_t* extent, void* state) {
  const auto& given = *static_cast<const DatarepState*>(state);
  const Word back = P::Back::handle_bytes(HandleClass::datatype) == 4 ? datatype & 0xffffffff : datatype;
  return P::code_to_back(reinterpret_cast<int (*)(Word, std::int64_t*, void*)>(given.extent)(
      P::template out<HandleClass::datatype>(back), extent, given.extra));
}

// Representations live as long as the process, so that their record does too.
template <class P, class Count>
int register_datarep(Procedure procedure, const void* name, void* read, void* write, void* extent, void* extra) {
  auto* state = static_cast<DatarepState*>(std::malloc(sizeof(DatarepState)));
  if (state == nullptr) return P::front_error(P::kErrNoMemory);
  *state = {read, write, extent, extra};
  void* const no_read = read == nullptr ? nullptr : reinterpret_cast<void*>(&call_conversion<P, Count, true>);
  void* const no_write = write == nullptr ? nullptr : reinterpret_cast<void*>(&call_conversion<P, Count, false>);
  return P::code(backend_function<int (*)(const void*, void*, void*, void*, void*)>(procedure)(
      name, no_read, no_write, reinterpret_cast<void*>(&call_extent<P>), state));
}
template <class P>
int own_MPI_Register_datarep(const void* name, void* read, void* write, void* extent, void* extra) {
  return register_datarep<P, int>(Procedure::MPI_Register_datarep, name, read, write, extent, extra);
}
template <class P>
int own_MPI_Register_datarep_c(const void* name, void* read, void* write, void* extent, void* extra) {
  return register_datarep<P, std::int64_t>(Procedure::MPI_Register_datarep_c, name, read, write, extent, extra);
}

}  // namespace tulkki
