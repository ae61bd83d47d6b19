// SPDX-License-Identifier: Apache-2.0
// Order matters to readers: what a record refers to is written before it, strings first of all.
#include "storage/otf2_definitions.h"

#include <algorithm>

#include "storage/otf2_plan.h"

namespace tulkki {

namespace {

constexpr OTF2_GroupRef kLocationsGroup = 0;
constexpr OTF2_GroupRef kSelfGroup = 1;
constexpr OTF2_IoParadigmRef kMpiIo = 0;
constexpr OTF2_SystemTreeNodeRef kMachine = 0;

bool is_communicator(raw::ContextKind kind) { return kind <= raw::ContextKind::intercommunicator; }

}  // namespace

bool Otf2Definitions::write(const TraceClock& clock) {
  check(OTF2_GlobalDefWriter_WriteClockProperties(writer_, clock.ticks_per_second, clock.begin, clock.length,
                                                  clock.realtime_ns));
  string("");
  flush_strings();
  write_paradigms();
  write_system_tree();
  write_locations();
  write_regions();
  write_attributes();
  write_contexts();
  return !failed_;
}

OTF2_StringRef Otf2Definitions::string(const std::string& text) {
  const OTF2_StringRef reference = references_.string(text);
  flush_strings();
  return reference;
}

void Otf2Definitions::flush_strings() {
  for (; written_strings_ < references_.string_count(); ++written_strings_) {
    check(OTF2_GlobalDefWriter_WriteString(writer_, static_cast<OTF2_StringRef>(written_strings_),
                                           references_.string_at(written_strings_).c_str()));
  }
}

void Otf2Definitions::write_paradigms() {
  check(OTF2_GlobalDefWriter_WriteParadigm(writer_, OTF2_PARADIGM_MPI, string("MPI"), OTF2_PARADIGM_CLASS_PROCESS));
  const auto& all = references_.contexts().all();
  const auto has = [&](raw::ContextKind kind) {
    return std::any_of(all.begin(), all.end(), [&](const UnifiedContext& context) { return context.kind == kind; });
  };
  if (has(raw::ContextKind::file)) {
    const OTF2_StringRef name = string("MPI-IO");
    check(OTF2_GlobalDefWriter_WriteIoParadigm(writer_, kMpiIo, name, name, OTF2_IO_PARADIGM_CLASS_PARALLEL,
                                               OTF2_IO_PARADIGM_FLAG_NONE, 0, nullptr, nullptr, nullptr));
  }
}

void Otf2Definitions::write_system_tree() {
  const std::string machine = processes_.empty() ? "machine" : processes_.front().header.host;
  check(OTF2_GlobalDefWriter_WriteSystemTreeNode(writer_, kMachine, string(machine), string("machine"),
                                                 OTF2_UNDEFINED_SYSTEM_TREE_NODE));
  for (const ProcessLog& log : processes_) {
    const auto next = static_cast<OTF2_SystemTreeNodeRef>(nodes_.size() + 1);
    if (!nodes_.try_emplace(log.header.node_id, next).second) continue;
    check(OTF2_GlobalDefWriter_WriteSystemTreeNode(writer_, next, string(log.header.host), string("node"), kMachine));
    check(OTF2_GlobalDefWriter_WriteSystemTreeNodeDomain(writer_, next, OTF2_SYSTEM_TREE_DOMAIN_SHARED_MEMORY));
  }
}

void Otf2Definitions::write_locations() {
  std::vector<std::uint64_t> main_locations;
  OTF2_LocationGroupRef process = 0;
  for (std::size_t location = 0; location < locations_.size(); ++location) {
    const TraceLocation& place = locations_[location];
    if (place.main_thread) {
      process = static_cast<OTF2_LocationGroupRef>(main_locations.size());
      main_locations.push_back(location);
      const bool known = place.process >= 0;
      const std::string name = "MPI Rank " + std::to_string(place.rank) + (known ? "" : " (no log)");
      const OTF2_SystemTreeNodeRef node = known ? nodes_.at(processes_[place.process].header.node_id) : kMachine;
      check(OTF2_GlobalDefWriter_WriteLocationGroup(writer_, process, string(name), OTF2_LOCATION_GROUP_TYPE_PROCESS,
                                                    node, OTF2_UNDEFINED_LOCATION_GROUP));
    }
    // ViTE refuses a thread that is called like its process.
    const std::string rank = "MPI Rank " + std::to_string(place.rank);
    const std::string name = rank + (place.main_thread ? " main thread" : " thread " + std::to_string(place.thread));
    check(OTF2_GlobalDefWriter_WriteLocation(writer_, location, string(name), OTF2_LOCATION_TYPE_CPU_THREAD,
                                             place.events, process));
  }
  check(OTF2_GlobalDefWriter_WriteGroup(writer_, kLocationsGroup, string(""), OTF2_GROUP_TYPE_COMM_LOCATIONS,
                                        OTF2_PARADIGM_MPI, OTF2_GROUP_FLAG_NONE,
                                        static_cast<std::uint32_t>(main_locations.size()), main_locations.data()));
  check(OTF2_GlobalDefWriter_WriteGroup(writer_, kSelfGroup, string(""), OTF2_GROUP_TYPE_COMM_SELF, OTF2_PARADIGM_MPI,
                                        OTF2_GROUP_FLAG_NONE, 0, nullptr));
  next_group_ = kSelfGroup + 1;
}

void Otf2Definitions::write_regions() {
  OTF2_RegionRef region = 0;
  for (const Procedure procedure : references_.used_procedures()) {
    const OTF2_StringRef name = string(info(procedure).name);
    check(OTF2_GlobalDefWriter_WriteRegion(writer_, region++, name, name, string(""),
                                           procedure_plans()[static_cast<std::size_t>(procedure)].role,
                                           OTF2_PARADIGM_MPI, OTF2_REGION_FLAG_NONE, string("MPI"), 0, 0));
  }
}

void Otf2Definitions::write_attributes() {
  OTF2_AttributeRef number = 0;
  const auto attribute = [&](const char* name, const char* description, OTF2_Type type) {
    check(OTF2_GlobalDefWriter_WriteAttribute(writer_, number++, string(name), string(description), type));
  };
  for (const TraceAttribute used : references_.used_attributes()) {
    switch (used) {
      case TraceAttribute::call_site:
        attribute("call site", "where in the program the MPI procedure was called", OTF2_TYPE_STRING);
        break;
      case TraceAttribute::repeated:
        attribute("repeated", "unsuccessful tests in a row that this region stands for", OTF2_TYPE_UINT64);
        break;
      case TraceAttribute::error_code:
        attribute("error code", "returned by the MPI procedure", OTF2_TYPE_INT64);
        break;
    }
  }
}

OTF2_GroupRef Otf2Definitions::group(const std::vector<int>& members) {
  const auto [found, is_new] = groups_.try_emplace(members, next_group_);
  if (!is_new) return found->second;
  ++next_group_;
  const std::vector<std::uint64_t> ranks(members.begin(), members.end());
  check(OTF2_GlobalDefWriter_WriteGroup(writer_, found->second, string(""), OTF2_GROUP_TYPE_COMM_GROUP,
                                        OTF2_PARADIGM_MPI, OTF2_GROUP_FLAG_NONE,
                                        static_cast<std::uint32_t>(ranks.size()), ranks.data()));
  return found->second;
}

// A group in OTF2 has no unknown members. Places that no log tells get ranks that are not in the group yet, those
// without a log first.
std::vector<int> Otf2Definitions::whole_group(const std::vector<int>& members) const {
  if (std::find(members.begin(), members.end(), -1) == members.end()) return members;
  std::vector<bool> taken(references_.contexts().size(), false);
  for (const int member : members) {
    if (member >= 0) taken[member] = true;
  }
  std::vector<int> spare;
  for (const bool with_log : {false, true}) {
    for (const TraceLocation& place : locations_) {
      if (place.main_thread && !taken[place.rank] && (place.process >= 0) == with_log) spare.push_back(place.rank);
    }
  }
  std::vector<int> whole;
  std::size_t used = 0;
  for (const int member : members) {
    if (member < 0 && used == spare.size()) continue;
    whole.push_back(member >= 0 ? member : spare[used++]);
  }
  return whole;
}

std::string Otf2Definitions::context_name(int unified) const {
  const UnifiedContext& context = references_.contexts().all()[unified];
  if (!context.name.empty()) return context.name;
  if (context.self) return "MPI_COMM_SELF";
  switch (context.kind) {
    case raw::ContextKind::window:
      return "window";
    case raw::ContextKind::file:
      return "file";
    default:
      break;
  }
  if (context.procedure == 0 || context.procedure >= static_cast<std::uint16_t>(Procedure::count)) return "";
  return std::string("by ") + info(static_cast<Procedure>(context.procedure)).name;
}

void Otf2Definitions::write_contexts() {
  const auto& all = references_.contexts().all();
  next_communicator_ = references_.communicators();
  // In the order of their numbers: readers warn of any other.
  for (int unified = 0; unified < static_cast<int>(all.size()); ++unified) {
    if (is_communicator(all[unified].kind)) write_communicator(unified, context_name(unified));
  }
  for (int unified = 0; unified < static_cast<int>(all.size()); ++unified) {
    if (all[unified].kind == raw::ContextKind::window) write_window(unified, context_name(unified));
    if (all[unified].kind == raw::ContextKind::file) write_file(unified, context_name(unified));
    if (!all[unified].dimensions.empty()) write_topology(unified, context_name(unified));
  }
}

void Otf2Definitions::write_communicator(int unified, const std::string& name) {
  const UnifiedContext& context = references_.contexts().all()[unified];
  const ContextReference& reference = references_.context(unified);
  const OTF2_CommFlag flags = reference.created ? OTF2_COMM_FLAG_CREATE_DESTROY_EVENTS : OTF2_COMM_FLAG_NONE;
  // A process numbers parents before children; a damaged log that says otherwise gets no parent.
  const bool has_parent = context.parent >= 0 && context.parent < unified &&
                          is_communicator(references_.contexts().all()[context.parent].kind);
  const OTF2_CommRef parent = has_parent ? references_.context(context.parent).reference : OTF2_UNDEFINED_COMM;
  if (context.kind == raw::ContextKind::intercommunicator && !inter_comm_definitions_) {
    std::vector<int> both = whole_group(context.members);
    const std::vector<int> upper = whole_group(context.remote_members);
    both.insert(both.end(), upper.begin(), upper.end());
    check(OTF2_GlobalDefWriter_WriteComm(writer_, reference.reference, string(name), group(both), parent, flags));
    return;
  }
  if (context.kind == raw::ContextKind::intercommunicator) {
    const OTF2_GroupRef lower = group(whole_group(context.members));
    const OTF2_GroupRef upper = group(whole_group(context.remote_members));
    check(OTF2_GlobalDefWriter_WriteInterComm(writer_, reference.reference, string(name), lower, upper, parent, flags));
    return;
  }
  const OTF2_GroupRef members = context.self ? kSelfGroup : group(whole_group(context.members));
  check(OTF2_GlobalDefWriter_WriteComm(writer_, reference.reference, string(name), members, parent, flags));
}

// Windows and files lie on a communicator; where the log knows none of the same group, one is made up.
OTF2_CommRef Otf2Definitions::communicator_of(const UnifiedContext& context, const std::string& name) {
  const auto& all = references_.contexts().all();
  if (context.parent >= 0) {
    const UnifiedContext& parent = all[context.parent];
    if (parent.kind == raw::ContextKind::communicator &&
        (parent.self || parent.members.size() == context.members.size())) {
      return references_.context(context.parent).reference;
    }
  }
  const OTF2_GroupRef members = group(whole_group(context.members));
  const OTF2_CommRef communicator = next_communicator_++;
  check(OTF2_GlobalDefWriter_WriteComm(writer_, communicator, string("communicator of " + name), members,
                                       OTF2_UNDEFINED_COMM, OTF2_COMM_FLAG_NONE));
  return communicator;
}

void Otf2Definitions::write_window(int unified, const std::string& name) {
  const UnifiedContext& context = references_.contexts().all()[unified];
  const ContextReference& reference = references_.context(unified);
  const OTF2_CommRef communicator = communicator_of(context, name);
  check(OTF2_GlobalDefWriter_WriteRmaWin(
      writer_, reference.reference, string(name), communicator,
      reference.created ? OTF2_RMA_WIN_FLAG_CREATE_DESTROY_EVENTS : OTF2_RMA_WIN_FLAG_NONE));
}

void Otf2Definitions::write_file(int unified, const std::string& name) {
  const UnifiedContext& context = references_.contexts().all()[unified];
  const ContextReference& reference = references_.context(unified);
  const OTF2_CommRef communicator = communicator_of(context, name);
  const auto [file, is_new] = files_.try_emplace(name, static_cast<OTF2_IoFileRef>(files_.size()));
  const OTF2_StringRef file_name = string(name);
  if (is_new) check(OTF2_GlobalDefWriter_WriteIoRegularFile(writer_, file->second, file_name, kMachine));
  // An open that the log does not hold any more counts as one before the trace.
  const OTF2_IoHandleFlag flags = reference.created ? OTF2_IO_HANDLE_FLAG_NONE : OTF2_IO_HANDLE_FLAG_PRE_CREATED;
  check(OTF2_GlobalDefWriter_WriteIoHandle(writer_, reference.reference, file_name, file->second, kMpiIo, flags,
                                           communicator, OTF2_UNDEFINED_IO_HANDLE));
  if (reference.created) return;
  check(OTF2_GlobalDefWriter_WriteIoPreCreatedHandleState(writer_, reference.reference, OTF2_IO_ACCESS_MODE_READ_WRITE,
                                                          OTF2_IO_STATUS_FLAG_NONE));
}

void Otf2Definitions::write_topology(int unified, const std::string& name) {
  const UnifiedContext& context = references_.contexts().all()[unified];
  std::uint64_t places = 1;
  for (const auto& [size, periodic] : context.dimensions) {
    if (size < 1 || places > context.members.size()) return;
    places *= static_cast<std::uint64_t>(size);
  }
  const std::size_t count = context.dimensions.size();
  if (context.kind != raw::ContextKind::communicator || places != context.members.size() || count > 255) return;
  std::vector<OTF2_CartDimensionRef> dimensions;
  for (std::size_t n = 0; n < count; ++n) {
    const auto& [size, periodic] = context.dimensions[n];
    dimensions.push_back(next_dimension_);
    check(OTF2_GlobalDefWriter_WriteCartDimension(writer_, next_dimension_++, string("dimension " + std::to_string(n)),
                                                  static_cast<std::uint32_t>(size),
                                                  periodic ? OTF2_CART_PERIODIC_TRUE : OTF2_CART_PERIODIC_FALSE));
  }
  const OTF2_CartTopologyRef topology = next_topology_++;
  check(OTF2_GlobalDefWriter_WriteCartTopology(writer_, topology, string(name), references_.context(unified).reference,
                                               static_cast<std::uint8_t>(count), dimensions.data()));
  std::vector<std::uint32_t> coordinates(count);
  for (std::uint32_t rank = 0; rank < places; ++rank) {
    std::uint32_t rest = rank;  // row-major, as the standard says
    for (std::size_t n = count; n-- > 0;) {
      const auto size = static_cast<std::uint32_t>(context.dimensions[n].first);
      coordinates[n] = rest % size;
      rest /= size;
    }
    check(OTF2_GlobalDefWriter_WriteCartCoordinate(writer_, topology, rank, static_cast<std::uint8_t>(count),
                                                   coordinates.data()));
  }
}

}  // namespace tulkki
