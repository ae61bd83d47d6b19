// SPDX-License-Identifier: Apache-2.0
// The program's functions as the backend may call them. Functions that carry no state of the program's (reductions, error
// handlers) get a few instructions of code each, made once for a function however often it is used, so that nothing
// is ever to be given back while the backend may still call it. The others carry a record in their extra state.
#pragma once

#include <cstdint>

namespace tulkki {

// A function for the backend that calls `target` with its own first four arguments and `function` as the fifth. The
// same pair of arguments gives the same result; null when there is no memory for code.
[[gnu::cold]] void* trampoline(void* target, void* function);

// What the extra state of an attribute's callbacks becomes.
struct KeyvalState {
  void* copy;
  void* remove;
  void* extra;
};
// One record for equal contents; never freed.
[[gnu::cold]] KeyvalState* keyval_state(const KeyvalState& wanted);

// The front's predefined copy and delete functions: those that do nothing, and those that copy the value.
bool is_null_function(const void* function);
bool is_duplicate_function(const void* function);
// Finds them for a front; at start.
[[gnu::cold]] void find_attribute_functions(bool openmpi, bool mpich);

}  // namespace tulkki
