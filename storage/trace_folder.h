// SPDX-License-Identifier: Apache-2.0
// The folder of a run's trace: its name, which says whose it is, and how it is removed without touching anything else.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tulkki {

// Readable, sorted by date, and distinct: lmp-20261121-103500-3f9a1c. `launch` is the run's identity, `started_at` as
// in the database.
std::string trace_folder_name(const std::string& program, std::string_view launch, std::string_view started_at);

struct TraceRemoval {
  std::uint64_t bytes = 0;  // that were (or would be) freed
  std::string left;         // why it, or a part of it, stays, in words; empty: all of it goes
};

// Removes an archive (`anchor` is its *.otf2) and its folder where nothing else is in it. Only what Tulkki wrote: the
// folder must have the run's trace_folder_name() (a number may follow); links are not followed, other files stay.
TraceRemoval remove_trace(const std::string& anchor, const std::string& folder_name);

// The same without removing anything.
TraceRemoval describe_trace(const std::string& anchor, const std::string& folder_name);

}  // namespace tulkki
