// SPDX-License-Identifier: Apache-2.0
// The life of each request.
#include "storage/check/request_check.h"

#include <algorithm>

namespace tulkki::check {

void RequestCheck::start(const Moment& at, std::uint64_t id, const Request& request) {
  LocationState& location = at.location;
  location.highest_request = std::max(location.highest_request, id);
  auto [present, added] = location.requests.try_emplace(id, request);
  if (added) [[likely]]
    return;
  trace_.report(Kind::request_reused, at, [&] {
    return fmt::format("{} starts request {}, which is live since event {}", name(request.kind), id,
                       present->second.event);
  });
  present->second = request;
}

LocationState* RequestCheck::owner_of(const Moment& at, std::uint64_t id) {
  if (at.location.requests.contains(id)) [[likely]]
    return &at.location;
  for (std::uint32_t index : trace_.processes[at.location.process].locations) {
    if (trace_.locations[index].requests.contains(id)) return &trace_.locations[index];
  }
  return nullptr;
}

void RequestCheck::report_not_live(const Moment& at, std::uint64_t id, const char* event) {
  trace_.report(Kind::request_not_live, at, [&] {
    const bool known = id <= at.location.highest_request;
    return fmt::format("{} of request {}, which {}", event, id,
                       known ? "was completed before or never started" : "was never started");
  });
}

void RequestCheck::test(const Moment& at, std::uint64_t id) {
  if (!owner_of(at, id)) report_not_live(at, id, "test");
}

std::optional<EndedRequest> RequestCheck::complete(const Moment& at, std::uint64_t id, RequestKind kind) {
  LocationState* owner = owner_of(at, id);
  if (!owner) {
    report_not_live(at, id, "completion");
    return std::nullopt;
  }
  auto found = owner->requests.find(id);
  const Request request = found->second;
  if (request.kind != kind) {
    trace_.report(Kind::request_wrong_kind, at, [&] {
      return fmt::format("request {} ends as a {}, but event {} started it as a {}", id, name(kind), request.event,
                         name(request.kind));
    });
    return std::nullopt;
  }
  owner->requests.erase(found);
  return EndedRequest{request, owner};
}

std::optional<EndedRequest> RequestCheck::cancel(const Moment& at, std::uint64_t id) {
  LocationState* owner = owner_of(at, id);
  if (!owner) {
    report_not_live(at, id, "cancellation");
    return std::nullopt;
  }
  auto found = owner->requests.find(id);
  const Request request = found->second;
  owner->requests.erase(found);
  return EndedRequest{request, owner};
}

void RequestCheck::finish() {
  for (LocationState& location : trace_.locations) {
    std::vector<std::pair<std::uint64_t, Request>> open(location.requests.begin(), location.requests.end());
    std::sort(open.begin(), open.end(), [](auto& a, auto& b) { return a.second.event < b.second.event; });
    for (const auto& [id, request] : open) {
      trace_.report_at(trace_.unless_cut(Kind::request_open, location.process), location.index, request.time,
                       request.event, [&, id = id, kind = request.kind] {
                         return fmt::format("{} request {} started here never ends", name(kind), id);
                       });
    }
  }
}

}  // namespace tulkki::check
