// SPDX-License-Identifier: Apache-2.0
// Writes the events of one process: decoded calls of all its threads, merged by time so that a request which one
// thread starts and another completes is known by then, become OTF2 events, one location a thread.
#pragma once

#include <otf2/otf2.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/event_decoder.h"
#include "storage/otf2_plan.h"
#include "storage/otf2_references.h"
#include "storage/otf2_requests.h"
#include "storage/process_log.h"
#include "storage/trace_writer.h"

namespace tulkki {

class ProcessEvents {
 public:
  ProcessEvents(const ProcessLog& log, std::size_t process, Otf2References& references, const TraceOptions& options);
  ~ProcessEvents();

  // `writers[n]` is the writer of thread log.threads[n]. Returns false when OTF2 failed (a full disk).
  bool write(const std::vector<OTF2_EvtWriter*>& writers, const std::function<void(std::uint64_t bytes)>& progress);

  std::uint64_t calls() const { return calls_; }
  std::uint64_t first_ticks() const { return first_ticks_; }  // of the events; greater than last if there are none
  std::uint64_t last_ticks() const { return last_ticks_; }
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  // A key, resolved once instead of at each call.
  struct KeyPlan {
    const ProcedurePlan* plan;
    OTF2_RegionRef region;
    OTF2_StringRef site;
    int unified;  // index of the context; -1: none
    std::uint32_t reference;
    std::uint32_t group_size;   // ranks that a peer can have
    std::uint32_t peer_offset;  // from a peer to its rank in the trace: the other group of an intercommunicator
    std::uint32_t own_rank;     // in the trace's communicator
    bool both_groups;           // an intercommunicator written as a communicator over both of its groups
    raw::ContextKind kind;      // of the context; meaningless while unified < 0
    bool continues;             // no call: the rest of a long list
    bool has_peer(std::int32_t peer) const { return peer >= 0 && static_cast<std::uint32_t>(peer) < group_size; }
    std::uint32_t rank(std::int32_t peer) const { return static_cast<std::uint32_t>(peer) + peer_offset; }
    bool communicator() const { return unified >= 0 && kind <= raw::ContextKind::intercommunicator; }
    bool window() const { return unified >= 0 && kind == raw::ContextKind::window; }
    bool file() const { return unified >= 0 && kind == raw::ContextKind::file; }
  };
  struct Location {
    explicit Location(const ThreadLog& thread) : log(&thread), decoder(thread) {}
    const ThreadLog* log;
    EventDecoder decoder;
    OTF2_EvtWriter* writer = nullptr;
    std::uint64_t last = 0;
    std::vector<KeyPlan> keys;
    RequestTable requests;
    std::vector<OTF2_RegionRef> open;
    OTF2_RegionRef finished = static_cast<OTF2_RegionRef>(-1);  // call whose Leave is still to be written
    EventDecoder::Step step = EventDecoder::Step::end;
    DecodedCall call;
  };
  struct PendingRma {
    std::uint64_t id;
    std::int32_t target;
    bool local_done;
  };

  KeyPlan resolve(Procedure procedure, std::uint32_t context, std::uint32_t site);
  OTF2_StringRef site_string(std::uint32_t site);
  std::uint64_t process_end() const;
  Location* earliest();
  void take_step(Location& at);
  void leave(Location& at, std::uint64_t time);
  void leave_all(Location& at, std::uint64_t time);
  void leave_finished(Location& at);
  void enter(Location& at, const KeyPlan& key, const DecodedCall& call, std::uint64_t time);
  void write_call(Location& at, const DecodedCall& call);
  void begin_action(Location& at, const KeyPlan& key, const DecodedCall& call, std::uint64_t time);
  void end_action(Location& at, const KeyPlan& key, const DecodedCall& call, std::uint64_t time);
  void begin_list(Location& at, const DecodedCall& call, std::uint64_t time);
  void end_list(Location& at, const KeyPlan& key, const DecodedCall& call, std::uint64_t time);
  void created_note(Location& at, std::uint32_t context, std::uint64_t time);
  void released_note(Location& at, std::uint32_t context, std::uint64_t time);
  int noted_context(const DecodedCall& call, raw::NoteKind kind) const;
  void place_peers(KeyPlan& key, std::uint32_t local) const;

  // otf2_messages.cpp: messages, collectives, requests
  void start_request(Location& at, const KeyPlan& key, OpenRequest& request, const DecodedCall* call,
                     std::uint64_t time);
  void complete_request(Location& at, const OpenRequest& request, const ListEntry* entry, std::uint64_t time);
  void end_request(Location& at, const ListEntry& entry, std::uint64_t time);
  void receive(Location& at, const KeyPlan& key, std::int32_t source, std::int32_t tag, std::uint64_t bytes,
               std::uint64_t time);
  static std::uint32_t collective_root(const KeyPlan& key, std::int32_t peer);

  // otf2_onesided.cpp: windows and files
  void rma_operation(Location& at, const KeyPlan& key, const DecodedCall& call, std::uint64_t id, std::uint64_t time);
  void complete_rma(Location& at, const KeyPlan& key, std::int32_t target, bool remote, std::uint64_t time);
  void begin_onesided(Location& at, const KeyPlan& key, const DecodedCall& call, std::uint64_t time);
  void end_onesided(Location& at, const KeyPlan& key, const DecodedCall& call, std::uint64_t time);
  void begin_file(Location& at, const KeyPlan& key, const DecodedCall& call, std::uint64_t time);
  void end_file(Location& at, const KeyPlan& key, const DecodedCall& call, std::uint64_t time);

  void check(OTF2_ErrorCode code) { failed_ |= code != OTF2_SUCCESS; }

  const ProcessLog& log_;
  std::size_t process_;
  Otf2References& references_;
  const TraceOptions& options_;
  std::vector<std::unique_ptr<Location>> locations_;
  std::unordered_map<std::uint32_t, Location*> location_of_thread_;
  std::unordered_map<std::uint32_t, OTF2_StringRef> site_strings_;
  std::unordered_map<int, std::vector<PendingRma>> pending_rma_;  // by unified window
  std::unordered_map<int, std::uint64_t> split_operations_;       // by unified file
  OTF2_AttributeList* attributes_;
  std::uint64_t last_id_ = 0;  // of requests and matching ids: unique in the process, so in every location
  std::uint64_t calls_ = 0;
  std::uint64_t first_ticks_ = UINT64_MAX;
  std::uint64_t last_ticks_ = 0;
  std::uint64_t unknown_requests_ = 0;
  bool failed_ = false;
  std::vector<std::string> warnings_;
};

}  // namespace tulkki
