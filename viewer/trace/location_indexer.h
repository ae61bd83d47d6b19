// SPDX-License-Identifier: Apache-2.0
// Turns the event records of one location into calls, ends of messages and rows of the pyramid. The functions are named
// after the records; each belongs to the region that is open at that moment.
#pragma once

#include <otf2/otf2.h>

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "viewer/trace/archive_definitions.h"
#include "viewer/trace/block_writer.h"
#include "viewer/trace/channel_order.h"
#include "viewer/trace/procedure_statistics.h"
#include "viewer/trace/pyramid_builder.h"

namespace tulkki::trace {

// Oddities of an archive, in numbers.
struct Oddities {
  std::uint64_t outside_region = 0;     // events outside of every region
  std::uint64_t unbalanced = 0;         // Leave without Enter
  std::uint64_t unfinished = 0;         // Enter without Leave
  std::uint64_t backward = 0;           // times that decrease
  std::uint64_t too_many_channels = 0;  // locations
};

class LocationIndexer {
 public:
  // `group_row` may be null: the row that the location shares with others of its node.
  LocationIndexer(CacheFile& file, ArchiveDefinitions& definitions, std::uint32_t location, std::uint32_t buckets,
                  PyramidBuilder* group_row, ProcedureStatistics& statistics, Oddities& oddities);

  void enter(std::uint64_t ticks, std::uint32_t procedure, OTF2_AttributeList* attributes);
  void leave(std::uint64_t ticks, std::uint32_t procedure);
  void send(std::uint64_t ticks, const PeerMap* comm, std::uint32_t peer, std::uint32_t tag, std::uint64_t bytes);
  void receive_posted(std::uint64_t ticks, std::uint64_t request);
  void receive(std::uint64_t ticks, const PeerMap* comm, std::uint32_t peer, std::uint32_t tag, std::uint64_t bytes);
  void receive_completed(std::uint64_t ticks, const PeerMap* comm, std::uint32_t peer, std::uint32_t tag,
                         std::uint64_t bytes, std::uint64_t request);
  void cancelled(std::uint64_t request);
  // Collectives and operations on windows and files: what the call moved, between whom.
  void transfer(std::uint64_t ticks, const PeerMap* context, std::uint32_t peer, std::uint64_t sent,
                std::uint64_t received, bool communicates);
  void operation_started(std::uint64_t ticks, std::uint64_t id, bool writes);
  void operation_completed(const PeerMap* context, std::uint32_t peer, std::uint64_t sent, std::uint64_t received,
                           std::uint64_t id);
  void io_completed(const PeerMap* context, std::uint64_t bytes, std::uint64_t id);
  void context_named(std::uint64_t ticks, const PeerMap* context);  // created or freed

  // Ends the location: what is still open ends with the last event.
  void finish();
  // Places of what is written so far, with a coarse row; for a first picture.
  void snapshot(Location& location, LocationPlace& place, RowPlace& row) const;
  void take(Location& location, LocationPlace& place, RowPlace& row, RowPlace& step_row);
  std::uint64_t calls() const { return calls_.size(); }
  std::uint64_t first_communication_ns() const { return first_communication_ns_; }  // UINT64_MAX: none

 private:
  struct Open {
    std::uint64_t call;
    std::uint64_t start_ns;
    std::uint32_t procedure;
  };
  struct PostedReceive {
    std::uint64_t call, ticket;
  };
  struct Operation {
    std::uint64_t call;
    bool writes;
  };

  std::uint64_t to_ns(std::uint64_t ticks);
  void charge(std::uint64_t until_ns);
  void close_top(std::uint64_t end_ns);
  std::uint64_t current(std::uint64_t ticks);  // the open call; one is made where there is none
  std::uint64_t current_for_message(std::uint64_t ticks);
  void communicated(std::uint64_t call);
  void received(std::uint64_t call, std::uint64_t post, std::uint64_t ticket, const PeerMap* comm, std::uint32_t peer,
                std::uint32_t tag, std::uint64_t bytes);

  CacheFile& file_;
  ArchiveDefinitions& definitions_;
  std::uint32_t location_, rank_, buckets_;
  double ns_per_tick_;
  PyramidBuilder* group_row_;
  ProcedureStatistics& statistics_;
  Oddities& oddities_;
  CallWriter calls_;
  HalfWriter halves_;
  ChannelOrder order_;
  std::unique_ptr<PyramidBuilder> row_, step_row_;
  std::vector<Open> open_;
  std::unordered_map<std::uint64_t, PostedReceive> posted_;  // by request
  std::unordered_map<std::uint64_t, Operation> operations_;  // by request or matching id
  std::uint64_t last_ns_ = 0, charged_ns_ = 0, first_ns_ = 0, end_ns_ = 0;
  std::uint64_t last_message_call_ = 0;
  std::uint64_t first_communication_ns_ = UINT64_MAX;
};

// Writes the levels of a row; location is kNone where it holds several.
RowPlace write_row(CacheFile& file, const PyramidData& data, std::uint32_t location);

}  // namespace tulkki::trace
