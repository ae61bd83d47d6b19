// SPDX-License-Identifier: Apache-2.0
// Writes the global definitions of an archive, after the events: by then the number of events of each location and
// what they refer to are known.
#pragma once

#include <otf2/otf2.h>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "storage/otf2_references.h"
#include "storage/process_log.h"

namespace tulkki {

// One location of the archive. Ranks without a log have one, too, without events.
struct TraceLocation {
  int rank = 0;
  int process = -1;          // index of the log; -1: none
  std::uint32_t thread = 0;  // index in the log
  bool main_thread = true;   // first of its process: stands for the rank in communicators
  std::uint64_t events = 0;
};

struct TraceClock {
  std::uint64_t ticks_per_second = 1;
  std::uint64_t begin = 0;
  std::uint64_t length = 0;
  std::uint64_t realtime_ns = 0;  // at `begin`
};

class Otf2Definitions {
 public:
  Otf2Definitions(OTF2_GlobalDefWriter* writer, Otf2References& references, std::span<const ProcessLog> processes,
                  std::span<const TraceLocation> locations, bool inter_comm_definitions)
      : writer_(writer),
        references_(references),
        processes_(processes),
        locations_(locations),
        inter_comm_definitions_(inter_comm_definitions) {}

  // False when OTF2 failed.
  bool write(const TraceClock& clock);

 private:
  OTF2_StringRef string(const std::string& text);
  void flush_strings();
  void write_paradigms();
  void write_system_tree();
  void write_locations();
  void write_regions();
  void write_attributes();
  OTF2_GroupRef group(const std::vector<int>& members);
  std::vector<int> whole_group(const std::vector<int>& members) const;
  void write_contexts();
  void write_communicator(int unified, const std::string& name);
  OTF2_CommRef communicator_of(const UnifiedContext& context, const std::string& name);
  void write_window(int unified, const std::string& name);
  void write_file(int unified, const std::string& name);
  void write_topology(int unified, const std::string& name);
  std::string context_name(int unified) const;
  void check(OTF2_ErrorCode code) { failed_ |= code != OTF2_SUCCESS; }

  OTF2_GlobalDefWriter* writer_;
  Otf2References& references_;
  std::span<const ProcessLog> processes_;
  std::span<const TraceLocation> locations_;
  std::map<std::uint64_t, OTF2_SystemTreeNodeRef> nodes_;  // by node id
  std::map<std::vector<int>, OTF2_GroupRef> groups_;
  std::map<std::string, OTF2_IoFileRef> files_;
  OTF2_GroupRef next_group_ = 0;
  OTF2_CommRef next_communicator_ = 0;
  OTF2_CartTopologyRef next_topology_ = 0;
  OTF2_CartDimensionRef next_dimension_ = 0;
  bool inter_comm_definitions_;
  std::size_t written_strings_ = 0;
  bool failed_ = false;
};

}  // namespace tulkki
