// SPDX-License-Identifier: Apache-2.0
// Streams the event chunks of one thread as decoded calls. Values that the log leaves out are filled in from the
// keys, request numbers are absolute, and nesting is resolved. Lost or damaged chunks show up as a gap, never as
// wrong data after it. No allocation per call.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "storage/process_log.h"
#include "storage/raw_decode.h"
#include "tulkki/procedures.h"

namespace tulkki {

// One entry of a call's list; which members count depends on `kind` (see raw::ListKind). Entries of kind `foreign`
// are not listed: they only set `thread` of the entry that follows them.
struct ListEntry {
  raw::ListKind kind;
  raw::NoteKind note;             // note
  raw::RequestKind request_kind;  // started
  std::uint32_t thread;           // that started `request`
  std::uint64_t request;          // completed, completed_with, cancelled, freed, started
  std::uint64_t value;            // note
  std::int32_t peer;              // completed_with, received: source; started: peer
  std::int32_t tag;
  std::uint32_t context;   // started
  std::uint64_t sent;      // started
  std::uint64_t received;  // completed_with, received, started
};

struct DecodedCall {
  Procedure procedure = Procedure::none;
  std::uint32_t key = 0;  // number in ThreadLog::keys; 0 for a call that has only begun
  std::uint64_t start = 0;
  std::uint64_t end = 0;  // of a call that has only begun: its start
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::int32_t tag = raw::kTagNone;
  std::int32_t peer = raw::kPeerNone;
  std::uint32_t context = 0;
  std::uint32_t site = 0;
  std::uint64_t request = 0;    // number of the request that it started; 0: none
  bool closes_open = false;     // its begin was reported before, as Step::open
  std::uint32_t abandoned = 0;  // calls reported as open that ended before this one without a record of their own
  bool failed = false;          // returned an error: nothing was transferred or started
  bool completed_at_once = false;
  std::int64_t error = 0;
  std::uint64_t repeated = 0;       // n unsuccessful tests in a row; 0: an ordinary single call
  std::span<const ListEntry> list;  // valid until the next call of next()
};

class EventDecoder {
 public:
  enum class Step {
    call,  // a call that returned
    open,  // a call has begun; what follows, up to the call that closes it, happened inside
    gap,   // records are missing here; nothing stays open across it
    end,
  };

  explicit EventDecoder(const ThreadLog& thread);

  Step next(DecodedCall& call);

  // Calls that have begun and, as far as the log tells, never returned; innermost last.
  std::size_t open_calls() const { return open_.size(); }
  std::uint64_t decoded_bytes() const { return finished_bytes_ + cursor_.offset(); }
  std::uint64_t lost_chunks() const { return lost_chunks_; }
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  struct KeyState {
    Procedure procedure;
    bool valid;
    bool starts_request;
    std::int32_t peer;
    std::uint32_t context;
    std::uint32_t site;
    std::int32_t last_tag;
    std::uint32_t last_chunk;
    std::uint64_t last_sent;
    std::uint64_t last_received;
  };
  struct OpenCall {
    Procedure procedure;
    std::uint64_t start;
  };

  bool next_chunk(bool& gap);
  bool decode_call(std::uint64_t head, DecodedCall& call);
  bool decode_open(DecodedCall& call);
  bool decode_list(DecodedCall& call);
  bool decode_entry(ListEntry& entry, std::uint64_t head, bool is_foreign, std::uint32_t owner);
  void apply_notes(DecodedCall& call, bool& starts);
  void resolve_nesting(DecodedCall& call);
  void damaged();

  const ThreadLog& thread_;
  std::vector<KeyState> keys_;
  std::size_t chunk_ = 0;  // index of the next chunk
  ByteCursor cursor_;
  std::uint32_t sequence_ = 0;    // of the current chunk
  std::uint64_t time_ = 0;        // end of the latest record
  std::uint64_t time_limit_ = 0;  // no record of this chunk can end later
  std::uint64_t next_request_ = 1;
  std::uint64_t last_completed_ = 0;
  std::uint64_t finished_bytes_ = 0;
  std::uint64_t lost_chunks_ = 0;
  bool gap_pending_ = false;
  std::vector<OpenCall> open_;
  std::vector<ListEntry> list_;
  std::vector<std::string> warnings_;
};

}  // namespace tulkki
