// SPDX-License-Identifier: Apache-2.0
// Ranks are written one after the other; what one does at a step follows from the seed, so that its partners agree.
#include "tests/timeline/generated_trace.h"

#include <otf2/otf2.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "tests/timeline/generated_definitions.h"

namespace tulkki::test {

namespace {

constexpr std::uint64_t kCallsPerStep = 8;

void check(OTF2_ErrorCode code) {
  if (code != OTF2_SUCCESS) throw std::runtime_error(std::string("generate_trace: ") + OTF2_Error_GetDescription(code));
}

OTF2_FlushType flush_always(void*, OTF2_FileType, OTF2_LocationRef, void*, bool) { return OTF2_FLUSH; }
constexpr OTF2_FlushCallbacks kFlush = {flush_always, nullptr};

std::uint64_t mixed(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  std::uint64_t value = a * 0x9E3779B97F4A7C15 + b * 0xC2B2AE3D27D4EB4F + c * 0x165667B19E3779F9 + 0x27D4EB2F165667C5;
  value = (value ^ value >> 31) * 0xBF58476D1CE4E5B9;
  value = (value ^ value >> 27) * 0x94D049BB133111EB;
  return value ^ value >> 31;
}

// Key of a message until both of its ends are known.
struct Flight {
  std::uint64_t step;
  std::uint32_t from, to, number;
  auto operator<=>(const Flight&) const = default;
};

class RankWriter {
 public:
  RankWriter(OTF2_EvtWriter* writer, const TraceShape& shape, std::uint32_t rank, Truth* truth,
             std::map<Flight, TrueMessage>& flights)
      : writer_(writer), shape_(shape), rank_(rank), truth_(truth), flights_(flights) {}

  void write();
  std::uint64_t last_ticks() const { return now_; }

