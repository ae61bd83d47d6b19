// SPDX-License-Identifier: Apache-2.0
#include "storage/trace_call_definitions.h"

#include <algorithm>
#include <map>
#include <memory>

namespace tulkki {
namespace {

struct Context {
  std::uint64_t id;
  std::uint64_t name;
  std::uint64_t groups[2] = {OTF2_UNDEFINED_GROUP, OTF2_UNDEFINED_GROUP};
};

// As read; references are followed only at the end, since definitions may come in any order.
struct Raw {
  TraceCallDefinitions* result;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> regions, attributes;  // id, name
  std::vector<std::pair<std::uint64_t, std::uint64_t>> windows;              // id, communicator
  std::vector<std::pair<std::uint64_t, std::uint64_t>> files;                // id, name
  std::vector<std::pair<std::uint64_t, std::uint64_t>> location_groups;      // id, name
  struct Location {
    std::uint64_t id, events, group;
  };
  std::vector<Location> locations;
  std::vector<Context> communicators;
  std::unordered_map<std::uint64_t, std::vector<std::uint64_t>> groups;
};

Raw& raw_of(void* user) { return *static_cast<Raw*>(user); }

void register_callbacks(OTF2_GlobalDefReaderCallbacks* callbacks) {
  OTF2_GlobalDefReaderCallbacks_SetClockPropertiesCallback(
      callbacks, [](void* user, std::uint64_t resolution, std::uint64_t, std::uint64_t, std::uint64_t) {
        if (resolution > 0) raw_of(user).result->ticks_per_second = static_cast<double>(resolution);
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetStringCallback(callbacks, [](void* user, OTF2_StringRef self, const char* text) {
    raw_of(user).result->strings.emplace(self, text);
    return kOk;
  });
  OTF2_GlobalDefReaderCallbacks_SetAttributeCallback(
      callbacks, [](void* user, OTF2_AttributeRef self, OTF2_StringRef name, OTF2_StringRef, OTF2_Type) {
        raw_of(user).attributes.emplace_back(self, name);
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetRegionCallback(
      callbacks, [](void* user, OTF2_RegionRef self, OTF2_StringRef name, OTF2_StringRef, OTF2_StringRef,
                    OTF2_RegionRole, OTF2_Paradigm, OTF2_RegionFlag, OTF2_StringRef, std::uint32_t, std::uint32_t) {
        raw_of(user).regions.emplace_back(self, name);
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetLocationGroupCallback(
      callbacks, [](void* user, OTF2_LocationGroupRef self, OTF2_StringRef name, OTF2_LocationGroupType,
                    OTF2_SystemTreeNodeRef, OTF2_LocationGroupRef) {
        raw_of(user).location_groups.emplace_back(self, name);
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetLocationCallback(
      callbacks, [](void* user, OTF2_LocationRef self, OTF2_StringRef, OTF2_LocationType type, std::uint64_t events,
                    OTF2_LocationGroupRef group) {
        if (type == OTF2_LOCATION_TYPE_CPU_THREAD) raw_of(user).locations.push_back({self, events, group});
        return kOk;
      });
}

void register_contexts(OTF2_GlobalDefReaderCallbacks* callbacks) {
  OTF2_GlobalDefReaderCallbacks_SetGroupCallback(
      callbacks, [](void* user, OTF2_GroupRef self, OTF2_StringRef, OTF2_GroupType, OTF2_Paradigm, OTF2_GroupFlag,
                    std::uint32_t count, const std::uint64_t* members) {
        raw_of(user).groups[self].assign(members, members + count);
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetCommCallback(callbacks, [](void* user, OTF2_CommRef self, OTF2_StringRef name,
                                                              OTF2_GroupRef group, OTF2_CommRef, OTF2_CommFlag) {
    raw_of(user).communicators.push_back({self, name, {group, OTF2_UNDEFINED_GROUP}});
    return kOk;
  });
  OTF2_GlobalDefReaderCallbacks_SetInterCommCallback(
      callbacks, [](void* user, OTF2_CommRef self, OTF2_StringRef name, OTF2_GroupRef first, OTF2_GroupRef second,
                    OTF2_CommRef, OTF2_CommFlag) {
        raw_of(user).communicators.push_back({self, name, {first, second}});
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetRmaWinCallback(
      callbacks, [](void* user, OTF2_RmaWinRef self, OTF2_StringRef, OTF2_CommRef communicator, OTF2_RmaWinFlag) {
        raw_of(user).windows.emplace_back(self, communicator);
        return kOk;
      });
  OTF2_GlobalDefReaderCallbacks_SetIoHandleCallback(
      callbacks, [](void* user, OTF2_IoHandleRef self, OTF2_StringRef name, OTF2_IoFileRef, OTF2_IoParadigmRef,
                    OTF2_IoHandleFlag, OTF2_CommRef, OTF2_IoHandleRef) {
        raw_of(user).files.emplace_back(self, name);
        return kOk;
      });
}

const std::string& string_of(const TraceCallDefinitions& definitions, std::uint64_t id) {
  static const std::string kEmpty;
  const auto found = definitions.strings.find(id);
  return found == definitions.strings.end() ? kEmpty : found->second;
}

// The n-th of those that look alike gets its own identity.
class Numbered {
 public:
  std::uint64_t operator()(std::uint64_t identity) { return mixed(identity, counts_[identity]++); }

 private:
  std::map<std::uint64_t, std::uint64_t> counts_;
};

void resolve_contexts(const Raw& raw, TraceCallDefinitions& result) {
  Numbered communicators, windows, files;
  for (const Context& context : raw.communicators) {
    std::uint64_t identity = mixed(1, string_of(result, context.name));
    for (const std::uint64_t group : context.groups) {
      const auto members = raw.groups.find(group);
      identity = mixed(identity, 2);
      if (members == raw.groups.end()) continue;
      for (const std::uint64_t member : members->second)
        identity = mixed(identity, member);
    }
    result.communicator[context.id] = communicators(identity);
  }
  for (const auto& [id, communicator] : raw.windows) {
    const auto found = result.communicator.find(communicator);
    result.window[id] = windows(mixed(3, found == result.communicator.end() ? 0 : found->second));
  }
  // A file's folder often names the run.
  for (const auto& [id, name] : raw.files) {
    const std::string& path = string_of(result, name);
    result.file[id] = files(mixed(4, path.substr(path.rfind('/') + 1)));
  }
}

void resolve_procedures(const Raw& raw, TraceCallDefinitions& result) {
  for (const auto& [id, name] : raw.regions) {
    const std::string& text = string_of(result, name);
    if (!text.starts_with("MPI_")) continue;
    result.procedure_of_region[id] = static_cast<std::uint32_t>(result.procedures.size());
    result.procedures.push_back(text);
    result.procedure_identity.push_back(mixed(5, text));
    result.completes.push_back(text.starts_with("MPI_Wait") || text.starts_with("MPI_Test") ||
                               text == "MPI_Request_free");
  }
  for (const auto& [id, name] : raw.attributes) {
    if (string_of(result, name) == "call site") result.site_attribute = static_cast<OTF2_AttributeRef>(id);
  }
}

void resolve_locations(const Raw& raw, TraceCallDefinitions& result) {
  std::map<std::uint64_t, std::uint32_t> rank_of, threads;
  for (const auto& [id, name] : raw.location_groups) {
    const std::string& text = string_of(result, name);
    const bool numbered = text.starts_with("MPI Rank ") &&
                          text.find_first_not_of("0123456789", 9) == std::string::npos && text.size() > 9;
    rank_of[id] = static_cast<std::uint32_t>(numbered ? std::stoul(text.substr(9)) : id);
  }
  for (const auto& [id, events, group] : raw.locations) {
    const auto rank = rank_of.find(group);
    if (rank != rank_of.end()) result.locations.push_back({id, rank->second, threads[group]++, events});
  }
  std::sort(result.locations.begin(), result.locations.end(),
            [](const CallLocation& left, const CallLocation& right) {
              return std::pair(left.rank, left.thread) < std::pair(right.rank, right.thread);
            });
}

}  // namespace

std::uint64_t mixed(std::uint64_t identity, std::uint64_t value) {
  // splitmix64's finish over both: equal sequences give equal numbers, others do so once in 2^64.
  std::uint64_t z = (identity ^ (value + 0x9e3779b97f4a7c15u + (identity << 6) + (identity >> 2)));
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

std::uint64_t mixed(std::uint64_t identity, const std::string& text) {
  for (const char letter : text)
    identity = mixed(identity, static_cast<unsigned char>(letter));
  return mixed(identity, text.size());
}

bool read_call_definitions(OTF2_Reader* reader, TraceCallDefinitions& definitions) {
  Raw raw{};
  raw.result = &definitions;
  OTF2_GlobalDefReader* file = OTF2_Reader_GetGlobalDefReader(reader);
  if (file == nullptr) return false;
  const std::unique_ptr<OTF2_GlobalDefReaderCallbacks, decltype(&OTF2_GlobalDefReaderCallbacks_Delete)> callbacks(
      OTF2_GlobalDefReaderCallbacks_New(), &OTF2_GlobalDefReaderCallbacks_Delete);
  register_callbacks(callbacks.get());
  register_contexts(callbacks.get());
  OTF2_Reader_RegisterGlobalDefCallbacks(reader, file, callbacks.get(), &raw);
  std::uint64_t read = 0;
  const bool whole = OTF2_Reader_ReadAllGlobalDefinitions(reader, file, &read) == OTF2_SUCCESS;
  OTF2_Reader_CloseGlobalDefReader(reader, file);
  resolve_contexts(raw, definitions);
  resolve_procedures(raw, definitions);
  resolve_locations(raw, definitions);
  return whole;
}

}  // namespace tulkki
