// SPDX-License-Identifier: Apache-2.0
// Writes OTF2 archives of a made-up program, straight through libotf2, as large as one likes; small ones come with the
// truth to compare an index with. The program: halo exchange on a ring with nonblocking messages that complete out of
// order, blocking messages, reductions, and now and then a call that takes a thousand times as long.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tulkki::test {

struct TraceShape {
  std::uint32_t ranks = 4;
  std::uint64_t calls_per_rank = 1000;  // about
  std::uint64_t seed = 1;
  std::uint32_t long_calls = 3;  // in the whole trace
  std::uint32_t ranks_per_node = 2;
  std::uint64_t ticks_per_second = 1'000'000'000;
  bool clock_properties = true;
  bool clock_offsets = false;  // every second node's clock is off by some seconds, and the archive says so
  // As other tools write: regions of the program around the calls, location ids with the thread in the upper half,
  // threads without events, other names, a communicator of the even ranks.
  bool foreign = false;
};

struct TrueCall {
  std::uint64_t start = 0, end = 0;  // ticks since the origin, in the reference clock
  std::string procedure;
  std::uint32_t peer = 0xFFFFFFFF;  // rank in the world
  std::int32_t tag = -1;
  std::uint64_t sent = 0, received = 0;
  std::string context;
};

struct TrueMessage {
  std::uint32_t from = 0, to = 0;
  std::uint64_t send_call = 0, post_call = 0, receive_call = 0;  // numbers in their ranks
  std::int32_t tag = 0;
  std::uint64_t bytes = 0;
};

struct Truth {
  std::vector<std::vector<TrueCall>> calls;  // by rank, in the order of start
  std::vector<TrueMessage> messages;
};

// Writes DIRECTORY/traces.otf2 (the directory must not hold one); `truth` may be null. Throws std::runtime_error.
void generate_trace(const std::string& directory, const TraceShape& shape, Truth* truth);

}  // namespace tulkki::test
