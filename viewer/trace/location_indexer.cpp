// SPDX-License-Identifier: Apache-2.0
// One pass, in the order of the records. A call's detail may change until the requests that it started are complete.
#include "viewer/trace/location_indexer.h"

#include <algorithm>
#include <cmath>

namespace tulkki::trace {

namespace {

constexpr std::uint32_t kFirstRowBucketNs = 1024;  // doubles as it must
constexpr std::uint32_t kCoarseBuckets = 4096;     // of a row in a snapshot

std::int32_t tag_of(std::uint32_t tag) { return tag > INT32_MAX ? kNoTag : static_cast<std::int32_t>(tag); }

CallDetail empty_detail(std::uint32_t procedure) {
  CallDetail detail{};
  detail.procedure = procedure;
  detail.context = kNone;
  detail.peer = kNone;
  detail.tag = kNoTag;
  detail.site = kNone;
  return detail;
}

}  // namespace

LocationIndexer::LocationIndexer(CacheFile& file, ArchiveDefinitions& definitions, std::uint32_t location,
                                 std::uint32_t buckets, PyramidBuilder* group_row, ProcedureStatistics& statistics,
                                 Oddities& oddities)
    : file_(file),
      definitions_(definitions),
      location_(location),
      rank_(definitions.model.locations[location].rank),
      buckets_(buckets),
      ns_per_tick_(1e9 / static_cast<double>(std::max<std::uint64_t>(1, definitions.ticks_per_second))),
      group_row_(group_row),
      statistics_(statistics),
      oddities_(oddities),
      calls_(file),
      halves_(file),
      order_([this](std::uint64_t half, std::uint32_t number) { halves_.set_partner(half, number); }) {}

std::uint64_t LocationIndexer::to_ns(std::uint64_t ticks) {
  const std::uint64_t since = ticks > definitions_.origin_ticks ? ticks - definitions_.origin_ticks : 0;
  const double ns = static_cast<double>(since) * ns_per_tick_;
  constexpr double kFarthest = 9e18;  // 285 years: beyond that the times are nonsense, but must not overflow
  const std::uint64_t time = static_cast<std::uint64_t>(std::min(ns, kFarthest) + 0.5);
  if (time < last_ns_) {
    ++oddities_.backward;
    return last_ns_;
  }
  return last_ns_ = time;
}

// Time up to now belongs to the innermost region.
void LocationIndexer::charge(std::uint64_t until_ns) {
  if (!open_.empty() && until_ns > charged_ns_) {
    const std::uint32_t procedure = open_.back().procedure;
    const bool mpi = definitions_.model.procedures[procedure].mpi;
    row_->add_time(charged_ns_, until_ns, static_cast<std::uint16_t>(procedure), mpi);
    if (group_row_ != nullptr) group_row_->add_time(charged_ns_, until_ns, static_cast<std::uint16_t>(procedure), mpi);
  }
  charged_ns_ = until_ns;
}

void LocationIndexer::enter(std::uint64_t ticks, std::uint32_t procedure, OTF2_AttributeList* attributes) {
  const std::uint64_t now = to_ns(ticks);
  if (row_ == nullptr) {
    first_ns_ = now;
    const double length = static_cast<double>(definitions_.length_ticks) * ns_per_tick_;
    const double left = length > static_cast<double>(now) && length < 1e18 ? length - static_cast<double>(now) : 0;
    const auto width = static_cast<std::uint64_t>(std::ceil((left + 1) / buckets_));
    row_ = std::make_unique<PyramidBuilder>(now, left > 0 ? width : kFirstRowBucketNs, buckets_, 1);
    step_row_ = std::make_unique<PyramidBuilder>(0, 1, std::min(65536u, std::max(64u, buckets_ / 8)), 1);
  }
  charge(now);
  if (calls_.full()) {
    std::vector<std::uint64_t> open;
    for (const Open& at : open_)
      open.push_back(at.call);
    calls_.flush(open);
  }
  CallDetail detail = empty_detail(procedure);
  for (std::uint32_t n = attributes == nullptr ? 0 : OTF2_AttributeList_GetNumberOfElements(attributes); n-- > 0;) {
    OTF2_AttributeRef reference;
    OTF2_Type type;
    OTF2_AttributeValue value;
    if (OTF2_AttributeList_GetAttributeByIndex(attributes, n, &reference, &type, &value) != OTF2_SUCCESS) continue;
    switch (definitions_.attribute(reference)) {
      case ArchiveDefinitions::Attribute::call_site:
        if (type == OTF2_TYPE_STRING) detail.site = definitions_.site_of(value.stringRef);
        break;
      case ArchiveDefinitions::Attribute::repeated:
        if (type == OTF2_TYPE_UINT64) {
          detail.repeated = static_cast<std::uint32_t>(std::min<std::uint64_t>(value.uint64, UINT32_MAX));
        }
        break;
      case ArchiveDefinitions::Attribute::error_code:
        if (type == OTF2_TYPE_INT64) detail.error = static_cast<std::int32_t>(value.int64);
        break;
      case ArchiveDefinitions::Attribute::other:
        break;
    }
  }
  const std::uint64_t call = calls_.size();
  calls_.add(now, detail);
  calls_.hold(call);
  open_.push_back({call, now, procedure});
}

void LocationIndexer::close_top(std::uint64_t end_ns) {
  charge(end_ns);
  const Open top = open_.back();
  open_.pop_back();
  calls_.set_end(top.call, end_ns);
  const std::uint64_t duration = end_ns - top.start_ns;
  statistics_.add(top.procedure, duration);
  const auto procedure = static_cast<std::uint16_t>(top.procedure);
  const bool mpi = definitions_.model.procedures[top.procedure].mpi;
  if (mpi && top.call < kNone) {
    const auto call = static_cast<std::uint32_t>(top.call);
    row_->add_call(top.start_ns, end_ns, duration, procedure, call, location_);
    if (group_row_ != nullptr) group_row_->add_call(top.start_ns, end_ns, duration, procedure, call, location_);
    step_row_->add_call(top.call, top.call + 1, duration, procedure, call, location_);
  }
  step_row_->add_time(top.call, top.call + 1, procedure, mpi);
  calls_.release(top.call);
  end_ns_ = std::max(end_ns_, end_ns);
}

void LocationIndexer::leave(std::uint64_t ticks, std::uint32_t procedure) {
  const std::uint64_t now = to_ns(ticks);
  const bool known = std::any_of(open_.begin(), open_.end(), [&](const Open& at) { return at.procedure == procedure; });
  if (!known) {
    ++oddities_.unbalanced;
    return;
  }
  while (open_.back().procedure != procedure) {
    ++oddities_.unfinished;
    close_top(now);
  }
  close_top(now);
}

std::uint64_t LocationIndexer::current(std::uint64_t ticks) {
  if (!open_.empty()) return open_.back().call;
  ++oddities_.outside_region;
  enter(ticks, definitions_.outside, nullptr);
  const std::uint64_t call = open_.back().call;
  leave(ticks, definitions_.outside);
  return call;
}

// Ends of messages lie in the order of their calls, and at the end of a call a message has arrived: so they belong to
// MPI calls only, and to the latest. Elsewhere (a tool that records no MPI regions) they get a call of their own.
std::uint64_t LocationIndexer::current_for_message(std::uint64_t ticks) {
  if (!open_.empty()) {
    const Open& top = open_.back();
    if (definitions_.model.procedures[top.procedure].mpi && top.call >= last_message_call_) {
      return last_message_call_ = top.call;
    }
  }
  ++oddities_.outside_region;
  enter(ticks, definitions_.outside, nullptr);
  last_message_call_ = open_.back().call;
  leave(ticks, definitions_.outside);
  return last_message_call_;
}

void LocationIndexer::communicated(std::uint64_t call) {
  if (first_communication_ns_ != UINT64_MAX) return;
  if (!open_.empty() && definitions_.model.procedures[open_.back().procedure].init) return;
  first_communication_ns_ = open_.empty() ? calls_.start_of(call) : open_.back().start_ns;
}

void LocationIndexer::send(std::uint64_t ticks, const PeerMap* comm, std::uint32_t peer, std::uint32_t tag,
                           std::uint64_t bytes) {
  const std::uint64_t call = current_for_message(ticks);
  const std::uint32_t context = comm == nullptr ? kNone : comm->context;
  const std::uint32_t rank = ArchiveDefinitions::rank(comm, peer, rank_);
  calls_.change(call, [&](CallDetail& detail) {
    if (detail.peer == kNone) detail.peer = rank;
    if (detail.context == kNone) detail.context = context;
    if (detail.tag == kNoTag) detail.tag = tag_of(tag);
    detail.bytes_sent += bytes;
    ++detail.messages;
    statistics_.add_bytes(detail.procedure, bytes, 0);
  });
  communicated(call);
  const std::uint64_t half = halves_.add({bytes, rank, tag_of(tag), context, 0}, call, call);
  if (rank != kNone) order_.send({context, rank, tag_of(tag), 0}, half);
}

void LocationIndexer::receive_posted(std::uint64_t ticks, std::uint64_t request) {
  const std::uint64_t call = current(ticks);
  const auto found = posted_.find(request);
  if (found != posted_.end()) cancelled(request);
  calls_.hold(call);
  posted_[request] = {call, order_.post()};
}

void LocationIndexer::received(std::uint64_t call, std::uint64_t post, std::uint64_t ticket, const PeerMap* comm,
                               std::uint32_t peer, std::uint32_t tag, std::uint64_t bytes) {
  const std::uint32_t context = comm == nullptr ? kNone : comm->context;
  const std::uint32_t rank = ArchiveDefinitions::rank(comm, peer, rank_);
  calls_.change(post, [&](CallDetail& detail) {
    if (detail.peer == kNone) detail.peer = rank;
    if (detail.context == kNone) detail.context = context;
    if (detail.tag == kNoTag) detail.tag = tag_of(tag);
    detail.bytes_received += bytes;
    ++detail.messages;
    statistics_.add_bytes(detail.procedure, 0, bytes);
  });
  if (post != call) calls_.change(call, [&](CallDetail& detail) { ++detail.messages; });
  communicated(call);
  const std::uint64_t half = halves_.add({bytes, rank, tag_of(tag), context, 1}, call, post);
  if (rank != kNone) {
    order_.complete(ticket, {context, rank, tag_of(tag), 1}, half);
  } else {
    order_.cancel(ticket);
  }
}

void LocationIndexer::receive(std::uint64_t ticks, const PeerMap* comm, std::uint32_t peer, std::uint32_t tag,
                              std::uint64_t bytes) {
  const std::uint64_t call = current_for_message(ticks);
  received(call, call, order_.post(), comm, peer, tag, bytes);
}

void LocationIndexer::receive_completed(std::uint64_t ticks, const PeerMap* comm, std::uint32_t peer, std::uint32_t tag,
                                        std::uint64_t bytes, std::uint64_t request) {
  const std::uint64_t call = current_for_message(ticks);
  const auto found = posted_.find(request);
  if (found == posted_.end()) return received(call, call, order_.post(), comm, peer, tag, bytes);
  const PostedReceive posted = found->second;
  posted_.erase(found);
  received(call, posted.call, posted.ticket, comm, peer, tag, bytes);
  calls_.release(posted.call);
}

void LocationIndexer::cancelled(std::uint64_t request) {
  const auto found = posted_.find(request);
  if (found == posted_.end()) return;
  order_.cancel(found->second.ticket);
  calls_.release(found->second.call);
  posted_.erase(found);
}

void LocationIndexer::transfer(std::uint64_t ticks, const PeerMap* context, std::uint32_t peer, std::uint64_t sent,
                               std::uint64_t received, bool communicates) {
  const std::uint64_t call = current(ticks);
  const std::uint32_t rank = ArchiveDefinitions::rank(context, peer, rank_);
  calls_.change(call, [&](CallDetail& detail) {
    if (context != nullptr) detail.context = context->context;
    if (detail.peer == kNone) detail.peer = rank;
    detail.bytes_sent += sent;
    detail.bytes_received += received;
    statistics_.add_bytes(detail.procedure, sent, received);
  });
  if (communicates) communicated(call);
}

void LocationIndexer::operation_started(std::uint64_t ticks, std::uint64_t id, bool writes) {
  const std::uint64_t call = current(ticks);
  const auto [at, is_new] = operations_.try_emplace(id);
  if (!is_new) calls_.release(at->second.call);
  at->second = {call, writes};
  calls_.hold(call);
  communicated(call);
}

void LocationIndexer::operation_completed(const PeerMap* context, std::uint32_t peer, std::uint64_t sent,
                                          std::uint64_t received, std::uint64_t id) {
  const auto found = operations_.find(id);
  if (found == operations_.end()) return;
  const std::uint32_t rank = ArchiveDefinitions::rank(context, peer, rank_);
  calls_.change(found->second.call, [&](CallDetail& detail) {
    if (context != nullptr) detail.context = context->context;
    if (detail.peer == kNone) detail.peer = rank;
    detail.bytes_sent += sent;
    detail.bytes_received += received;
    statistics_.add_bytes(detail.procedure, sent, received);
  });
  calls_.release(found->second.call);
  operations_.erase(found);
}

void LocationIndexer::io_completed(const PeerMap* context, std::uint64_t bytes, std::uint64_t id) {
  const auto found = operations_.find(id);
  if (found == operations_.end()) return;
  const bool writes = found->second.writes;
  operation_completed(context, OTF2_UNDEFINED_UINT32, writes ? bytes : 0, writes ? 0 : bytes, id);
}

void LocationIndexer::context_named(std::uint64_t ticks, const PeerMap* context) {
  if (context == nullptr) return;
  const std::uint64_t call = current(ticks);
  calls_.change(call, [&](CallDetail& detail) {
    if (detail.context == kNone) detail.context = context->context;
  });
}

void LocationIndexer::finish() {
  while (!open_.empty()) {
    ++oddities_.unfinished;
    close_top(last_ns_);
  }
  order_.finish();
  if (order_.overflow()) ++oddities_.too_many_channels;
  calls_.flush({});
  halves_.flush();
}

RowPlace write_row(CacheFile& file, const PyramidData& data, std::uint32_t location) {
  RowPlace place;
  place.begin = data.begin;
  place.bucket_width = data.bucket_width;
  place.buckets = data.buckets;
  place.location = location;
  place.cells_offset = file.append_all(data.cells);
  place.longest_offset = file.append_all(data.longest);
  if (location == kNone) place.longest_location_offset = file.append_all(data.longest_location);
  return place;
}

void LocationIndexer::snapshot(Location& location, LocationPlace& place, RowPlace& row) const {
  place.calls = calls_.places();
  location.calls = place.calls.empty() ? 0 : place.calls.back().first + kBlockCalls;
  location.first_ns = first_ns_;
  location.last_ns = end_ns_;
  if (row_ != nullptr && location.calls != 0) {
    row = write_row(file_, row_->finish(kCoarseBuckets), location_);
  }
}

void LocationIndexer::take(Location& location, LocationPlace& place, RowPlace& row, RowPlace& step_row) {
  location.calls = calls_.size();
  location.halves = halves_.size();
  location.first_ns = first_ns_;
  location.last_ns = end_ns_;
  place.calls = calls_.take_places();
  place.halves = halves_.take_places();
  if (row_ == nullptr) return;
  row = write_row(file_, row_->finish(), location_);
  step_row = write_row(file_, step_row_->finish(), location_);
}

}  // namespace tulkki::trace
