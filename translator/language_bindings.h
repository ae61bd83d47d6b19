// SPDX-License-Identifier: Apache-2.0
// What the fronts' own Fortran and C++ libraries need of their MPI library beyond the standard. MPICH's say that a
// callback is to be called in another way, and that an attribute's value is a number of Fortran's; Open MPI's Fortran
// library looks into objects, so that some of its procedures are ours. MPI-5.0: 19.3.7.
#pragma once

#include <cstdint>

namespace tulkki {

// MPIR_Attr_type of MPICH 3 and 4.
enum AttributeType : int { kPointerAttribute = 0, kAddressSizedAttribute = 1, kIntegerAttribute = 3 };

// A value that was set in Fortran. Its address is what the backend keeps, and what C programs get.
struct FortranAttribute {
  std::int64_t value;
  std::int64_t type;
};
// Null without memory.
[[gnu::cold]] FortranAttribute* make_fortran_attribute(std::int64_t value, int type);
[[gnu::cold]] void free_fortran_attribute(void* value);
[[gnu::cold]] bool is_fortran_attribute(const void* value);

// How MPICH's libraries have the callbacks of attributes called.
using CopyProxy = int (*)(void* function, int object, int keyval, void* extra, int type, void* value, void** copied,
                          int* flag);
using DeleteProxy = int (*)(void* function, int object, int keyval, int type, void* value, void* extra);
using CxxOperation = void (*)(void* in, void* inout, int length, int datatype, void* function);
using CxxErrorHandler = void (*)(int kind, void* object, int* code, void* function);

struct KeyvalState;
struct OperationFunction;
struct GrequestState;
// What this thread has made last: the libraries say what it is right afterwards.
struct LastMade {
  KeyvalState* keyval;
  OperationFunction* operation;
  GrequestState* grequest;
  const void* error_function;
};
extern thread_local LastMade t_last_made;

[[gnu::cold]] void set_cxx_error_handler(const void* function, CxxErrorHandler call);
// Null for functions of C.
[[gnu::cold]] CxxErrorHandler cxx_error_handler(const void* function);
// MPICH's library for C++ calls the error handler itself for every code that a procedure returns; MPICH returns none after
// a handler from C++. Has one been called on this thread since this was asked last?
[[gnu::cold]] void note_cxx_error_handler_call();
[[gnu::cold]] bool take_cxx_error_handler_call();

// By kind of object: communicators, datatypes, windows. Null where the front is not MPICH.
struct LanguageBindings {
  int (*get_attribute[3])(std::uint64_t object, int keyval, void** value, int* flag, int type);
  int (*set_attribute[3])(std::uint64_t object, int keyval, void* value, int type);
};
extern const LanguageBindings* g_language_bindings;

struct FortranBinding {
  const char* name;   // in lower case
  void* function;
};
extern const FortranBinding* g_fortran_bindings;   // ends with a null name; null where the front is not Open MPI
// Ours for the symbol of a Fortran procedure in any spelling; null where the front's own library serves.
[[gnu::cold]] void* own_fortran_binding(const char* symbol);

// Of Open MPI's C++ library; null where the front is not Open MPI.
struct OpenMpiCxxBindings {
  int (*create_keyval)(int type, void* copy, void* remove, int* keyval, void* extra);
  void* (*create_error_handler)(int type, void* function);
  void (*set_operation)(void* op, const void* function);
  int (*communicator_type)(std::uint64_t comm);
};
extern const OpenMpiCxxBindings* g_openmpi_cxx_bindings;

}  // namespace tulkki
