// SPDX-License-Identifier: Apache-2.0
#include "viewer/timeline/call_details.h"

#include <algorithm>

#include "storage/histogram.h"
#include "viewer/timeline/time_axis.h"

namespace tulkki::timeline {

using trace::Call;
using trace::kNone;

namespace {

std::string rank_name(const trace::TraceStore& store, std::uint32_t location) {
  const trace::Location& at = store.definitions().locations[location];
  return "rank " + std::to_string(at.rank) + (at.thread == 0 ? "" : ", thread " + std::to_string(at.thread));
}

// Where the rank stands in the communicator, if that is another number.
std::string peer_text(const trace::TraceStore& store, const Call& call) {
  std::string text = "rank " + std::to_string(call.peer);
  if (call.context == kNone) return text;
  const std::uint32_t group = store.definitions().contexts[call.context].group;
  if (group >= store.definitions().groups.size()) return text;
  const std::vector<std::uint32_t>& ranks = store.definitions().groups[group];
  const auto found = std::find(ranks.begin(), ranks.end(), call.peer);
  if (found == ranks.end() || static_cast<std::uint32_t>(found - ranks.begin()) == call.peer) return text;
  return text + " (" + std::to_string(found - ranks.begin()) + " in " +
         store.definitions().contexts[call.context].name + ")";
}

std::string message_text(const trace::TraceStore& store, const trace::MessageHalf& half, double origin_ns) {
  std::string text = half.receive ? "from " : "to ";
  text += half.peer == kNone ? "an unknown rank" : "rank " + std::to_string(half.peer);
  text += ", " + bytes_text(half.bytes);
  if (half.tag != trace::kNoTag) text += ", tag " + std::to_string(half.tag);
  if (half.receive && !(half.posted == half.at)) {
    text += ", complete at " + time_text(static_cast<double>(half.time_ns) - origin_ns, 7);
  }
  if (half.partner == trace::kNoCall) return text;
  const auto [location, number] = store.half_place(half.partner);
  const trace::MessageHalf other = store.half(location, number);
  if (!other.at.valid()) return text;
  const Call call = store.call(other.at);
  const double apart = static_cast<double>(half.time_ns) - static_cast<double>(other.time_ns);
  text += half.receive ? "; sent by " : "; received by ";
  text += store.definitions().procedures[call.procedure].name;
  return text + (apart < 0 ? ", " + time_text(-apart) + " later" : ", " + time_text(apart) + " before");
}

}  // namespace

std::string call_line(const trace::TraceStore& store, trace::CallRef ref) {
  if (!ref.valid() || ref.location >= store.definitions().locations.size()) return {};
  const Call call = store.call(ref);
  std::string text = store.definitions().procedures[call.procedure].name + ", " + rank_name(store, ref.location) +
                     ": " + time_text(static_cast<double>(call.duration_ns));
  if (call.peer != kNone) text += ", with " + peer_text(store, call);
  if (call.tag != trace::kNoTag) text += ", tag " + std::to_string(call.tag);
  const std::uint64_t bytes = std::max(call.bytes_sent, call.bytes_received);
  if (bytes != 0) text += ", " + bytes_text(bytes);
  return text;
}

std::vector<std::pair<std::string, std::string>> call_details(const trace::TraceStore& store, trace::CallRef ref,
                                                              double origin_ns) {
  std::vector<std::pair<std::string, std::string>> rows;
  if (!ref.valid() || ref.location >= store.definitions().locations.size()) return rows;
  const trace::Definitions& model = store.definitions();
  const Call call = store.call(ref);
  const trace::Procedure& procedure = model.procedures[call.procedure];
  const trace::Location& location = model.locations[ref.location];
  rows.emplace_back("Procedure", procedure.name);
  rows.emplace_back("Where", rank_name(store, ref.location) +
                                 (location.node < model.nodes.size() ? " on " + model.nodes[location.node] : ""));
  rows.emplace_back("Duration", time_text(static_cast<double>(call.duration_ns), 6));
  const Result<Histogram> histogram = Histogram::decode(procedure.histogram);
  if (histogram && !histogram->empty()) {
    rows.emplace_back("All calls of this procedure", "median " + time_text(histogram->quantile_ns(0.5)) + ", p99 " +
                                         time_text(histogram->quantile_ns(0.99)) + ", longest " +
                                         time_text(static_cast<double>(procedure.longest_ns)) + ", " +
                                         count_text(procedure.calls) + " calls");
  }
  rows.emplace_back("Start", time_text(static_cast<double>(call.start_ns) - origin_ns, 9));
  rows.emplace_back("End", time_text(static_cast<double>(call.start_ns + call.duration_ns) - origin_ns, 9));
  if (call.context != kNone) {
    const trace::Context& context = model.contexts[call.context];
    const char* kinds[] = {"Communicator", "Window", "File"};
    rows.emplace_back(kinds[static_cast<int>(context.kind)], context.name);
  }
  if (call.peer != kNone) rows.emplace_back("Partner or root", peer_text(store, call));
  if (call.tag != trace::kNoTag) rows.emplace_back("Tag", std::to_string(call.tag));
  if (call.bytes_sent != 0) rows.emplace_back("Sent", bytes_text(call.bytes_sent));
  if (call.bytes_received != 0) rows.emplace_back("Received", bytes_text(call.bytes_received));
  if (call.repeated != 0) rows.emplace_back("Repeated", count_text(call.repeated) + " more times without success");
  if (call.error != 0) rows.emplace_back("Error code", std::to_string(call.error));
  if (call.site != kNone) rows.emplace_back("Call site", model.sites[call.site]);
  rows.emplace_back("Number", count_text(ref.call + 1) + " of " + count_text(location.calls) + " on its rank");
  const std::vector<trace::MessageHalf> messages = store.messages_of(ref);
  constexpr std::size_t kMostMessages = 20;
  for (std::size_t n = 0; n < std::min(messages.size(), kMostMessages); ++n)
    rows.emplace_back(messages[n].receive ? "Message received" : "Message sent",
                      message_text(store, messages[n], origin_ns));
  if (messages.size() > kMostMessages)
    rows.emplace_back("Messages", count_text(messages.size() - kMostMessages) + " more");
  return rows;
}

}  // namespace tulkki::timeline
