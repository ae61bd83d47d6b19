// SPDX-License-Identifier: Apache-2.0
// The program's functions as the backend may call them. Functions that carry no state of the program's (reductions, error
// handlers) get a few instructions of code each, made once for a function however often it is used, so that nothing
// is ever to be given back while the backend may still call it. The others carry a record in their extra state.
#pragma once

#include <cstddef>
#include <cstdint>

#include "translator/language_bindings.h"

namespace tulkki {

// A function for the backend that calls `target` with its own first four arguments and `function` as the fifth. The
// same pair of arguments gives the same result; null when there is no memory for code.
[[gnu::cold]] void* trampoline(void* target, void* function);

// Open MPI's Fortran library marks an operation as Fortran's by writing into the object behind its handle, so that
// operations of an Open MPI front are objects: the backend's handle first, as in predefined ones, and room for the mark.
struct alignas(16) OperationObject {
  std::uint64_t back;
  OperationObject* next_free;
  const void* function;
  int commutes;
  char unused[56];
  std::uint32_t marks;   // at the offset of o_flags in ompi_op_t, Open MPI 4.1
  static constexpr std::uint32_t kFortran = 2;
};
[[gnu::cold]] OperationObject* make_operation(const void* function);
// It may be read until much later: operations may be freed while they are in use.
[[gnu::cold]] void free_operation(OperationObject* object);

// What the backend is given for a reduction with a function of the program's: one for each function, for good.
struct OperationFunction {
  std::uint64_t function;
  const OperationObject* latest;   // made with it; null where operations are no objects
  CxxOperation cxx;                // calls the function, which is one of C++; null for others
  bool fortran;

  // Its last argument is a Fortran handle then.
  bool from_fortran() {
    if (!fortran && latest != nullptr && latest->function == reinterpret_cast<const void*>(function) &&
        (latest->marks & OperationObject::kFortran) != 0)
      fortran = true;
    return fortran;
  }
};
[[gnu::cold]] OperationFunction* operation_function(const void* function);

// A function of a C++ program and the one of Open MPI's C++ library that calls it: one record for both, for good.
struct CxxOperationFunction {
  std::uint64_t function, library_function;
};
[[gnu::cold]] const CxxOperationFunction* cxx_operation_function(const void* function, const void* library_function);

// Error handlers of Open MPI's C++ library are objects, too: it writes into them. They are never freed: the backend may
// still have them in use.
struct ErrhandlerObject {
  std::uint64_t back;
  void* function;
  ErrhandlerObject* older;
  char unused[96];
  void (*dispatch)(void* object, int* code, const char* message, void* function);   // at eh_cxx_dispatch_fn, 4.1
};
[[gnu::cold]] ErrhandlerObject* make_errhandler_object(void* function);
// The newest with this handle of the backend; null when C made it.
[[gnu::cold]] const ErrhandlerObject* find_errhandler_object(std::uint64_t back);

// What the extra state of an attribute's callbacks becomes.
struct KeyvalState {
  void* copy;
  void* remove;
  void* extra;
  CopyProxy copy_proxy;       // null for functions of C
  DeleteProxy remove_proxy;
};
// One record for equal functions and extra state; never freed.
[[gnu::cold]] KeyvalState* keyval_state(const KeyvalState& wanted);

// What the extra state of a generalized request's functions becomes; on the heap until they are called for the last time.
struct GrequestState {
  void *query, *free, *cancel, *extra;
  bool fortran;
};

// The front's predefined copy and delete functions: those that do nothing, and those that copy the value.
bool is_null_function(const void* function);
bool is_duplicate_function(const void* function);
// Finds them for a front; at start.
[[gnu::cold]] void find_attribute_functions(bool openmpi, bool mpich);

}  // namespace tulkki
