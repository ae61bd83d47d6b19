// SPDX-License-Identifier: Apache-2.0
// Call sites: from return addresses (and deeper stacks, when asked for) to the numbers in the log, with the objects
// that they lie in. Symbols are looked up after the run.
#pragma once

#include <cstdint>

namespace tulkki {

// Finds the unwinder when deeper stacks were asked for; without one, the depth becomes 1 with a line on stderr.
[[gnu::cold]] void prepare_stacks();

// Number of a call site; 0 for an unknown one. The caller holds g_process.mutex.
[[gnu::cold]] std::uint32_t site_number(const void* site);

// Identity of the stack above an MPI call, to be used in place of its return address. `caller` is that address: frames
// below it are ours. Uses the unwinder's cache; not cold, but called only when deeper stacks were asked for.
const void* stack_site(const void* caller, int depth);

}  // namespace tulkki
