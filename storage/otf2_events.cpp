// SPDX-License-Identifier: Apache-2.0
// The frame of a process's events: merging of threads, Enter and Leave, and the order of what lies between them.
// A timestamp is stored only when it changes, so all that happens at the start of a call carries its start, all that
// happens at the end its end.
#include "storage/otf2_events.h"

#include <algorithm>

namespace tulkki {

namespace {

constexpr std::uint64_t kProgressInterval = 1 << 17;  // calls
constexpr std::uint64_t kLongestTicks = std::uint64_t{1} << 54;

}  // namespace

ProcessEvents::ProcessEvents(const ProcessLog& log, std::size_t process, Otf2References& references,
                             const TraceOptions& options)
    : log_(log), process_(process), references_(references), options_(options), attributes_(OTF2_AttributeList_New()) {
  for (const ThreadLog& thread : log.threads) {
    Location& location = *locations_.emplace_back(std::make_unique<Location>(thread));
    location_of_thread_[thread.index] = &location;
    if (thread.events.empty()) continue;
    location.keys.reserve(thread.keys.size());
    for (const raw::KeyRecord& key : thread.keys) {
      const bool valid = key.procedure < static_cast<std::uint16_t>(Procedure::count);
      // Keys without calls need no region: their events only continue the list of a call.
      const bool named = valid && key.procedure != 0 && (key.flags & raw::kKeyTransfer) == 0;
      location.keys.push_back(
          resolve(named ? static_cast<Procedure>(key.procedure) : Procedure::none, key.context, named ? key.site : 0));
      location.keys.back().continues = (key.flags & raw::kKeyTransfer) != 0;
    }
  }
}

ProcessEvents::~ProcessEvents() { OTF2_AttributeList_Delete(attributes_); }

ProcessEvents::KeyPlan ProcessEvents::resolve(Procedure procedure, std::uint32_t context, std::uint32_t site) {
  KeyPlan key{};
  key.plan = &procedure_plans()[static_cast<std::size_t>(procedure)];
  key.region = procedure == Procedure::none ? kNoReference : references_.region(procedure);
  key.site = site == 0 || !options_.call_sites ? kNoReference : site_string(site);
  key.unified = references_.contexts().index_of(process_, context);
  key.reference = kNoReference;
  // Ranks outside the launch have no place in its trace.
  if (key.unified >= 0 && references_.contexts().all()[key.unified].beyond_launch) key.unified = -1;
  if (key.unified < 0) return key;
  key.kind = references_.contexts().all()[key.unified].kind;
  key.reference = references_.context(key.unified).reference;
  place_peers(key, context);
  return key;
}

// Which ranks a peer can have in the key's context, and what they are in the trace.
void ProcessEvents::place_peers(KeyPlan& key, std::uint32_t local) const {
  const UnifiedContext& context = references_.contexts().all()[key.unified];
  const auto lower = static_cast<std::uint32_t>(context.members.size());
  key.own_rank = static_cast<std::uint32_t>(std::max(0, references_.contexts().own_rank(process_, local)));
  key.group_size = context.self ? 1 : lower;
  if (context.kind != raw::ContextKind::intercommunicator) return;
  const auto found = log_.contexts.find(local);
  const bool upper_side = found != log_.contexts.end() && found->second.definition.side != 0;
  key.group_size = upper_side ? lower : static_cast<std::uint32_t>(context.remote_members.size());
  key.both_groups = !options_.inter_comm_definitions;
  if (!key.both_groups) return;
  if (upper_side) key.own_rank += lower;
  key.peer_offset = upper_side ? 0 : lower;
}

OTF2_StringRef ProcessEvents::site_string(std::uint32_t site) {
  const auto [found, is_new] = site_strings_.try_emplace(site, kNoReference);
  if (!is_new) return found->second;
  std::string text;
  if (options_.describe_site) {
    text = options_.describe_site(log_, site);
  } else if (const auto frames = log_.sites.find(site); frames != log_.sites.end() && !frames->second.empty()) {
    const Frame& frame = frames->second.front();
    const auto module = log_.modules.find(frame.module);
    const std::string path = module == log_.modules.end() ? "unknown" : module->second.path;
    char address[24];
    std::snprintf(address, sizeof(address), "+0x%llx", static_cast<unsigned long long>(frame.address));
    text = path.substr(path.rfind('/') + 1) + address;
  }
  if (!text.empty()) found->second = references_.string(text);
  return found->second;
}

bool ProcessEvents::write(const std::vector<OTF2_EvtWriter*>& writers,
                          const std::function<void(std::uint64_t bytes)>& progress) {
  for (std::size_t n = 0; n < locations_.size(); ++n) {
    locations_[n]->writer = writers[n];
    locations_[n]->step = locations_[n]->decoder.next(locations_[n]->call);
  }
  std::uint64_t until_report = kProgressInterval;
  while (Location* at = earliest()) {
    take_step(*at);
    at->step = at->decoder.next(at->call);
    if (--until_report == 0) {
      until_report = kProgressInterval;
      std::uint64_t bytes = 0;
      for (const auto& location : locations_)
        bytes += location->decoder.decoded_bytes();
      progress(bytes);
    }
    if (failed_) return false;
  }
  const std::uint64_t end = process_end();
  for (const auto& location : locations_) {
    leave_finished(*location);
    if (!location->open.empty()) last_ticks_ = std::max(last_ticks_, end);
    leave_all(*location, end);
    for (const std::string& text : location->decoder.warnings())
      warnings_.push_back(log_.path + ": " + text);
  }
  if (unknown_requests_ != 0) {
    warnings_.push_back(log_.path + ": " + std::to_string(unknown_requests_) +
                        " completion(s) of requests whose start is not in the log");
  }
  return !failed_;
}

// The location whose next record comes first in time; null at the end.
ProcessEvents::Location* ProcessEvents::earliest() {
  if (locations_.size() == 1) {
    return locations_[0]->step == EventDecoder::Step::end ? nullptr : locations_[0].get();
  }
  Location* first = nullptr;
  for (const auto& location : locations_) {
    if (location->step == EventDecoder::Step::end) continue;
    if (location->step == EventDecoder::Step::gap) return location.get();
    if (first == nullptr || location->call.end < first->call.end) first = location.get();
  }
  return first;
}

void ProcessEvents::take_step(Location& at) {
  const bool continues = at.step == EventDecoder::Step::call && at.keys[at.call.key - 1].continues;
  if (!continues) leave_finished(at);
  switch (at.step) {
    case EventDecoder::Step::call:
      write_call(at, at.call);
      break;
    case EventDecoder::Step::open: {
      const std::uint64_t time = std::max(at.call.start, at.last);
      const KeyPlan key = resolve(at.call.procedure, 0, 0);
      enter(at, key, at.call, time);
      at.open.push_back(key.region);
      // Its other members may go on before the calls inside it end, so this cannot wait for its record.
      if (key.plan->action == TraceAction::collective) check(OTF2_EvtWriter_MpiCollectiveBegin(at.writer, nullptr, time));
      break;
    }
    case EventDecoder::Step::gap:
      leave_all(at, at.last);
      break;
    case EventDecoder::Step::end:
      break;
  }
}

// When the process was last known to be alive, for calls that never returned.
std::uint64_t ProcessEvents::process_end() const {
  std::uint64_t end = last_ticks_;
  for (const std::uint64_t ticks :
       {log_.header.latest_ticks, log_.header.finalize_end_ticks, log_.header.close_ticks}) {
    if (ticks > end && ticks - end < kLongestTicks) end = ticks;
  }
  return end;
}

void ProcessEvents::leave(Location& at, std::uint64_t time) {
  at.last = std::max(at.last, time);
  check(OTF2_EvtWriter_Leave(at.writer, nullptr, at.last, at.open.back()));
  at.open.pop_back();
}

void ProcessEvents::leave_all(Location& at, std::uint64_t time) {
  while (!at.open.empty())
    leave(at, time);
}

void ProcessEvents::enter(Location& at, const KeyPlan& key, const DecodedCall& call, std::uint64_t time) {
  at.last = time;
  first_ticks_ = std::min(first_ticks_, time);
  last_ticks_ = std::max(last_ticks_, time);
  calls_ += std::max<std::uint64_t>(call.repeated, 1);
  if (key.site == kNoReference && call.repeated == 0 && !call.failed) {
    check(OTF2_EvtWriter_Enter(at.writer, nullptr, time, key.region));
    return;
  }
  if (key.site != kNoReference) {
    check(OTF2_AttributeList_AddStringRef(attributes_, references_.attribute(TraceAttribute::call_site), key.site));
  }
  if (call.repeated != 0) {
    check(OTF2_AttributeList_AddUint64(attributes_, references_.attribute(TraceAttribute::repeated), call.repeated));
  }
  if (call.failed) {
    check(OTF2_AttributeList_AddInt64(attributes_, references_.attribute(TraceAttribute::error_code), call.error));
  }
  check(OTF2_EvtWriter_Enter(at.writer, attributes_, time, key.region));
  OTF2_AttributeList_RemoveAllAttributes(attributes_);
}

void ProcessEvents::write_call(Location& at, const DecodedCall& call) {
  const KeyPlan& key = at.keys[call.key - 1];
  if (key.continues) {
    begin_list(at, call, at.last);
    end_list(at, key, call, at.last);
    return;
  }
  for (std::uint32_t n = 0; n < call.abandoned && !at.open.empty(); ++n)
    leave(at, at.last);
  const bool was_open = call.closes_open && !at.open.empty();
  const std::uint64_t start = was_open ? at.last : std::max(call.start, at.last);
  if (!was_open) enter(at, key, call, start);
  const bool begun = was_open && key.plan->action == TraceAction::collective;
  if (!call.failed && !begun) begin_action(at, key, call, start);
  if (!call.list.empty()) begin_list(at, call, start);

  const std::uint64_t end = std::max(call.end, start);
  at.last = end;
  last_ticks_ = std::max(last_ticks_, end);
  if (!call.list.empty()) end_list(at, key, call, end);
  if (!call.failed) end_action(at, key, call, end);
  for (const ListEntry& entry : call.list) {
    if (entry.kind == raw::ListKind::note && entry.note == raw::NoteKind::released) {
      released_note(at, static_cast<std::uint32_t>(entry.value), end);
    }
  }
  if (was_open) at.open.pop_back();
  at.finished = key.region;
}

// The Leave of a call is held back until it is clear that no record continues its list.
void ProcessEvents::leave_finished(Location& at) {
  if (at.finished == kNoReference) return;
  check(OTF2_EvtWriter_Leave(at.writer, nullptr, at.last, at.finished));
  at.finished = kNoReference;
}

void ProcessEvents::begin_action(Location& at, const KeyPlan& key, const DecodedCall& call, std::uint64_t time) {
  switch (key.plan->action) {
    case TraceAction::none:
    case TraceAction::receive:
      return;
    case TraceAction::send:
    case TraceAction::send_receive:
      if (key.communicator() && key.has_peer(call.peer)) {
        check(OTF2_EvtWriter_MpiSend(at.writer, nullptr, time, key.rank(call.peer), key.reference,
                                     static_cast<std::uint32_t>(std::max(call.tag, 0)), call.sent));
      }
      return;
    case TraceAction::start:
      if (call.request != 0) {
        OpenRequest& request = at.requests.add(call.request);
        request.kind = key.plan->starts;
        request.procedure = static_cast<std::uint16_t>(call.procedure);
        request.peer = call.peer;
        request.tag = call.tag;
        request.sent = call.sent;
        request.received = call.received;
        start_request(at, key, request, &call, time);
      }
      return;
    case TraceAction::collective:
      if (key.communicator()) check(OTF2_EvtWriter_MpiCollectiveBegin(at.writer, nullptr, time));
      return;
    default:
      begin_onesided(at, key, call, time);
      return;
  }
}

void ProcessEvents::end_action(Location& at, const KeyPlan& key, const DecodedCall& call, std::uint64_t time) {
  switch (key.plan->action) {
    case TraceAction::none:
    case TraceAction::send:
    case TraceAction::send_receive:
      return;
    case TraceAction::receive:
      // A list entry, where there is one, has told the receive already.
      if (std::none_of(call.list.begin(), call.list.end(),
                       [](const ListEntry& entry) { return entry.kind == raw::ListKind::received; })) {
        receive(at, key, call.peer, call.tag, call.received, time);
      }
      return;
    case TraceAction::start:
      if (call.completed_at_once && call.request != 0) {
        OpenRequest request;
        if (at.requests.take(call.request, request)) complete_request(at, request, nullptr, time);
      }
      return;
    case TraceAction::collective:
      if (key.communicator()) {
        check(OTF2_EvtWriter_MpiCollectiveEnd(at.writer, nullptr, time, key.plan->collective, key.reference,
                                              collective_root(key, call.peer), call.sent, call.received));
      }
      return;
    default:
      end_onesided(at, key, call, time);
      return;
  }
}

void ProcessEvents::begin_list(Location& at, const DecodedCall& call, std::uint64_t time) {
  for (const ListEntry& entry : call.list) {
    if (entry.kind != raw::ListKind::started) continue;
    OpenRequest& request = at.requests.add(entry.request);
    request.kind = entry.request_kind;
    request.peer = entry.peer;
    request.tag = entry.tag;
    request.sent = entry.sent;
    request.received = entry.received;
    start_request(at, resolve(Procedure::none, entry.context, 0), request, nullptr, time);
  }
}

void ProcessEvents::end_list(Location& at, const KeyPlan& key, const DecodedCall& call, std::uint64_t time) {
  for (const ListEntry& entry : call.list) {
    switch (entry.kind) {
      case raw::ListKind::completed:
      case raw::ListKind::completed_with:
      case raw::ListKind::cancelled:
      case raw::ListKind::freed:
        end_request(at, entry, time);
        break;
      case raw::ListKind::received:
        receive(at, key, entry.peer, entry.tag, entry.received, time);
        break;
      case raw::ListKind::started:
        if (OpenRequest request; call.completed_at_once && at.requests.take(entry.request, request)) {
          complete_request(at, request, nullptr, time);
        }
        break;
      case raw::ListKind::note:
        if (entry.note == raw::NoteKind::created) created_note(at, static_cast<std::uint32_t>(entry.value), time);
        break;
      default:
        break;
    }
  }
}

}  // namespace tulkki
