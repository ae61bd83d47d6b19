// SPDX-License-Identifier: Apache-2.0
// Keeps the backend's own MPI calls, and those of what it loads later, off the front's symbols that we export.
#pragma once

#include <cstdint>

namespace tulkki {

// Opens a backend library with all its own references bound to itself, by writing the slots of its global offset table
// (functions and data), and watches its dlopen so that its plug-ins are treated likewise. Null with dlerror() set.
void* open_isolated(const char* path);

// Did the object that is loaded at this base come with the backend? Takes no lock.
bool is_isolated(std::uintptr_t base);

}  // namespace tulkki
