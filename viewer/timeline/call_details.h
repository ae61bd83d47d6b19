// SPDX-License-Identifier: Apache-2.0
// A call in words: one line for the pointer, and everything that the trace knows of it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "viewer/trace/store.h"

namespace tulkki::timeline {

// "MPI_Wait, rank 3: 1.2 ms, from rank 2, tag 7, 8 bytes".
std::string call_line(const trace::TraceStore& store, trace::CallRef ref);
// Names and values, in the order of interest. Times are from `origin_ns`, the zero of the axis.
std::vector<std::pair<std::string, std::string>> call_details(const trace::TraceStore& store, trace::CallRef ref,
                                                              double origin_ns);

}  // namespace tulkki::timeline
