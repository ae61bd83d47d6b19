// SPDX-License-Identifier: Apache-2.0
// Definitions of an archive as TraceCallReader needs them: names of regions and sites, and identities of
// communicators, windows and files that do not depend on the archive.
#pragma once

#include <otf2/otf2.h>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/trace_calls.h"

namespace tulkki {

// What callbacks answer so that the reader goes on.
inline constexpr OTF2_CallbackCode kOk = OTF2_CALLBACK_SUCCESS;

inline constexpr std::uint32_t kNoCall = ~std::uint32_t{0};

// Order matters: the identity of a call is built up from what was passed to it.
std::uint64_t mixed(std::uint64_t identity, std::uint64_t value);
std::uint64_t mixed(std::uint64_t identity, const std::string& text);

struct TraceCallDefinitions {
  std::vector<CallLocation> locations;
  std::vector<std::string> procedures;
  std::vector<std::uint64_t> procedure_identity;  // of their names
  std::vector<bool> completes;                    // MPI_Wait*, MPI_Test*: see TraceCall::key
  std::unordered_map<std::uint64_t, std::uint32_t> procedure_of_region;
  std::unordered_map<std::uint64_t, std::string> strings;
  // Equal for contexts of two archives with the same name, members and number among those with both.
  std::unordered_map<std::uint64_t, std::uint64_t> communicator, window, file;
  OTF2_AttributeRef site_attribute = OTF2_UNDEFINED_ATTRIBUTE;
  double ticks_per_second = 1e9;
};

// False if the library failed before the end.
bool read_call_definitions(OTF2_Reader* reader, TraceCallDefinitions& definitions);

}  // namespace tulkki
