// SPDX-License-Identifier: Apache-2.0
// The backend library underneath a translation: its functions by procedure, and a way to say a line to the user.
#pragma once

#include "tulkki/procedures.h"

namespace tulkki {

// The library's own (PMPI_) functions; null where it lacks one.
extern void* g_backend_functions[static_cast<int>(Procedure::count)];
// Says one line on stderr; set by whoever starts the translation.
extern void (*g_report)(const char* line);

template <class Function>
inline Function backend_function(Procedure procedure) {
  return reinterpret_cast<Function>(g_backend_functions[static_cast<int>(procedure)]);
}

inline bool backend_has(Procedure procedure) {
  return g_backend_functions[static_cast<int>(procedure)] != nullptr;
}

}  // namespace tulkki
