// SPDX-License-Identifier: Apache-2.0
// Start and end of recording in a process.
#pragma once

#include "interposer/recorder.h"

namespace tulkki {

// At the first MPI call: finds the library, reads the options, creates the log. Afterwards mode is no longer `fresh`.
[[gnu::cold]] void start_process(const void* site);

// MPI_Init, MPI_Init_thread or the first session came back with success.
[[gnu::cold]] void process_initialized(const Call& call, bool world);
// MPI_Finalize is about to be called / has come back.
[[gnu::cold]] void process_finalizing();
[[gnu::cold]] void process_finalized(const Call& call);
// A session has ended; the last one is the end of MPI in a process that never called MPI_Init.
[[gnu::cold]] void session_finalized(const Call& call);
[[gnu::cold]] void process_aborting(int code);

}  // namespace tulkki
