// SPDX-License-Identifier: Apache-2.0
// Matching of messages: one queue for each (communicator, source, destination, tag). The trace is read in the order
// of time, so that a queue holds only what is under way.
#include "storage/check/message_check.h"

#include <algorithm>

namespace tulkki::check {

std::size_t MessageCheck::Hash::operator()(const Key& key) const {
  std::uint64_t hash = (std::uint64_t{key.comm} << 32 | key.tag) * 0x9e3779b97f4a7c15u;
  hash ^= hash >> 29;
  hash += std::uint64_t{key.source} << 32 | key.destination;
  hash *= 0xbf58476d1ce4e5b9u;
  return hash ^ hash >> 32;
}

MessageCheck::Channel& MessageCheck::channel(const Key& key) {
  if (channels_.size() >= sweep_at_) {
    // Programs that never use a tag twice would otherwise leave an empty channel behind each message.
    std::erase_if(channels_, [](const auto& entry) { return entry.second.empty(); });
    sweep_at_ = std::max<std::size_t>(1 << 18, 2 * channels_.size());
  }
  return channels_[key];
}

void MessageCheck::send(const Moment& at, const Envelope& envelope, std::uint64_t request) {
  const char* event = request == kBlocking ? "MpiSend" : "MpiIsend";
  const std::uint64_t begin = stack_.call_begin(at, event);
  const Communicator* comm = trace_.communicator(envelope.comm, at, event);
  const std::uint32_t to = comm ? trace_.partner(*comm, envelope.rank, at, event) : kNoIndex;
  const Key key{envelope.comm, at.location.process, to, envelope.tag};
  if (request != kBlocking) {
    requests_.start(
        at, request,
        {RequestKind::send, at.time, at.location.events, 0, key.comm, key.source, key.destination, key.tag});
  }
  if (to == kNoIndex) return;
  arrive(key, {begin, at.location.events, envelope.length, at.location.index}, true);
}

void MessageCheck::send_complete(const Moment& at, std::uint64_t request) {
  requests_.complete(at, request, RequestKind::send);
}

void MessageCheck::receive_posted(const Moment& at, std::uint64_t request) {
  stack_.call_begin(at, "MpiIrecvRequest");
  const std::uint64_t post = at.location.receives.post();
  requests_.start(at, request, {RequestKind::receive, at.time, at.location.events, post, 0, 0, 0, 0});
}

void MessageCheck::receive(const Moment& at, const Envelope& envelope, std::uint64_t request) {
  const char* event = request == kBlocking ? "MpiRecv" : "MpiIrecv";
  stack_.call_begin(at, event);
  std::optional<EndedRequest> ended;
  if (request != kBlocking) ended = requests_.complete(at, request, RequestKind::receive);
  LocationState& owner = ended ? *ended->owner : at.location;
  const auto deliver_here = [&](const Receive& receive) { deliver(owner.index, receive); };

  const Communicator* comm = trace_.communicator(envelope.comm, at, event);
  const std::uint32_t from = comm ? trace_.partner(*comm, envelope.rank, at, event) : kNoIndex;
  if (from == kNoIndex) {
    if (ended) owner.receives.cancel(ended->request.post, deliver_here);
    return;
  }
  const Receive receive{envelope.comm,      from,           at.location.process, envelope.tag, at.time,
                        at.location.events, envelope.length};
  if (ended) {
    owner.receives.complete(ended->request.post, receive, deliver_here);
  } else {
    owner.receives.post_complete(receive, deliver_here);
  }
}

void MessageCheck::cancelled(const Moment&, const EndedRequest& ended) {
  const Request& request = ended.request;
  if (request.kind == RequestKind::receive) {
    ended.owner->receives.cancel(request.post, [&](const Receive& receive) { deliver(ended.owner->index, receive); });
    return;
  }
  if (request.kind != RequestKind::send) return;
  auto found = channels_.find({request.comm, request.source, request.destination, request.tag});
  if (found == channels_.end() || !found->second.holds_sends) return;
  std::vector<Pending>& queue = found->second.queue;
  for (std::size_t index = found->second.head; index < queue.size(); ++index) {
    if (queue[index].location != ended.owner->index || queue[index].event != request.event) continue;
    queue.erase(queue.begin() + static_cast<std::ptrdiff_t>(index));
    return;
  }
}

void MessageCheck::deliver(std::uint32_t location, const Receive& receive) {
  arrive({receive.comm, receive.source, receive.destination, receive.tag},
         {receive.time, receive.event, receive.length, location}, false);
}

void MessageCheck::arrive(const Key& key, const Pending& pending, bool is_send) {
  Channel& channel = this->channel(key);
  std::uint32_t& end = is_send ? channel.sender : channel.receiver;
  if (end != pending.location) {
    if (end != kNoIndex) channel.threaded = true;
    end = pending.location;
  }
  if (channel.empty() || channel.holds_sends == is_send) {
    channel.holds_sends = is_send;
    channel.queue.push_back(pending);
    return;
  }
  const Pending partner = channel.queue[channel.head];
  channel.take();
  ++matched_;
  judge(channel, key, is_send ? pending : partner, is_send ? partner : pending);
}

void MessageCheck::judge(const Channel& channel, const Key& key, const Pending& send, const Pending& receive) {
  const auto kind_of = [&](Kind kind) { return channel.threaded ? Kind::ambiguous_order : kind; };
  const auto report = [&](Kind kind, auto text) {
    trace_.report_at(kind, receive.location, receive.time, receive.event, text);
  };
  const auto sender = [&] {
    return fmt::format("event {} of {}, tag {}", send.event, trace_.location_name(send.location), key.tag);
  };
  if (receive.length > send.length) {
    report(kind_of(Kind::receive_longer), [&] {
      return fmt::format("receives {} bytes of a message of {} ({})", receive.length, send.length, sender());
    });
  } else if (receive.length < send.length) {
    report(kind_of(Kind::receive_shorter), [&] {
      return fmt::format("receives {} bytes of a message of {} ({})", receive.length, send.length, sender());
    });
  }
  if (receive.time >= send.time) [[likely]]
    return;
  const std::uint64_t early = send.time - receive.time;
  if (double(early) <= trace_.clock_error_ticks(send.location, receive.location)) return;
  report(kind_of(Kind::receive_before_send), [&] {
    return fmt::format("completes {} before the call that sends it begins ({})", trace_.duration(early), sender());
  });
}

void MessageCheck::finish() {
  for (LocationState& location : trace_.locations) {
    location.receives.finish([&](const Receive& receive) { deliver(location.index, receive); });
  }
  struct Left {
    Key key;
    Pending pending;
    bool is_send;
  };
  std::vector<Left> left;
  for (const auto& [key, channel] : channels_) {
    for (std::size_t index = channel.head; index < channel.queue.size(); ++index) {
      left.push_back({key, channel.queue[index], channel.holds_sends});
    }
  }
  std::sort(left.begin(), left.end(), [](const Left& a, const Left& b) {
    return std::tie(a.pending.time, a.pending.location, a.pending.event) <
           std::tie(b.pending.time, b.pending.location, b.pending.event);
  });
  for (const Left& message : left) {
    const std::uint32_t other = message.is_send ? message.key.destination : message.key.source;
    const bool cut = trace_.cut(message.key.source) || trace_.cut(message.key.destination);
    const Kind kind = cut ? Kind::ends_inside : message.is_send ? Kind::unmatched_send : Kind::unmatched_receive;
    const Pending& pending = message.pending;
    trace_.report_at(kind, pending.location, pending.time, pending.event, [&] {
      const std::string partner = other < trace_.definitions.processes.size()
                                      ? trace_.definitions.processes.values()[other]
                                      : "an unknown process";
      const Communicator* comm = trace_.definitions.communicators.find(message.key.comm);
      return fmt::format("{} bytes {} {} on \"{}\" with tag {} have no {}", pending.length,
                         message.is_send ? "sent to" : "received from", partner, comm ? comm->name : "?",
                         message.key.tag, message.is_send ? "receive" : "send");
    });
  }
}

}  // namespace tulkki::check
