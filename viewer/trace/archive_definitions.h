// SPDX-License-Identifier: Apache-2.0
// The definitions of an OTF2 archive of any tool, as the index needs them: names, places, and for every reference in an
// event what it means here. Nothing is taken on trust: a reference to what is not defined becomes "none".
#pragma once

#include <otf2/otf2.h>

#include <cstdint>
#include <string>
#include <vector>

#include "storage/check/id_map.h"
#include "storage/result.h"
#include "viewer/trace/model.h"

namespace tulkki::trace {

// What peers in events on this communicator, window or file mean.
struct PeerMap {
  std::uint32_t context = kNone;                        // index in Definitions::contexts
  const std::vector<std::uint32_t>* members = nullptr;  // rank in the trace of each
  const std::vector<std::uint32_t>* remote = nullptr;   // the other group of an intercommunicator
  bool self = false;
};

class ArchiveDefinitions {
 public:
  // Reads the global definitions; false if the library failed before their end.
  bool read(OTF2_Reader* reader);

  Definitions model;                        // procedures, contexts, nodes, locations; sites grow with the events
  std::vector<std::uint64_t> location_ids;  // in the archive, in the order of model.locations
  std::uint64_t ticks_per_second = 1;
  std::uint64_t origin_ticks = 0;
  std::uint64_t length_ticks = 0;
  std::uint32_t outside = kNone;  // procedure that stands for events outside of every MPI call

  std::uint32_t procedure_of(OTF2_RegionRef region) const;
  std::uint32_t procedure_of_context(OTF2_CallingContextRef context) const;
  // Rank in the trace of `peer`, for a process of rank `own`; kNone if there is no such member.
  static std::uint32_t rank(const PeerMap* map, std::uint32_t peer, std::uint32_t own);
  const PeerMap* communicator(OTF2_CommRef reference) const { return communicators_.find(reference); }
  const PeerMap* window(OTF2_RmaWinRef reference) const { return windows_.find(reference); }
  const PeerMap* file(OTF2_IoHandleRef reference) const { return files_.find(reference); }
  std::uint32_t site_of(OTF2_StringRef text);  // index in model.sites, made when it is new
  enum class Attribute : std::uint8_t { other, call_site, repeated, error_code };
  Attribute attribute(OTF2_AttributeRef reference) const;

 private:
  friend struct DefinitionCallbacks;
  struct TreeNode {
    OTF2_StringRef name;
    OTF2_SystemTreeNodeRef parent;
    bool host = false;
  };
  struct Process {
    std::uint64_t id;
    OTF2_StringRef name;
    OTF2_SystemTreeNodeRef node;
    std::uint32_t rank = kNone;
  };
  struct Place {
    std::uint64_t id;
    OTF2_StringRef name;
    std::uint64_t process;
  };
  struct GroupDefinition {
    OTF2_GroupType type;
    OTF2_Paradigm paradigm;
    bool global_members;
    std::vector<std::uint64_t> members;
  };
  struct RegionDefinition {
    OTF2_StringRef name;
    OTF2_Paradigm paradigm;
  };
  struct ContextDefinition {
    std::uint64_t id;
    OTF2_StringRef name;
    ContextKind kind;
    std::uint64_t group, remote_group;  // communicators
    std::uint64_t communicator;         // windows and files
  };

  std::string text(OTF2_StringRef reference, const std::string& otherwise) const;
  void resolve_regions();
  void resolve_ranks();
  void resolve_locations();
  void resolve_contexts();
  std::uint32_t node_of(OTF2_SystemTreeNodeRef reference, std::vector<std::string>& names);
  std::uint32_t add_group(std::uint64_t reference);

  check::IdMap<std::string> strings_;
  check::IdMap<RegionDefinition> regions_;
  check::IdMap<std::uint64_t> calling_contexts_;
  check::IdMap<OTF2_StringRef> attributes_;
  check::IdMap<Attribute> attribute_meanings_;
  check::IdMap<TreeNode> tree_;
  check::IdMap<Process> processes_;
  std::vector<Place> places_;
  check::IdMap<GroupDefinition> groups_;
  std::vector<ContextDefinition> context_definitions_;
  std::vector<std::uint64_t> rank_locations_;  // location id of each rank of MPI_COMM_WORLD
  check::IdMap<std::uint32_t> procedures_;     // by region
  check::IdMap<std::uint32_t> group_numbers_;  // by group reference
  check::IdMap<std::uint32_t> nodes_;          // by system tree node
  check::IdMap<PeerMap> communicators_, windows_, files_;
  check::IdMap<std::uint32_t> sites_;  // by string
};

}  // namespace tulkki::trace
