// SPDX-License-Identifier: Apache-2.0
// Reads global definitions, resolves their references, and derives who belongs to which communicator.
#include "storage/check/definitions.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "storage/check/definition_reader.h"

namespace tulkki::check {

namespace {

// Paradigms of sequential code need no Paradigm record; the parallel ones do.
bool needs_declaration(std::uint64_t paradigm) {
  switch (paradigm) {
    case OTF2_PARADIGM_UNKNOWN:
    case OTF2_PARADIGM_USER:
    case OTF2_PARADIGM_COMPILER:
    case OTF2_PARADIGM_MEASUREMENT_SYSTEM:
    case OTF2_PARADIGM_HARDWARE:
    case OTF2_PARADIGM_SAMPLING:
    case OTF2_PARADIGM_NONE:
      return false;
    default:
      return true;
  }
}

// A finding in the definitions has no place but its own text.
Example in_definitions(std::string text) { return {{}, std::move(text)}; }

}  // namespace

const char* name(Table table) {
  static constexpr const char* kNames[] = {"string",
                                           "attribute",
                                           "system tree node",
                                           "location group",
                                           "location",
                                           "region",
                                           "call site",
                                           "call path",
                                           "group",
                                           "metric member",
                                           "metric",
                                           "communicator",
                                           "parameter",
                                           "window",
                                           "Cartesian dimension",
                                           "Cartesian topology",
                                           "source code location",
                                           "calling context",
                                           "interrupt generator",
                                           "file",
                                           "file handle",
                                           "file paradigm",
                                           "paradigm"};
  static_assert(std::size(kNames) == std::size_t(Table::count));
  return kNames[std::size_t(table)];
}

std::uint64_t undefined_id(Table table) {
  if (table == Table::location) return OTF2_UNDEFINED_LOCATION;
  if (table == Table::io_paradigm) return OTF2_UNDEFINED_IO_PARADIGM;
  return OTF2_UNDEFINED_UINT32;
}

bool referred(OTF2_Type type, const OTF2_AttributeValue& value, Table* table, std::uint64_t* id) {
  switch (type) {
    case OTF2_TYPE_STRING:
      *table = Table::string;
      break;
    case OTF2_TYPE_ATTRIBUTE:
      *table = Table::attribute;
      break;
    case OTF2_TYPE_LOCATION:
      *table = Table::location;
      break;
    case OTF2_TYPE_REGION:
      *table = Table::region;
      break;
    case OTF2_TYPE_GROUP:
      *table = Table::group;
      break;
    case OTF2_TYPE_METRIC:
      *table = Table::metric;
      break;
    case OTF2_TYPE_COMM:
      *table = Table::comm;
      break;
    case OTF2_TYPE_PARAMETER:
      *table = Table::parameter;
      break;
    case OTF2_TYPE_RMA_WIN:
      *table = Table::rma_win;
      break;
    case OTF2_TYPE_SOURCE_CODE_LOCATION:
      *table = Table::source_code_location;
      break;
    case OTF2_TYPE_CALLING_CONTEXT:
      *table = Table::calling_context;
      break;
    case OTF2_TYPE_INTERRUPT_GENERATOR:
      *table = Table::interrupt_generator;
      break;
    case OTF2_TYPE_IO_FILE:
      *table = Table::io_file;
      break;
    case OTF2_TYPE_IO_HANDLE:
      *table = Table::io_handle;
      break;
    case OTF2_TYPE_LOCATION_GROUP:
      *table = Table::location_group;
      break;
    default:
      return false;
  }
  *id = type == OTF2_TYPE_LOCATION ? value.locationRef : value.stringRef;
  return true;
}

std::uint32_t Communicator::position_of(std::uint32_t process) const {
  auto found = std::lower_bound(position.begin(), position.end(), std::pair{process, std::uint32_t{0}});
  return found != position.end() && found->first == process ? found->second : kNoIndex;
}

void DefinitionReader::begin(const char* owner_name, Table table, std::uint64_t id) {
  owner_name_ = owner_name;
  owner_table_ = table;
  owner_id_ = id;
  ++sequence_;
}

bool DefinitionReader::define(const char* owner_name, Table table, std::uint64_t id) {
  begin(owner_name, table, id);
  if (definitions.ids[std::size_t(table)].insert(id, sequence_)) return true;
  findings.add(Kind::duplicate_definition,
               [&] { return in_definitions(fmt::format("{} {} is defined again", owner_name, id)); });
  return false;
}

void DefinitionReader::annotate(const char* owner_name, Table table, std::uint64_t id) {
  begin(owner_name, table, id);
  refer(table, id, name(table), true);
}

void DefinitionReader::refer(Table target, std::uint64_t id, const char* field, bool required) {
  if (target == Table::paradigm ? !needs_declaration(id) : !required && id == undefined_id(target)) return;
  references_.push_back({owner_name_, owner_table_, target, required, sequence_, owner_id_, id, field});
}

void DefinitionReader::refer_value(OTF2_Type type, const OTF2_AttributeValue& value) {
  Table target;
  std::uint64_t id;
  if (referred(type, value, &target, &id)) refer(target, id, "value");
}

void DefinitionReader::resolve() {
  check_references();
  check_cycles();
  resolve_names();
  resolve_locations();
  resolve_communicators();
}

void DefinitionReader::check_references() {
  IdMap<char> undeclared;  // one finding a paradigm, not one a region
  for (const Reference& reference : references_) {
    const auto describe = [&](const char* what) {
      return in_definitions(fmt::format("{} {}: its {} is {} {}, {}", reference.owner_name, reference.owner_id,
                                        reference.field, name(reference.target), reference.id, what));
    };
    const std::uint32_t* target = definitions.ids[std::size_t(reference.target)].find(reference.id);
    if (target) {
      if (*target > reference.sequence && reference.target != Table::paradigm) {
        findings.add(Kind::definition_order, [&] { return describe("which is defined only later"); });
      }
    } else if (reference.target == Table::paradigm) {
      if (undeclared.insert(reference.id, 1)) {
        findings.add(Kind::missing_paradigm, [&] { return describe("which has no Paradigm record"); });
      }
    } else if (reference.id == undefined_id(reference.target)) {
      findings.add(Kind::missing_value, [&] {
        return in_definitions(
            fmt::format("{} {} has no {}", reference.owner_name, reference.owner_id, reference.field));
      });
    } else {
      findings.add(Kind::dangling_reference, [&] { return describe("which is not defined"); });
    }
  }
}

void DefinitionReader::check_cycles() {
  // parent[table] of each definition that has one, and whether its chain is known to end.
  struct Node {
    std::uint64_t parent;
    std::uint32_t visit;
  };
  IdMap<Node> nodes[std::size_t(Table::count)];
  for (const Reference& reference : references_) {
    if (reference.owner_table == reference.target && std::string_view(reference.field) == "parent") {
      nodes[std::size_t(reference.target)].insert(reference.owner_id, {reference.id, 0});
    }
  }
  for (std::size_t table = 0; table < std::size_t(Table::count); ++table) {
    std::uint32_t visit = 0;
    for (Node& start : nodes[table].values()) {
      ++visit;
      Node* node = &start;
      while (node && node->visit == 0) {
        node->visit = visit;
        node = nodes[table].find(node->parent);
      }
      if (!node || node->visit != visit) continue;
      findings.add(Kind::tree_cycle, [&] {
        return in_definitions(fmt::format("{} {} is among its own ancestors", name(Table(table)), node->parent));
      });
    }
  }
}

std::string DefinitionReader::text_of(std::uint64_t string_id, const char* fallback, std::uint64_t id) const {
  const std::string* text = definitions.strings.find(string_id);
  return text && !text->empty() ? *text : fmt::format("{} {}", fallback, id);
}

void DefinitionReader::resolve_names() {
  for (Region& region : definitions.regions.values())
    region.name = text_of(region.name_id, "region name", region.name_id);
  for (std::size_t index = 0; index < comm_name.size(); ++index) {
    Communicator& comm = definitions.communicators.values()[index];
    comm.name = text_of(comm_name[index], "communicator", comm.id);
  }
  for (std::size_t index = 0; index < window_name.size(); ++index) {
    Window& window = definitions.windows.values()[index];
    window.name = text_of(window_name[index], "window", window.id);
  }
  for (std::size_t index = 0; index < handle_name.size(); ++index) {
    IoHandle& handle = definitions.io_handles.values()[index];
    handle.name = text_of(handle_name[index], "file handle", handle.id);
  }
}

void DefinitionReader::resolve_locations() {
  for (std::size_t index = 0; index < process_name.size(); ++index) {
    definitions.processes.values()[index] = text_of(process_name[index], "process", index);
  }
  for (std::size_t index = 0; index < location_name.size(); ++index) {
    Location& location = definitions.locations.values()[index];
    const std::string own = text_of(location_name[index], "location", location.id);
    const std::string* group = definitions.processes.find(location_group[index]);
    if (group) location.process = static_cast<std::uint32_t>(group - definitions.processes.values().data());
    location.name = group && *group != own ? *group + " / " + own : own;
  }
}

void DefinitionReader::check_group(std::uint64_t id, const Group& group) {
  const auto bad = [&](const std::string& text) {
    findings.add(Kind::bad_group, [&] { return in_definitions(fmt::format("group {} {}", id, text)); });
  };
  static constexpr Table kMembers[] = {Table::count, Table::location, Table::region, Table::metric, Table::location};
  if (group.type < std::size(kMembers) && group.type != OTF2_GROUP_TYPE_UNKNOWN) {
    for (std::uint64_t member : group.members) {
      if (definitions.has(kMembers[group.type], member)) continue;
      findings.add(Kind::dangling_reference, [&] {
        return in_definitions(
            fmt::format("group {}: member {} {} is not defined", id, name(kMembers[group.type]), member));
      });
    }
    return;
  }
  if (group.type != OTF2_GROUP_TYPE_COMM_GROUP) return;
  const std::vector<std::uint32_t>* all = definitions.comm_locations.find(group.paradigm);
  if (!all) {
    findings.add(Kind::missing_comm_locations, [&] {
      return in_definitions(fmt::format("group {} indexes a COMM_LOCATIONS group of paradigm {} that does not exist",
                                        id, group.paradigm));
    });
    return;
  }
  std::vector<std::uint64_t> sorted = group.members;
  std::sort(sorted.begin(), sorted.end());
  if (!sorted.empty() && sorted.back() >= all->size()) {
    bad(fmt::format("has member {}, but there are only {} locations to index", sorted.back(), all->size()));
  }
  auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) bad(fmt::format("has member {} more than once", *twice));
}

