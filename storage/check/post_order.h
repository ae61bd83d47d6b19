// SPDX-License-Identifier: Apache-2.0
// Operations that are posted in one order, complete in another, and must be judged in the order of their posting.
#pragma once

#include <cstdint>
#include <deque>
#include <utility>

namespace tulkki::check {

template <class Value>
class PostOrder {
 public:
  // A new post, still open.
  std::uint64_t post() {
    entries_.push_back({State::open, {}});
    return base_ + entries_.size() - 1;
  }

  // The post completed. Calls deliver(value) for it and those behind it whose turn has come.
  template <class Deliver>
  void complete(std::uint64_t post, const Value& value, Deliver&& deliver) {
    if (post < base_) return deliver(value);  // given up before: late is better than never
    entries_[post - base_] = {State::complete, value};
    advance(deliver);
    // One post that stays open for the whole run must not hold up everything behind it for ever.
    if (entries_.size() > kMostHeld) give_up_front(deliver);
  }

  // As post() and complete() in one.
  template <class Deliver>
  void post_complete(const Value& value, Deliver&& deliver) {
    if (entries_.empty()) {
      ++base_;
      return deliver(value);
    }
    const std::uint64_t number = post();
    complete(number, value, deliver);
  }

  template <class Deliver>
  void cancel(std::uint64_t post, Deliver&& deliver) {
    if (post < base_) return;
    entries_[post - base_].state = State::gone;
    advance(deliver);
  }

  // Nothing completes any more.
  template <class Deliver>
  void finish(Deliver&& deliver) {
    for (Entry& entry : entries_) {
      if (entry.state == State::complete) deliver(entry.value);
    }
    base_ += entries_.size();
    entries_.clear();
  }

 private:
  static constexpr std::size_t kMostHeld = 1 << 20;
  enum class State : std::uint8_t { open, complete, gone };
  struct Entry {
    State state;
    Value value;
  };

  template <class Deliver>
  void advance(Deliver& deliver) {
    while (!entries_.empty() && entries_.front().state != State::open)
      pop(deliver);
  }

  template <class Deliver>
  void give_up_front(Deliver& deliver) {
    while (!entries_.empty() && entries_.front().state == State::open)
      pop(deliver);
    advance(deliver);
  }

  template <class Deliver>
  void pop(Deliver& deliver) {
    const Entry entry = entries_.front();
    entries_.pop_front();
    ++base_;
    if (entry.state == State::complete) deliver(entry.value);
  }

  std::deque<Entry> entries_;
  std::uint64_t base_ = 0;  // number of the first entry
};

}  // namespace tulkki::check
