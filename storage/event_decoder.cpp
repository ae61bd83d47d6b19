// SPDX-License-Identifier: Apache-2.0
// The decoder runs at tens of millions of calls a second: one branch for good bytes, everything about damage aside.
#include "storage/event_decoder.h"

#include <algorithm>
#include <limits>

namespace tulkki {

namespace {

// A bound for times where no later chunk gives one: months of ticks, so it stops only nonsense.
constexpr std::uint64_t kLongestTicks = std::uint64_t{1} << 54;

std::int32_t narrow(std::int64_t value) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(value, std::numeric_limits<std::int32_t>::min(),
                                                            std::numeric_limits<std::int32_t>::max()));
}

}  // namespace

EventDecoder::EventDecoder(const ThreadLog& thread) : thread_(thread) {
  keys_.reserve(thread.keys.size());
  for (const raw::KeyRecord& key : thread.keys) {
    const bool valid = key.procedure != 0 && key.procedure < static_cast<std::uint16_t>(Procedure::count);
    const auto procedure = valid ? static_cast<Procedure>(key.procedure) : Procedure::none;
    const bool starts = valid && info(procedure).starts != raw::RequestKind::none;
    keys_.push_back({procedure, valid, starts, key.peer, key.context, key.site, raw::kTagNone, 0, 0, 0});
  }
}

EventDecoder::Step EventDecoder::next(DecodedCall& call) {
  for (;;) {
    if (!gap_pending_ && !cursor_.at_end()) {
      const std::uint64_t head = cursor_.varint();
      if (head > 3) {
        if (decode_call(head, call)) return Step::call;
      } else if (head == static_cast<std::uint64_t>(raw::ControlCode::open)) {
        if (decode_open(call)) return Step::open;
      } else if (head == static_cast<std::uint64_t>(raw::ControlCode::end) && cursor_.good()) {
        finished_bytes_ += cursor_.left();
        cursor_.take(cursor_.left());
        continue;
      }
      damaged();
    }
    bool gap = gap_pending_;
    gap_pending_ = false;
    const bool more = next_chunk(gap);
    if (gap) {
      open_.clear();
      return Step::gap;
    }
    if (!more) return Step::end;
  }
}

// Turns to the next chunk; `gap` becomes true when records are missing before it. After a gap the chunk is not
// entered before the caller has been told.
bool EventDecoder::next_chunk(bool& gap) {
  finished_bytes_ += cursor_.offset();
  cursor_ = ByteCursor();
  if (chunk_ == thread_.events.size()) return false;
  const raw::ChunkHeader& header = thread_.events[chunk_].header;
  if (header.sequence != sequence_ + 1) {
    lost_chunks_ += header.sequence - sequence_ - 1;
    gap = true;
  }
  sequence_ = header.sequence;
  cursor_ = ByteCursor(thread_.events[chunk_].bytes);
  ++chunk_;
  time_ = header.base_ticks;
  time_limit_ = time_ > std::numeric_limits<std::uint64_t>::max() - kLongestTicks ? time_ : time_ + kLongestTicks;
  if (chunk_ < thread_.events.size()) {
    const raw::ChunkHeader& following = thread_.events[chunk_].header;
    if (following.base_ticks >= time_) time_limit_ = std::min(time_limit_, following.base_ticks);
  }
  next_request_ = header.next_request;
  last_completed_ = header.last_completed;
  return true;
}

void EventDecoder::damaged() {
  warnings_.push_back("thread " + std::to_string(thread_.index) + ": event chunk " + std::to_string(sequence_) +
                      " is damaged near byte " + std::to_string(cursor_.offset()) + "; its remaining calls are lost");
  finished_bytes_ += cursor_.left();
  cursor_.take(cursor_.left());
  gap_pending_ = true;
}

bool EventDecoder::decode_call(std::uint64_t head, DecodedCall& call) {
  const std::uint64_t number = head >> 2;
  if (number > keys_.size()) return false;
  KeyState& key = keys_[number - 1];
  const std::uint64_t step = cursor_.varint();
  const std::uint64_t duration = cursor_.varint();
  if (head & raw::kHasValues) {
    key.last_sent = cursor_.varint();
    key.last_received = cursor_.varint();
    key.last_tag = narrow(cursor_.svarint());
  } else if (key.last_chunk != sequence_) {
    key.last_sent = 0;
    key.last_received = 0;
    key.last_tag = raw::kTagNone;
  }
  key.last_chunk = sequence_;
  if (!cursor_.good() || !key.valid || step > time_limit_ - time_ || duration > time_ + step) return false;
  time_ += step;
  call.procedure = key.procedure;
  call.key = static_cast<std::uint32_t>(number);
  call.start = time_ - duration;
  call.end = time_;
  call.sent = key.last_sent;
  call.received = key.last_received;
  call.tag = key.last_tag;
  call.peer = key.peer;
  call.context = key.context;
  call.site = key.site;
  call.closes_open = false;
  call.abandoned = 0;
  call.failed = false;
  call.completed_at_once = false;
  call.error = 0;
  call.repeated = 0;
  call.list = {};
  bool starts = key.starts_request;
  if (head & raw::kHasList) {
    if (!decode_list(call)) return false;
    apply_notes(call, starts);
  }
  call.request = starts ? next_request_++ : 0;
  if (!open_.empty()) resolve_nesting(call);
  return true;
}

