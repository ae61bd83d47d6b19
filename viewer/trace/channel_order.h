// SPDX-License-Identifier: Apache-2.0
// Numbers the messages of each channel (communicator, partner, tag) as MPI orders them: sends as they are posted,
// receives too, although they are told only as they complete. Equal numbers at both ends are one message.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <unordered_map>

#include "viewer/trace/cache_format.h"

namespace tulkki::trace {

struct ChannelKey {
  std::uint32_t context, peer;
  std::int32_t tag;
  std::uint32_t receive;
  bool operator==(const ChannelKey&) const = default;
};

struct ChannelKeyHash {
  std::size_t operator()(const ChannelKey& key) const {
    std::uint64_t value = (std::uint64_t{key.context} << 32 | key.peer) * 0x9E3779B97F4A7C15;
    value ^= (std::uint64_t{static_cast<std::uint32_t>(key.tag)} << 1 | key.receive) * 0xC2B2AE3D27D4EB4F;
    return value ^ value >> 29;
  }
};

class ChannelOrder {
 public:
  // `set(half, number)` is called once for each half that gets a number.
  explicit ChannelOrder(std::function<void(std::uint64_t half, std::uint32_t number)> set) : set_(std::move(set)) {}

  void send(const ChannelKey& key, std::uint64_t half) { give(key, half); }
  // A receive is posted: returns its ticket.
  std::uint64_t post();
  void complete(std::uint64_t ticket, const ChannelKey& key, std::uint64_t half);
  void cancel(std::uint64_t ticket);
  void finish();  // no open receive completes any more
  bool overflow() const { return overflow_; }

 private:
  // A receive that stays posted for long must not hold back all that follow: beyond this it counts as the last.
  static constexpr std::size_t kMostWaiting = 1 << 20;
  static constexpr std::size_t kMostChannels = 1 << 22;
  enum class State : std::uint8_t { posted, complete, gone };
  struct Waiting {
    State state = State::posted;
    ChannelKey key{};
    std::uint64_t half = 0;
  };
  void give(const ChannelKey& key, std::uint64_t half);
  void advance();

  std::function<void(std::uint64_t, std::uint32_t)> set_;
  std::unordered_map<ChannelKey, std::uint32_t, ChannelKeyHash> next_;
  std::deque<Waiting> waiting_;
  std::uint64_t first_ticket_ = 0;
  bool overflow_ = false;
};

}  // namespace tulkki::trace
