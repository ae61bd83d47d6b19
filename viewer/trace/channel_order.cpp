// SPDX-License-Identifier: Apache-2.0
// A queue of the receives in the order of posting, from the oldest that is still open.
#include "viewer/trace/channel_order.h"

namespace tulkki::trace {

void ChannelOrder::give(const ChannelKey& key, std::uint64_t half) {
  auto found = next_.find(key);
  if (found == next_.end()) {
    if (next_.size() >= kMostChannels) {
      overflow_ = true;
      return;
    }
    found = next_.emplace(key, 0).first;
  }
  set_(half, found->second++);
}

std::uint64_t ChannelOrder::post() {
  if (waiting_.size() >= kMostWaiting) {
    waiting_.front().state = State::gone;
    advance();
  }
  waiting_.emplace_back();
  return first_ticket_ + waiting_.size() - 1;
}

void ChannelOrder::advance() {
  while (!waiting_.empty() && waiting_.front().state != State::posted) {
    if (waiting_.front().state == State::complete) give(waiting_.front().key, waiting_.front().half);
    waiting_.pop_front();
    ++first_ticket_;
  }
}

void ChannelOrder::complete(std::uint64_t ticket, const ChannelKey& key, std::uint64_t half) {
  if (ticket < first_ticket_) return give(key, half);
  Waiting& at = waiting_[ticket - first_ticket_];
  at = {State::complete, key, half};
  advance();
}

void ChannelOrder::cancel(std::uint64_t ticket) {
  if (ticket < first_ticket_) return;
  waiting_[ticket - first_ticket_].state = State::gone;
  advance();
}

void ChannelOrder::finish() {
  for (Waiting& at : waiting_) {
    if (at.state == State::posted) at.state = State::gone;
  }
  advance();
}

}  // namespace tulkki::trace