 private:
  // Ticks of about this many nanoseconds, at least 1, with some noise.
  std::uint64_t ticks(std::uint64_t ns) {
    const std::uint64_t noise = mixed(shape_.seed, rank_, ++draws_) % (ns + 1);
    return std::max<std::uint64_t>(1, (ns + noise) * shape_.ticks_per_second / 1'000'000'000);
  }
  std::uint64_t stamp() const { return generated_local_ticks(shape_, rank_, now_); }

  std::uint64_t enter(GeneratedRegion region) {
    check(OTF2_EvtWriter_Enter(writer_, nullptr, stamp(), region));
    if (truth_ != nullptr) {
      TrueCall call;
      call.start = now_;
      call.procedure = generated_region_name(shape_, region);
      truth_->calls[rank_].push_back(call);
    }
    return calls_++;
  }
  void leave(GeneratedRegion region, std::uint64_t call) {
    check(OTF2_EvtWriter_Leave(writer_, nullptr, stamp(), region));
    if (truth_ != nullptr) truth_->calls[rank_][call].end = now_;
  }
  TrueCall* told(std::uint64_t call) { return truth_ == nullptr ? nullptr : &truth_->calls[rank_][call]; }
  bool is_long() {
    const std::uint64_t total = std::max<std::uint64_t>(1, shape_.calls_per_rank * shape_.ranks);
    return shape_.long_calls != 0 && mixed(shape_.seed + 7, rank_, calls_) % total < shape_.long_calls;
  }
  void spend(std::uint64_t ns) { now_ += ticks(is_long() ? ns * 1000 : ns); }

  std::uint64_t send(std::uint32_t to, std::int32_t tag, std::uint64_t bytes, bool blocking, std::uint64_t step,
                     std::uint32_t number);
  std::uint64_t post(std::uint64_t request);
  void complete(std::uint64_t call, std::uint32_t from, std::int32_t tag, std::uint64_t bytes, std::uint64_t request,
                std::uint64_t posted, std::uint64_t step, std::uint32_t number);
  void receive_blocking(std::uint32_t from, std::int32_t tag, std::uint64_t bytes, std::uint64_t step,
                        std::uint32_t number);
  void collective(GeneratedRegion region, OTF2_CollectiveOp op, std::uint32_t root, std::uint64_t bytes, bool even);
  void exchange(std::uint64_t step);
  void in_even_ranks(std::uint64_t step);

  OTF2_EvtWriter* writer_;
  const TraceShape& shape_;
  std::uint32_t rank_;
  Truth* truth_;
  std::map<Flight, TrueMessage>& flights_;
  std::uint64_t now_ = 1000, calls_ = 0, draws_ = 0, requests_ = 0;
};

std::uint64_t RankWriter::send(std::uint32_t to, std::int32_t tag, std::uint64_t bytes, bool blocking,
                               std::uint64_t step, std::uint32_t number) {
  const GeneratedRegion region = blocking ? kRegionSend : kRegionIsend;
  const std::uint64_t call = enter(region);
  if (blocking) {
    check(
        OTF2_EvtWriter_MpiSend(writer_, nullptr, stamp(), to, kGeneratedWorld, static_cast<std::uint32_t>(tag), bytes));
  } else {
    check(OTF2_EvtWriter_MpiIsend(writer_, nullptr, stamp(), to, kGeneratedWorld, static_cast<std::uint32_t>(tag),
                                  bytes, ++requests_));
  }
  if (TrueCall* at = told(call)) {
    at->peer = to;
    at->tag = tag;
    at->sent = bytes;
    at->context = generated_context_name(shape_, kGeneratedWorld);
    TrueMessage& message = flights_[{step, rank_, to, number}];
    message.from = rank_;
    message.to = to;
    message.send_call = call;
    message.tag = tag;
    message.bytes = bytes;
  }
  spend(blocking ? 400 : 150);
  leave(region, call);
  return requests_;
}

std::uint64_t RankWriter::post(std::uint64_t request) {
  const std::uint64_t call = enter(kRegionIrecv);
  check(OTF2_EvtWriter_MpiIrecvRequest(writer_, nullptr, stamp(), request));
  spend(100);
  leave(kRegionIrecv, call);
  return call;
}

void RankWriter::complete(std::uint64_t call, std::uint32_t from, std::int32_t tag, std::uint64_t bytes,
                          std::uint64_t request, std::uint64_t posted, std::uint64_t step, std::uint32_t number) {
  check(OTF2_EvtWriter_MpiIrecv(writer_, nullptr, stamp(), from, kGeneratedWorld, static_cast<std::uint32_t>(tag),
                                bytes, request));
  if (TrueCall* at = told(posted)) {
    at->peer = from;
    at->tag = tag;
    at->received = bytes;
    at->context = generated_context_name(shape_, kGeneratedWorld);
    TrueMessage& message = flights_[{step, from, rank_, number}];
    message.post_call = posted;
    message.receive_call = call;
  }
}

void RankWriter::receive_blocking(std::uint32_t from, std::int32_t tag, std::uint64_t bytes, std::uint64_t step,
                                  std::uint32_t number) {
  const std::uint64_t call = enter(kRegionRecv);
  spend(700);
  check(
      OTF2_EvtWriter_MpiRecv(writer_, nullptr, stamp(), from, kGeneratedWorld, static_cast<std::uint32_t>(tag), bytes));
  if (TrueCall* at = told(call)) {
    at->peer = from;
    at->tag = tag;
    at->received = bytes;
    at->context = generated_context_name(shape_, kGeneratedWorld);
    TrueMessage& message = flights_[{step, from, rank_, number}];
    message.post_call = message.receive_call = call;
  }
  leave(kRegionRecv, call);
}

void RankWriter::collective(GeneratedRegion region, OTF2_CollectiveOp op, std::uint32_t root, std::uint64_t bytes,
                            bool even) {
  const GeneratedComm comm = even ? kGeneratedEven : kGeneratedWorld;
  const std::uint64_t call = enter(region);
  check(OTF2_EvtWriter_MpiCollectiveBegin(writer_, nullptr, stamp()));
  spend(2000);
  check(OTF2_EvtWriter_MpiCollectiveEnd(writer_, nullptr, stamp(), op, comm, root, bytes, bytes));
  if (TrueCall* at = told(call)) {
    at->sent = at->received = bytes;
    at->context = generated_context_name(shape_, comm);
    if (root != OTF2_COLLECTIVE_ROOT_NONE) at->peer = even ? root * 2 : root;
  }
  leave(region, call);
}

// Two messages of one tag from the left, whose receives complete in the reverse order, and one to the right.
void RankWriter::exchange(std::uint64_t step) {
  const std::uint32_t left = (rank_ + shape_.ranks - 1) % shape_.ranks, right = (rank_ + 1) % shape_.ranks;
  const auto tag = static_cast<std::int32_t>(step % 5);
  const std::uint64_t size = std::uint64_t{8} << mixed(shape_.seed, step, 11) % 12;
  const std::uint64_t first = ++requests_, second = ++requests_;
  const std::uint64_t first_post = post(first), second_post = post(second);
  send(right, tag, size, false, step, 0);
  send(right, tag, size + 1, false, step, 1);
  const std::uint64_t test = enter(kRegionTest);
  spend(50);
  complete(test, left, tag, size + 1, second, second_post, step, 1);
  leave(kRegionTest, test);
  const std::uint64_t wait = enter(kRegionWait);
  spend(900);
  complete(wait, left, tag, size, first, first_post, step, 0);
  leave(kRegionWait, wait);
}

void RankWriter::in_even_ranks(std::uint64_t step) {
  if (rank_ % 2 == 0) collective(kRegionBcast, OTF2_COLLECTIVE_OP_BCAST, 0, 8 + step % 64, true);
}

void RankWriter::write() {
  const bool regions = shape_.foreign;
  std::uint64_t main = 0;
  if (regions) main = enter(kRegionMain);
  const std::uint64_t init = enter(kRegionInit);
  now_ += ticks(200'000);
  leave(kRegionInit, init);
  const std::uint64_t steps = std::max<std::uint64_t>(1, shape_.calls_per_rank / kCallsPerStep);
  for (std::uint64_t step = 0; step < steps; ++step) {
    // Ranks keep in step, as they would: nobody is more than a little late.
    const std::uint64_t step_ticks = std::max<std::uint64_t>(40, shape_.ticks_per_second / 50'000);
    now_ = std::max(now_ + ticks(300), 1000 + shape_.ticks_per_second / 1000 + step * step_ticks);
    const std::uint64_t solve = regions ? enter(kRegionSolve) : 0;
    exchange(step);
    const std::int32_t tag = 100 + static_cast<std::int32_t>(rank_ / 2 % 7);
    if (shape_.ranks % 2 == 0 && rank_ % 2 == 0) send(rank_ + 1, tag, 64, true, step, 2);
    if (shape_.ranks % 2 == 0 && rank_ % 2 == 1) receive_blocking(rank_ - 1, tag, 64, step, 2);
    now_ += ticks(200);
    if (step % 4 == 0) collective(kRegionAllreduce, OTF2_COLLECTIVE_OP_ALLREDUCE, OTF2_COLLECTIVE_ROOT_NONE, 16, false);
    if (shape_.foreign) in_even_ranks(step);
    if (regions) leave(kRegionSolve, solve);
  }
  const std::uint64_t finalize = enter(kRegionFinalize);
  now_ += ticks(50'000);
  leave(kRegionFinalize, finalize);
  if (regions) leave(kRegionMain, main);
}

}  // namespace

void generate_trace(const std::string& directory, const TraceShape& shape, Truth* truth) {
  OTF2_Archive* archive = OTF2_Archive_Open(directory.c_str(), "traces", OTF2_FILEMODE_WRITE, 1 << 20, 4 << 20,
                                            OTF2_SUBSTRATE_POSIX, OTF2_COMPRESSION_NONE);
  if (archive == nullptr) throw std::runtime_error("generate_trace: " + directory + " cannot be made");
  check(OTF2_Archive_SetFlushCallbacks(archive, &kFlush, nullptr));
  check(OTF2_Archive_SetSerialCollectiveCallbacks(archive));
  check(OTF2_Archive_SetCreator(archive, shape.foreign ? "Another tool 8.1" : "Tulkki test"));
  check(OTF2_Archive_OpenEvtFiles(archive));
  if (truth != nullptr) truth->calls.assign(shape.ranks, {});
  std::map<Flight, TrueMessage> flights;
  std::vector<std::uint64_t> records(shape.ranks);
  std::uint64_t last = 0;
  for (std::uint32_t rank = 0; rank < shape.ranks; ++rank) {
    OTF2_EvtWriter* writer = OTF2_Archive_GetEvtWriter(archive, generated_location(shape, rank, 0));
    RankWriter to(writer, shape, rank, truth, flights);
    to.write();
    last = std::max(last, to.last_ticks());
    check(OTF2_EvtWriter_GetNumberOfEvents(writer, &records[rank]));
    check(OTF2_Archive_CloseEvtWriter(archive, writer));
    if (!shape.foreign) continue;
    OTF2_EvtWriter* idle = OTF2_Archive_GetEvtWriter(archive, generated_location(shape, rank, 1));
    check(OTF2_Archive_CloseEvtWriter(archive, idle));
  }
  check(OTF2_Archive_CloseEvtFiles(archive));
  write_generated_definitions(archive, shape, records, last);
  check(OTF2_Archive_Close(archive));
  if (truth == nullptr) return;
  for (const auto& [flight, message] : flights)
    truth->messages.push_back(message);
}

}  // namespace tulkki::test