bool EventDecoder::decode_open(DecodedCall& call) {
  const std::uint64_t procedure = cursor_.varint();
  const std::uint64_t step = cursor_.varint();
  if (!cursor_.good() || procedure == 0 || procedure >= static_cast<std::uint64_t>(Procedure::count) ||
      step > time_limit_ - time_) {
    return false;
  }
  time_ += step;
  call = DecodedCall{};
  call.procedure = static_cast<Procedure>(procedure);
  call.start = time_;
  call.end = time_;
  open_.push_back({call.procedure, time_});
  return true;
}

bool EventDecoder::decode_list(DecodedCall& call) {
  const std::uint64_t count = cursor_.varint();
  if (!cursor_.good() || count > cursor_.left()) return false;
  list_.clear();
  bool is_foreign = false;
  std::uint32_t owner = thread_.index;
  for (std::uint64_t n = 0; n < count; ++n) {
    const std::uint64_t head = cursor_.varint();
    if ((head & 15) == static_cast<std::uint64_t>(raw::ListKind::foreign)) {
      is_foreign = true;
      owner = static_cast<std::uint32_t>(head >> 4);
      continue;
    }
    ListEntry& entry = list_.emplace_back();
    if (!decode_entry(entry, head, is_foreign, owner)) return false;
    is_foreign = false;
    owner = thread_.index;
  }
  call.list = list_;
  return cursor_.good();
}

bool EventDecoder::decode_entry(ListEntry& entry, std::uint64_t head, bool is_foreign, std::uint32_t owner) {
  const std::uint64_t payload = head >> 4;
  entry.kind = static_cast<raw::ListKind>(head & 15);
  entry.thread = owner;
  switch (entry.kind) {
    case raw::ListKind::completed:
    case raw::ListKind::completed_with:
    case raw::ListKind::cancelled:
    case raw::ListKind::freed:
      if (is_foreign) {
        entry.request = payload;
      } else {
        entry.request = last_completed_ + 1 + static_cast<std::uint64_t>(ByteCursor::unzigzag(payload));
        last_completed_ = entry.request;
      }
      if (entry.kind != raw::ListKind::completed_with) return true;
      [[fallthrough]];
    case raw::ListKind::received:
      entry.peer = narrow(cursor_.svarint());
      entry.tag = narrow(cursor_.svarint());
      entry.received = cursor_.varint();
      return true;
    case raw::ListKind::started:
      entry.request_kind = static_cast<raw::RequestKind>(payload);
      entry.context = static_cast<std::uint32_t>(cursor_.varint());
      entry.peer = narrow(cursor_.svarint());
      entry.tag = narrow(cursor_.svarint());
      entry.sent = cursor_.varint();
      entry.received = cursor_.varint();
      entry.request = next_request_++;
      return payload <= static_cast<std::uint64_t>(raw::RequestKind::send_receive);
    case raw::ListKind::note:
      entry.note = static_cast<raw::NoteKind>(payload);
      entry.value = cursor_.varint();
      return payload <= 255;
    default:
      return false;
  }
}

void EventDecoder::apply_notes(DecodedCall& call, bool& starts) {
  for (const ListEntry& entry : call.list) {
    if (entry.kind != raw::ListKind::note) continue;
    switch (entry.note) {
      case raw::NoteKind::completed_at_once:
        call.completed_at_once = true;
        break;
      case raw::NoteKind::error:
        call.failed = true;
        call.error = static_cast<std::int64_t>(entry.value);
        starts = false;
        break;
      case raw::NoteKind::repeated:
        call.repeated = entry.value;
        break;
      case raw::NoteKind::request_inactive:
      case raw::NoteKind::persistent:
        starts = false;
        break;
      default:
        break;
    }
  }
}

// Calls of a thread nest. One that began before an open call and ends now shows that the open one ended too.
void EventDecoder::resolve_nesting(DecodedCall& call) {
  while (!open_.empty() && open_.back().start > call.start) {
    open_.pop_back();
    ++call.abandoned;
  }
  for (std::size_t depth = open_.size(); depth > 0 && open_[depth - 1].start == call.start; --depth) {
    if (open_[depth - 1].procedure != call.procedure) continue;
    call.abandoned += static_cast<std::uint32_t>(open_.size() - depth);
    open_.resize(depth - 1);
    call.closes_open = true;
    return;
  }
}

}  // namespace tulkki
