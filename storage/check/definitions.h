// SPDX-License-Identifier: Apache-2.0
// The definitions of one archive as the event checks need them: which ids exist, who the members of a communicator
// are, what a location is called. Reading them checks them.
#pragma once

#include <otf2/otf2.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "storage/check/findings.h"
#include "storage/check/id_map.h"

namespace tulkki::check {

// Definitions that share an id space share a Table (Comm and InterComm, MetricClass and MetricInstance ...).
enum class Table : std::uint8_t {
  string,
  attribute,
  system_tree_node,
  location_group,
  location,
  region,
  callsite,
  callpath,
  group,
  metric_member,
  metric,
  comm,
  parameter,
  rma_win,
  cart_dimension,
  cart_topology,
  source_code_location,
  calling_context,
  interrupt_generator,
  io_file,
  io_handle,
  io_paradigm,
  paradigm,
  count
};
const char* name(Table table);
std::uint64_t undefined_id(Table table);
// The table and id that a typed value refers to; false if the type is no reference.
bool referred(OTF2_Type type, const OTF2_AttributeValue& value, Table* table, std::uint64_t* id);

inline constexpr std::uint32_t kNoIndex = ~std::uint32_t{0};

struct Location {
  std::uint64_t id;
  std::string name;  // of its group and its own
  std::uint64_t number_of_events;
  std::uint32_t process = kNoIndex;  // index of its location group
  double clock_deviation_ticks = 0;  // largest that the archive gives
};

struct Group {
  OTF2_GroupType type;
  OTF2_Paradigm paradigm;
  bool global_ranks;  // events use indexes into COMM_LOCATIONS
  std::vector<std::uint64_t> members;
};

struct Communicator {
  std::uint64_t id;
  std::string name = {};
  bool inter = false;
  bool self = false;      // one of its kind on each process
  bool has_life = false;  // creation and destruction are events
  std::uint64_t group_id[2];
  std::vector<std::uint32_t> members[2] = {};  // process of each rank; [1] for intercommunicators only
  const std::vector<std::uint32_t>* ranks[2] = {nullptr, nullptr};     // what ranks in events index
  std::vector<std::pair<std::uint32_t, std::uint32_t>> position = {};  // (process, member number), sorted

  std::uint32_t size() const { return static_cast<std::uint32_t>(members[0].size() + members[1].size()); }
  // Number of a process among all members (those of members[1] follow those of members[0]); kNoIndex: not a member.
  std::uint32_t position_of(std::uint32_t process) const;
};

struct Window {
  std::uint64_t id;
  std::string name;
  std::uint64_t comm_id;
  bool has_life;
};

struct IoHandle {
  std::uint64_t id;
  std::string name;
  bool open_at_start;
};

struct Region {
  std::uint64_t name_id;
  std::string name;
};

struct Definitions {
  IdMap<std::uint32_t> ids[std::size_t(Table::count)];  // value: position in the file
  IdMap<std::string> strings;
  IdMap<Region> regions;
  IdMap<std::uint64_t> calling_context_region;
  IdMap<OTF2_Type> attribute_type;
  IdMap<Location> locations;
  IdMap<std::string> processes;  // location groups, with their names
  IdMap<Group> groups;
  IdMap<Communicator> communicators;
  IdMap<Window> windows;
  IdMap<IoHandle> io_handles;
  IdMap<std::vector<std::uint32_t>> comm_locations;  // by paradigm: process of each member
  bool has_clock = false;
  std::uint64_t ticks_per_second = 0;
  std::uint64_t epoch_begin_ticks = 0;
  std::uint64_t epoch_length_ticks = 0;
  std::uint64_t read = 0;

  bool has(Table table, std::uint64_t id) const { return ids[std::size_t(table)].contains(id); }
};

// Reads the global definitions; false if the library failed before their end.
bool read_global_definitions(OTF2_Reader* reader, Definitions& definitions, Findings& findings);
// Reads mapping tables and clock offsets of one location.
bool read_local_definitions(OTF2_Reader* reader, Location& location, const Definitions& definitions,
                            Findings& findings);

}  // namespace tulkki::check
