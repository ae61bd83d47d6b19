// SPDX-License-Identifier: Apache-2.0
// What the Fortran and C++ libraries of MPICH (libmpichfort, libmpichcxx) and the C++ library of Open MPI (libmpi_cxx)
// call in their MPI library besides MPI procedures. It is for us when the program is translated, and for the library
// itself otherwise.
#include "translator/language_bindings.h"

#include <dlfcn.h>

#include "translator/callbacks.h"

namespace tulkki {
namespace {

enum Kind { kComm, kDatatype, kWin };

template <class Function>
Function library_function(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

constexpr int kErrOther = 16;   // of a library that has gone away

using Get = int (*)(int object, int keyval, void** value, int* flag, int type);
using Set = int (*)(int object, int keyval, void* value, int type);

int get_attribute(Kind kind, const char* name, int object, int keyval, void** value, int* flag, int type) {
  if (g_language_bindings != nullptr)
    return g_language_bindings->get_attribute[kind](static_cast<std::uint32_t>(object), keyval, value, flag, type);
  const auto function = library_function<Get>(name);
  return function == nullptr ? kErrOther : function(object, keyval, value, flag, type);
}

int set_attribute(Kind kind, const char* name, int object, int keyval, void* value, int type) {
  if (g_language_bindings != nullptr)
    return g_language_bindings->set_attribute[kind](static_cast<std::uint32_t>(object), keyval, value, type);
  const auto function = library_function<Set>(name);
  return function == nullptr ? kErrOther : function(object, keyval, value, type);
}

}  // namespace

#define TULKKI_EXPORT extern "C" __attribute__((visibility("default")))

TULKKI_EXPORT int MPII_Comm_get_attr(int comm, int keyval, void** value, int* flag, int type) {
  return get_attribute(kComm, "MPII_Comm_get_attr", comm, keyval, value, flag, type);
}
TULKKI_EXPORT int MPII_Type_get_attr(int datatype, int keyval, void** value, int* flag, int type) {
  return get_attribute(kDatatype, "MPII_Type_get_attr", datatype, keyval, value, flag, type);
}
TULKKI_EXPORT int MPII_Win_get_attr(int win, int keyval, void** value, int* flag, int type) {
  return get_attribute(kWin, "MPII_Win_get_attr", win, keyval, value, flag, type);
}
TULKKI_EXPORT int MPII_Comm_set_attr(int comm, int keyval, void* value, int type) {
  return set_attribute(kComm, "MPII_Comm_set_attr", comm, keyval, value, type);
}
TULKKI_EXPORT int MPII_Type_set_attr(int datatype, int keyval, void* value, int type) {
  return set_attribute(kDatatype, "MPII_Type_set_attr", datatype, keyval, value, type);
}
TULKKI_EXPORT int MPII_Win_set_attr(int win, int keyval, void* value, int type) {
  return set_attribute(kWin, "MPII_Win_set_attr", win, keyval, value, type);
}

// The next four come right after the call that made the object.
TULKKI_EXPORT void MPII_Keyval_set_proxy(int keyval, CopyProxy copy, DeleteProxy remove) {
  if (g_language_bindings == nullptr) {
    const auto function = library_function<void (*)(int, CopyProxy, DeleteProxy)>("MPII_Keyval_set_proxy");
    if (function != nullptr) function(keyval, copy, remove);
  } else if (t_last_made.keyval != nullptr) {
    t_last_made.keyval->copy_proxy = copy;
    t_last_made.keyval->remove_proxy = remove;
  }
}

TULKKI_EXPORT void MPII_Grequest_set_lang_f77(int request) {
  if (g_language_bindings == nullptr) {
    const auto function = library_function<void (*)(int)>("MPII_Grequest_set_lang_f77");
    if (function != nullptr) function(request);
  } else if (t_last_made.grequest != nullptr) {
    t_last_made.grequest->fortran = true;
  }
}

TULKKI_EXPORT void MPII_Op_set_cxx(int op, CxxOperation call) {
  if (g_language_bindings == nullptr) {
    const auto function = library_function<void (*)(int, CxxOperation)>("MPII_Op_set_cxx");
    if (function != nullptr) function(op, call);
  } else if (t_last_made.operation != nullptr) {
    t_last_made.operation->cxx = call;
  }
}

TULKKI_EXPORT void MPII_Errhandler_set_cxx(int errhandler, CxxErrorHandler call) {
  if (g_language_bindings == nullptr) {
    const auto function = library_function<void (*)(int, CxxErrorHandler)>("MPII_Errhandler_set_cxx");
    if (function != nullptr) function(errhandler, call);
  } else {
    set_cxx_error_handler(t_last_made.error_function, call);
  }
}

// ---- Open MPI's C++ library; `language` of error handlers: 0 C, 1 C++, 2 Fortran

TULKKI_EXPORT int ompi_attr_create_keyval(int type, void* copy, void* remove, int* keyval, void* extra, int flags,
                                          void* bindings) {
  if (g_openmpi_cxx_bindings != nullptr)
    return g_openmpi_cxx_bindings->create_keyval(type, copy, remove, keyval, extra);
  using Create = int (*)(int, void*, void*, int*, void*, int, void*);
  const auto function = library_function<Create>("ompi_attr_create_keyval");
  return function == nullptr ? kErrOther : function(type, copy, remove, keyval, extra, flags, bindings);
}

TULKKI_EXPORT void* ompi_errhandler_create(int type, void* handler, int language) {
  if (g_openmpi_cxx_bindings != nullptr) return g_openmpi_cxx_bindings->create_error_handler(type, handler);
  const auto function = library_function<void* (*)(int, void*, int)>("ompi_errhandler_create");
  return function == nullptr ? nullptr : function(type, handler, language);
}

TULKKI_EXPORT void ompi_op_set_cxx_callback(void* op, void* callback) {
  if (g_openmpi_cxx_bindings != nullptr) return g_openmpi_cxx_bindings->set_operation(op, callback);
  const auto function = library_function<void (*)(void*, void*)>("ompi_op_set_cxx_callback");
  if (function != nullptr) function(op, callback);
}

// Looks into the communicator.
TULKKI_EXPORT int ompi_cxx_comm_get_type(void* comm) {
  if (g_openmpi_cxx_bindings != nullptr)
    return g_openmpi_cxx_bindings->communicator_type(reinterpret_cast<std::uint64_t>(comm));
  const auto function = library_function<int (*)(void*)>("ompi_cxx_comm_get_type");
  return function == nullptr ? 0 : function(comm);
}

}  // namespace tulkki
