// SPDX-License-Identifier: Apache-2.0
// How much of the machine this process and its host had: what tells whether a timing is worth anything. Read from the
// kernel at the start and the end of recording and with every new chunk, never inside of a call's interval.
#pragma once

#include "storage/raw_format.h"

namespace tulkki {

// Stores what this process used so far: the first time as the header's load_start, then as load_latest until
// MPI_Finalize has returned. A few microseconds: getrusage and one file.
[[gnu::cold]] void refresh_process_load(raw::FileHeader& header);

// Does nothing but in the first process of a host, or where the launcher does not tell which is the first.
[[gnu::cold]] void read_host_load(raw::HostLoad& load);

// Defines `affinity`, the list of processors that this process may use, when it is not what was defined before: some
// MPIs bind their processes in MPI_Init. The caller holds g_process.mutex.
[[gnu::cold]] void define_affinity();

// Defines `governor` and `frequency_driver` where there are such, in the first process of a host. The caller holds
// g_process.mutex.
[[gnu::cold]] void define_governor();

}  // namespace tulkki