void DefinitionReader::resolve_communicators() {
  for (const Group& group : definitions.groups.values()) {
    if (group.type != OTF2_GROUP_TYPE_COMM_LOCATIONS) continue;
    std::vector<std::uint32_t> processes;
    for (std::uint64_t member : group.members) {
      const Location* location = definitions.locations.find(member);
      processes.push_back(location ? location->process : kNoIndex);
    }
    if (!definitions.comm_locations.insert(group.paradigm, std::move(processes))) {
      findings.add(Kind::bad_group, [&] {
        return in_definitions(fmt::format("paradigm {} has two COMM_LOCATIONS groups", group.paradigm));
      });
    }
  }
  definitions.groups.for_each([&](std::uint64_t id, const Group& group) { check_group(id, group); });
  for (Communicator& comm : definitions.communicators.values()) {
    for (int side = 0; side < (comm.inter ? 2 : 1); ++side) {
      const Group* group = definitions.groups.find(comm.group_id[side]);
      if (!group) continue;
      if (group->type == OTF2_GROUP_TYPE_COMM_SELF) comm.self = true;
      if (group->type != OTF2_GROUP_TYPE_COMM_GROUP && group->type != OTF2_GROUP_TYPE_COMM_SELF) {
        findings.add(Kind::bad_group, [&] {
          return in_definitions(
              fmt::format("communicator {} is made of group {}, which is neither a COMM_GROUP nor "
                          "COMM_SELF",
                          comm.id, comm.group_id[side]));
        });
      }
      const std::vector<std::uint32_t>* all = definitions.comm_locations.find(group->paradigm);
      if (!all || group->type != OTF2_GROUP_TYPE_COMM_GROUP) continue;
      for (std::uint64_t member : group->members) {
        comm.members[side].push_back(member < all->size() ? (*all)[member] : kNoIndex);
        comm.position.emplace_back(comm.members[side].back(), static_cast<std::uint32_t>(comm.position.size()));
      }
      comm.ranks[side] = group->global_ranks ? all : &comm.members[side];
    }
    std::sort(comm.position.begin(), comm.position.end());
  }
}

