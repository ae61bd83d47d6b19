// SPDX-License-Identifier: Apache-2.0
// What the definitions mean: which location is which rank, who the members of a communicator are, which regions are
// MPI.
#include "viewer/trace/archive_definitions.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

namespace tulkki::trace {

namespace {

// Names whose calls happen before there is anybody to talk to.
bool is_init(const std::string& name) {
  return name.starts_with("MPI_Init") || name == "MPI_Session_init" || name == "mpi_init" || name == "MPI_Initialized";
}

}  // namespace

std::string ArchiveDefinitions::text(OTF2_StringRef reference, const std::string& otherwise) const {
  const std::string* found = strings_.find(reference);
  return found == nullptr || found->empty() ? otherwise : *found;
}

void ArchiveDefinitions::resolve_regions() {
  std::unordered_map<std::string, std::uint32_t> numbers;
  const auto number_of = [&](const std::string& name, bool mpi) {
    const auto [found, is_new] = numbers.try_emplace(name, static_cast<std::uint32_t>(model.procedures.size()));
    if (is_new) model.procedures.push_back({.name = name, .mpi = mpi, .init = is_init(name)});
    return found->second;
  };
  outside = number_of("(outside any MPI call)", false);
  // The picture numbers procedures with 16 bits; what is beyond shares one.
  constexpr std::size_t kMostProcedures = 65000;
  regions_.for_each([&](std::uint64_t id, const RegionDefinition& region) {
    const std::string name = text(region.name, "region " + std::to_string(id));
    const bool mpi = region.paradigm == OTF2_PARADIGM_MPI || name.starts_with("MPI_");
    procedures_.insert(
        id, model.procedures.size() < kMostProcedures ? number_of(name, mpi) : number_of("(further regions)", false));
  });
  attributes_.for_each([&](std::uint64_t id, OTF2_StringRef reference) {
    const std::string name = text(reference, "");
    attribute_meanings_.insert(id, name == "call site"    ? Attribute::call_site
                                   : name == "repeated"   ? Attribute::repeated
                                   : name == "error code" ? Attribute::error_code
                                                          : Attribute::other);
  });
}

// COMM_LOCATIONS of MPI lists the ranks of MPI_COMM_WORLD. Processes that it does not name come after them.
void ArchiveDefinitions::resolve_ranks() {
  groups_.for_each([&](std::uint64_t, const GroupDefinition& group) {
    if (group.type == OTF2_GROUP_TYPE_COMM_LOCATIONS && group.paradigm == OTF2_PARADIGM_MPI &&
        rank_locations_.empty()) {
      rank_locations_ = group.members;
    }
  });
  std::unordered_map<std::uint64_t, std::uint64_t> process_of_location;
  for (const Place& place : places_)
    process_of_location.try_emplace(place.id, place.process);
  std::uint32_t rank = 0;
  for (const std::uint64_t location : rank_locations_) {
    const auto found = process_of_location.find(location);
    Process* process = found == process_of_location.end() ? nullptr : processes_.find(found->second);
    if (process != nullptr && process->rank == kNone) process->rank = rank;
    ++rank;
  }
  for (const Place& place : places_) {
    if (!processes_.contains(place.process)) {
      processes_.insert(place.process, {place.process, place.name, OTF2_UNDEFINED_SYSTEM_TREE_NODE});
    }
    Process* process = processes_.find(place.process);
    if (process->rank == kNone) process->rank = rank++;
  }
  model.ranks = rank;
}

// The nearest ancestor whose memory is shared, else the parent itself.
std::uint32_t ArchiveDefinitions::node_of(OTF2_SystemTreeNodeRef reference, std::vector<std::string>& names) {
  OTF2_SystemTreeNodeRef chosen = reference;
  OTF2_SystemTreeNodeRef at = reference;
  for (int depth = 0; depth < 64; ++depth) {  // a chain that leads back to itself ends here
    const TreeNode* node = tree_.find(at);
    if (node == nullptr) break;
    if (node->host) {
      chosen = at;
      break;
    }
    at = node->parent;
  }
  const TreeNode* node = tree_.find(chosen);
  if (node == nullptr) return kNone;
  if (const std::uint32_t* known = nodes_.find(chosen)) return *known;
  nodes_.insert(chosen, static_cast<std::uint32_t>(names.size()));
  names.push_back(text(node->name, "node " + std::to_string(chosen)));
  return static_cast<std::uint32_t>(names.size() - 1);
}

void ArchiveDefinitions::resolve_locations() {
  std::vector<const Process*> by_rank;
  for (const Process& process : processes_.values())
    by_rank.push_back(&process);
  std::sort(by_rank.begin(), by_rank.end(), [](const Process* a, const Process* b) { return a->rank < b->rank; });
  std::unordered_map<std::uint64_t, std::uint32_t> node_of_process;  // nodes in the order of their lowest rank
  for (const Process* process : by_rank)
    node_of_process[process->id] = node_of(process->node, model.nodes);

  struct Entry {
    std::uint32_t node, rank;
    bool main;
    const Place* place;
  };
  std::vector<Entry> entries;
  for (const Place& place : places_) {
    const Process* process = processes_.find(place.process);
    const bool main = process->rank < rank_locations_.size() && rank_locations_[process->rank] == place.id;
    entries.push_back({node_of_process[process->id], process->rank, main, &place});
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tuple(a.node, a.rank, !a.main) < std::tuple(b.node, b.rank, !b.main);
  });
  check::IdMap<std::uint8_t> seen;
  for (const Entry& entry : entries) {
    if (!seen.insert(entry.place->id, 1)) continue;  // defined twice
    const std::uint32_t number = static_cast<std::uint32_t>(model.locations.size());
    Location location;
    location.id = entry.place->id;
    location.rank = entry.rank;
    location.node = entry.node;
    if (number > 0 && model.locations.back().rank == entry.rank) location.thread = model.locations.back().thread + 1;
    location.name = text(entry.place->name, "location " + std::to_string(entry.place->id));
    model.locations.push_back(location);
    location_ids.push_back(entry.place->id);
  }
}

