// SPDX-License-Identifier: Apache-2.0
// The six pairs of ABIs that are translated, each compiled in a file of its own.
#pragma once

#include "translator/abi.h"
#include "translator/language_bindings.h"

namespace tulkki {

struct PairTables {
  AbiName front, back;
  void* const* translators;       // by procedure number
  void* const* fallbacks;         // where the backend lacks the procedure
  const bool* needs_no_backend;   // the translator never calls the backend's procedure of that name
  const bool* refused;            // the fallback only says that the backend lacks it
  // Fills in how a request looks to the front that several operations share. `empty`: Open MPI's object for them.
  void (*describe_shared_request)(Abi& front, void* empty);
  const LanguageBindings* language_bindings;   // null unless the front is MPICH
  // Null unless it is Open MPI.
  const FortranBinding* fortran_bindings;
  const OpenMpiCxxBindings* openmpi_cxx_bindings;
};

extern const PairTables kOpenMpiOnMpich, kOpenMpiOnStandard, kMpichOnOpenMpi, kMpichOnStandard, kStandardOnOpenMpi,
    kStandardOnMpich;

}  // namespace tulkki
