// SPDX-License-Identifier: Apache-2.0
// Ends of messages in an indexed trace.
#include <algorithm>
#include <cstring>

#include "viewer/trace/store.h"

namespace tulkki::trace {

namespace {

// A block of ends of messages as it lies in the file; empty when it is damaged.
struct HalfBlock {
  std::uint32_t size = 0, channels = 0;
  const Channel* channel = nullptr;
  const std::uint32_t* partners = nullptr;
  const std::uint32_t* calls = nullptr;
  const std::uint32_t* posts = nullptr;
  const std::uint16_t* channel_of = nullptr;
};

HalfBlock half_block(const std::uint8_t* at, std::uint64_t bytes) {
  HalfBlock block;
  HalfBlockHeader header;
  if (at == nullptr || bytes < sizeof(header)) return block;
  std::memcpy(&header, at, sizeof(header));
  const std::uint64_t lists = sizeof(header) + std::uint64_t{header.channels} * sizeof(Channel);
  if (header.halves > kBlockHalves || header.channels == 0 || lists + std::uint64_t{header.halves} * 14 > bytes) {
    return block;
  }
  block.channels = header.channels;
  block.channel = reinterpret_cast<const Channel*>(at + sizeof(header));
  block.partners = reinterpret_cast<const std::uint32_t*>(at + lists);
  block.calls = block.partners + header.halves;
  block.posts = block.calls + header.halves;
  block.channel_of = reinterpret_cast<const std::uint16_t*>(block.posts + header.halves);
  block.size = header.halves;
  return block;
}

const BlockPlace* block_of(const std::vector<BlockPlace>& blocks, std::uint64_t number) {
  const auto after = std::upper_bound(blocks.begin(), blocks.end(), number,
                                      [](std::uint64_t value, const BlockPlace& at) { return value < at.first; });
  return after == blocks.begin() ? nullptr : &*(after - 1);
}

}  // namespace

MessageHalf TraceStore::half(std::uint32_t location, std::uint64_t number) const {
  MessageHalf half;
  if (location >= directory_.places.size()) return half;
  const BlockPlace* place = block_of(directory_.places[location].halves, number);
  if (place == nullptr) return half;
  const HalfBlock block = half_block(segment(place->offset, place->bytes), place->bytes);
  const std::uint64_t n = number - place->first;
  if (n >= block.size) return half;
  const Channel& channel = block.channel[std::min<std::uint32_t>(block.channel_of[n], block.channels - 1)];
  half.receive = channel.receive != 0;
  half.at = {location, block.calls[n]};
  half.posted = {location, block.posts[n] == kNone ? kNoCall : block.posts[n]};
  half.peer = channel.peer;
  half.tag = channel.tag;
  half.context = channel.context < directory_.definitions.contexts.size() ? channel.context : kNone;
  half.bytes = channel.bytes;
  half.location = location;
  const bool known = directory_.complete && block.partners[n] < directory_.definitions.halves;
  half.partner = known ? block.partners[n] : kNoCall;
  const Call at = call(half.at);
  half.time_ns = half.receive ? at.start_ns + at.duration_ns : at.start_ns;
  return half;
}

std::uint64_t TraceStore::first_half(std::uint32_t location) const {
  return location < directory_.places.size() ? directory_.places[location].first_half : 0;
}

std::pair<std::uint32_t, std::uint64_t> TraceStore::half_place(std::uint64_t global) const {
  const std::vector<LocationPlace>& places = directory_.places;
  const auto after = std::upper_bound(places.begin(), places.end(), global,
                                      [](std::uint64_t value, const auto& place) { return value < place.first_half; });
  if (after == places.begin() || global >= directory_.definitions.halves) return {kNone, 0};
  return {static_cast<std::uint32_t>(after - places.begin() - 1), global - (after - 1)->first_half};
}

std::uint64_t TraceStore::halves_before(std::uint32_t location, std::uint64_t call) const {
  if (location >= directory_.places.size()) return 0;
  const std::vector<BlockPlace>& blocks = directory_.places[location].halves;
  const auto after = std::lower_bound(blocks.begin(), blocks.end(), call,
                                      [](const BlockPlace& at, std::uint64_t value) { return at.key < value; });
  if (after == blocks.begin()) return 0;
  const BlockPlace& place = *(after - 1);
  const HalfBlock block = half_block(segment(place.offset, place.bytes), place.bytes);
  if (block.size == 0) return place.first;
  return place.first +
         static_cast<std::uint64_t>(std::lower_bound(block.calls, block.calls + block.size, call) - block.calls);
}

std::vector<MessageHalf> TraceStore::messages_of(CallRef ref) const {
  constexpr std::uint64_t kFarthest = 1 << 22;  // how many ends a posted receive is followed
  std::vector<MessageHalf> found;
  const Call at = call(ref);
  if (at.messages == 0) return found;
  const std::uint64_t all = directory_.definitions.locations[ref.location].halves;
  const std::uint64_t first = halves_before(ref.location, ref.call);
  for (std::uint64_t n = first; n < std::min(all, first + kFarthest) && found.size() < at.messages; ++n) {
    MessageHalf half = this->half(ref.location, n);
    if (half.at == ref || half.posted == ref) found.push_back(half);
  }
  return found;
}

}  // namespace tulkki::trace
