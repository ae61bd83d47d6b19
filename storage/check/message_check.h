// SPDX-License-Identifier: Apache-2.0
// Matches point-to-point messages in order (MPI's non-overtaking rule) and judges each pair.
#pragma once

#include "storage/check/request_check.h"
#include "storage/check/stack_check.h"
#include "storage/check/trace.h"

namespace tulkki::check {

class MessageCheck {
 public:
  MessageCheck(Trace& trace, StackCheck& stack, RequestCheck& requests)
      : trace_(trace), stack_(stack), requests_(requests) {}

  struct Envelope {
    std::uint32_t rank, comm, tag;
    std::uint64_t length;
  };
  static constexpr std::uint64_t kBlocking = ~std::uint64_t{0};  // in place of a request id

  void send(const Moment& at, const Envelope& envelope, std::uint64_t request);
  void send_complete(const Moment& at, std::uint64_t request);
  void receive_posted(const Moment& at, std::uint64_t request);
  void receive(const Moment& at, const Envelope& envelope, std::uint64_t request);
  void cancelled(const Moment& at, const EndedRequest& ended);
  void finish();
  std::uint64_t matched() const { return matched_; }

 private:
  struct Key {
    std::uint32_t comm, source, destination, tag;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };
  struct Pending {
    std::uint64_t time;  // send: its call began; receive: it completed
    std::uint64_t event, length;
    std::uint32_t location;
  };
  // Sends without a receive yet, or the other way round; never both.
  struct Channel {
    std::vector<Pending> queue;
    std::size_t head = 0;
    bool holds_sends = true;
    std::uint32_t sender = kNoIndex, receiver = kNoIndex;  // locations
    bool threaded = false;                                 // several threads send or receive: the order is not known
    bool empty() const { return head == queue.size(); }
    void take() {
      if (++head < queue.size() && head < 1024) return;
      queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(head));
      head = 0;
    }
  };

  Channel& channel(const Key& key);
  void arrive(const Key& key, const Pending& pending, bool is_send);
  void deliver(std::uint32_t location, const Receive& receive);
  void judge(const Channel& channel, const Key& key, const Pending& send, const Pending& receive);

  Trace& trace_;
  StackCheck& stack_;
  RequestCheck& requests_;
  std::unordered_map<Key, Channel, Hash> channels_;
  std::size_t sweep_at_ = 1 << 18;
  std::uint64_t matched_ = 0;
};

}  // namespace tulkki::check
