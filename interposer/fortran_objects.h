// SPDX-License-Identifier: Apache-2.0
// Our bindings for what Open MPI's Fortran library cannot do with translated handles.
#pragma once

namespace tulkki {

// For the symbol of a Fortran procedure in any spelling; null where the front's own library serves.
[[gnu::cold]] void* fortran_object_binding(const char* symbol);

}  // namespace tulkki