std::uint32_t ArchiveDefinitions::add_group(std::uint64_t reference) {
  const GroupDefinition* group = groups_.find(reference);
  if (group == nullptr || group->type == OTF2_GROUP_TYPE_COMM_SELF) return kNone;
  if (const std::uint32_t* known = group_numbers_.find(reference)) return *known;
  std::vector<std::uint32_t> ranks;
  std::unordered_map<std::uint64_t, std::uint32_t> rank_of_location;
  if (group->global_members) {
    for (const Location& location : model.locations)
      rank_of_location.try_emplace(location.id, location.rank);
  }
  for (const std::uint64_t member : group->members) {
    if (group->global_members) {
      const auto found = rank_of_location.find(member);
      ranks.push_back(found == rank_of_location.end() ? kNone : found->second);
    } else {
      ranks.push_back(member < model.ranks ? static_cast<std::uint32_t>(member) : kNone);
    }
  }
  const auto number = static_cast<std::uint32_t>(model.groups.size());
  model.groups.push_back(std::move(ranks));
  group_numbers_.insert(reference, number);
  return number;
}

void ArchiveDefinitions::resolve_contexts() {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> groups;  // of each context; second: remote
  for (const ContextDefinition& definition : context_definitions_) {
    const bool communicator = definition.kind == ContextKind::communicator;
    std::uint64_t group = definition.group;
    if (!communicator) {
      const auto base = std::find_if(context_definitions_.begin(), context_definitions_.end(), [&](const auto& other) {
        return other.kind == ContextKind::communicator && other.id == definition.communicator;
      });
      group = base == context_definitions_.end() ? std::uint64_t{OTF2_UNDEFINED_GROUP} : base->group;
    }
    Context context;
    context.kind = definition.kind;
    const char* kinds[] = {"communicator ", "window ", "file "};
    context.name = text(definition.name, kinds[static_cast<int>(definition.kind)] + std::to_string(definition.id));
    const GroupDefinition* members = groups_.find(group);
    context.self = members != nullptr && members->type == OTF2_GROUP_TYPE_COMM_SELF;
    context.group = add_group(group);
    groups.emplace_back(context.group, add_group(definition.remote_group));
    model.contexts.push_back(std::move(context));
  }
  // Only now do the groups stay where they are.
  for (std::size_t n = 0; n < groups.size(); ++n) {
    PeerMap map;
    map.context = static_cast<std::uint32_t>(n);
    map.self = model.contexts[n].self;
    if (groups[n].first != kNone) map.members = &model.groups[groups[n].first];
    if (groups[n].second != kNone) map.remote = &model.groups[groups[n].second];
    const ContextDefinition& definition = context_definitions_[n];
    (definition.kind == ContextKind::communicator ? communicators_
     : definition.kind == ContextKind::window     ? windows_
                                                  : files_)
        .insert(definition.id, map);
  }
}

std::uint32_t ArchiveDefinitions::procedure_of(OTF2_RegionRef region) const {
  const std::uint32_t* found = procedures_.find(region);
  return found == nullptr ? outside : *found;
}

std::uint32_t ArchiveDefinitions::procedure_of_context(OTF2_CallingContextRef context) const {
  const std::uint64_t* region = calling_contexts_.find(context);
  return region == nullptr ? outside : procedure_of(static_cast<OTF2_RegionRef>(*region));
}

std::uint32_t ArchiveDefinitions::rank(const PeerMap* map, std::uint32_t peer, std::uint32_t own) {
  if (map == nullptr) return kNone;
  if (map->self) return peer == 0 ? own : kNone;
  const std::vector<std::uint32_t>* ranks = map->members;
  // In an intercommunicator a peer is a member of the group that one is not in.
  if (map->remote != nullptr && ranks != nullptr && std::find(ranks->begin(), ranks->end(), own) != ranks->end()) {
    ranks = map->remote;
  }
  return ranks != nullptr && peer < ranks->size() ? (*ranks)[peer] : kNone;
}

std::uint32_t ArchiveDefinitions::site_of(OTF2_StringRef reference) {
  if (const std::uint32_t* known = sites_.find(reference)) return *known;
  const std::string* found = strings_.find(reference);
  if (found == nullptr) return kNone;
  const auto number = static_cast<std::uint32_t>(model.sites.size());
  model.sites.push_back(*found);
  sites_.insert(reference, number);
  return number;
}

ArchiveDefinitions::Attribute ArchiveDefinitions::attribute(OTF2_AttributeRef reference) const {
  const Attribute* found = attribute_meanings_.find(reference);
  return found == nullptr ? Attribute::other : *found;
}

}  // namespace tulkki::trace
