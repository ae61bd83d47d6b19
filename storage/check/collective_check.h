// SPDX-License-Identifier: Apache-2.0
// Collectives: begin and end pair on each location, all members of a communicator take part in the same ones in the
// same order, and none ends before one began that it depends on.
#pragma once

#include <deque>

#include "storage/check/request_check.h"
#include "storage/check/stack_check.h"
#include "storage/check/trace.h"

namespace tulkki::check {

class CollectiveCheck {
 public:
  CollectiveCheck(Trace& trace, StackCheck& stack, RequestCheck& requests)
      : trace_(trace), stack_(stack), requests_(requests) {}

  struct Operation {
    OTF2_CollectiveOp operation;
    std::uint32_t context;  // communicator; of an RMA collective the window
    std::uint32_t root;
    std::uint64_t bytes;  // sent and received
  };

  void begin(const Moment& at);
  void end(const Moment& at, const Operation& operation);
  void window_begin(const Moment& at);
  void window_end(const Moment& at, const Operation& operation);
  void nonblocking_begin(const Moment& at, std::uint64_t request);
  void nonblocking_end(const Moment& at, const Operation& operation, std::uint64_t request);
  void cancelled(const EndedRequest& ended);
  void finish();
  std::uint64_t complete() const { return complete_; }

 private:
  struct Instance {
    OTF2_CollectiveOp operation;
    std::uint32_t root;  // process; kNoIndex: not rooted or not comparable
    std::uint32_t parts = 0;
    std::uint32_t first_location, last_begin_location = 0, first_end_location = 0;
    std::uint64_t first_event, first_time;  // of the part that was seen first
    std::uint64_t last_begin = 0, first_end = ~std::uint64_t{0}, first_end_event = 0;
    std::uint64_t root_begin = 0, root_end = ~std::uint64_t{0};
    std::uint32_t root_location = kNoIndex;
    std::uint64_t least_bytes = ~std::uint64_t{0}, most_bytes = 0;
    bool root_unknown = false;  // or members disagree on it
  };
  struct Stream {
    const Communicator* comm = nullptr;
    std::vector<std::uint64_t> next;  // by member: number of its next instance
    std::deque<Instance> instances;   // from number `base`
    std::uint64_t base = 0;
    bool disordered = false;  // members disagreed: nothing after that can be compared
  };

  void add_part(std::uint32_t process, const Part& part);
  void check_root(Stream& stream, Instance& instance, const Part& part, std::uint32_t process);
  void judge(const Stream& stream, const Instance& instance);
  void report_early(std::uint32_t location, std::uint64_t end, std::uint64_t event, std::uint32_t other_location,
                    std::uint64_t other_begin, const Instance& instance, const Stream& stream);
  void report_missing(const Stream& stream, const Instance& instance, std::uint64_t number);
  void end_blocking(const Moment& at, const Part& part, bool& open, std::uint64_t begin, std::uint64_t post,
                    const char* event);

  Trace& trace_;
  StackCheck& stack_;
  RequestCheck& requests_;
  std::unordered_map<std::uint64_t, Stream> streams_;
  std::uint64_t complete_ = 0;
};

}  // namespace tulkki::check