bool read_global_definitions(OTF2_Reader* reader, Definitions& definitions, Findings& findings) {
  OTF2_GlobalDefReader* file = OTF2_Reader_GetGlobalDefReader(reader);
  if (!file) return false;
  DefinitionReader collector(definitions, findings);
  std::unique_ptr<OTF2_GlobalDefReaderCallbacks, decltype(&OTF2_GlobalDefReaderCallbacks_Delete)> callbacks(
      OTF2_GlobalDefReaderCallbacks_New(), &OTF2_GlobalDefReaderCallbacks_Delete);
  register_definition_callbacks(callbacks.get());
  OTF2_Reader_RegisterGlobalDefCallbacks(reader, file, callbacks.get(), &collector);
  const OTF2_ErrorCode code = OTF2_Reader_ReadAllGlobalDefinitions(reader, file, &definitions.read);
  OTF2_Reader_CloseGlobalDefReader(reader, file);
  if (code != OTF2_SUCCESS) return false;
  collector.resolve();
  if (!definitions.has_clock || definitions.ticks_per_second == 0) {
    findings.add(Kind::missing_clock, [&] {
      return in_definitions(definitions.has_clock ? "ClockProperties gives a resolution of 0 ticks a second"
                                                  : "there is no ClockProperties record");
    });
  }
  return true;
}

}  // namespace tulkki::check
