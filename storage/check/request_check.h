// SPDX-License-Identifier: Apache-2.0
// The life of each request: started once, tested while live, then completed or cancelled, as what it was started.
#pragma once

#include <optional>

#include "storage/check/trace.h"

namespace tulkki::check {

// A request that has just ended, and the location that started it (another thread may have completed it).
struct EndedRequest {
  Request request;
  LocationState* owner;
};

class RequestCheck {
 public:
  explicit RequestCheck(Trace& trace) : trace_(trace) {}
  void start(const Moment& at, std::uint64_t id, const Request& request);
  void test(const Moment& at, std::uint64_t id);
  std::optional<EndedRequest> complete(const Moment& at, std::uint64_t id, RequestKind kind);
  std::optional<EndedRequest> cancel(const Moment& at, std::uint64_t id);
  void finish();

 private:
  // Location whose live request has this id: its own first, then those of the same process.
  LocationState* owner_of(const Moment& at, std::uint64_t id);
  void report_not_live(const Moment& at, std::uint64_t id, const char* event);

  Trace& trace_;
};

}  // namespace tulkki::check
