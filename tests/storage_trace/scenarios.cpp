// SPDX-License-Identifier: Apache-2.0
// Times are small numbers so that the expected files can be checked by eye.
#include "tests/storage_trace/scenarios.h"

#include <algorithm>
#include <stdexcept>

namespace tulkki::test {

namespace {

using raw::ContextKind;
using raw::NoteKind;
using raw::RequestKind;

constexpr std::uint32_t kWorld = raw::kContextWorld;
constexpr std::uint32_t kSelf = raw::kContextSelf;

void init(ThreadBuilder& thread) { thread.call({.procedure = Procedure::MPI_Init, .start = 1000, .end = 2000}); }
void finalize(ThreadBuilder& thread, std::uint64_t start = 990'000) {
  thread.call({.procedure = Procedure::MPI_Finalize, .start = start, .end = start + 10'000});
}

// A message of rank 0 and its receive on rank 1, in slots of 100 ticks.
CallSpec transfer(Procedure procedure, std::uint64_t start, int peer, int tag, std::uint64_t sent,
                  std::uint64_t received = 0) {
  return {.procedure = procedure,
          .start = start,
          .end = start + 50,
          .peer = peer,
          .context = kWorld,
          .tag = tag,
          .sent = sent,
          .received = received};
}

}  // namespace

Launch point_to_point() {
  Launch launch;
  launch.emplace_back(0, 2);
  launch.emplace_back(1, 2);
  ThreadBuilder& sender = launch[0].thread(0);
  ThreadBuilder& receiver = launch[1].thread(0);
  init(sender);
  init(receiver);
  sender.call(transfer(Procedure::MPI_Send, 3000, 1, 7, 8));
  receiver.call(transfer(Procedure::MPI_Recv, 3020, 0, 7, 0, 8));
  sender.call(transfer(Procedure::MPI_Ssend, 3100, 1, 8, 0));
  receiver.call(transfer(Procedure::MPI_Recv, 3120, 0, 8, 0, 0));
  sender.call(transfer(Procedure::MPI_Send, 3200, 1, 9, std::uint64_t{5} << 30));
  // Posted with MPI_ANY_SOURCE: the list tells what came.
  CallSpec any = transfer(Procedure::MPI_Recv, 3220, raw::kPeerAny, raw::kTagAny, 0, 0);
  any.items = {received(0, 9, std::uint64_t{5} << 30)};
  receiver.call(any);
  sender.call(transfer(Procedure::MPI_Send, 3300, raw::kPeerNull, 1, 0));
  receiver.call(transfer(Procedure::MPI_Recv, 3300, raw::kPeerNull, -1, 0, 0));
  CallSpec failing = transfer(Procedure::MPI_Send, 3400, 1, 1, 16);
  failing.items = {note(NoteKind::error, 6)};
  sender.call(failing);
  CallSpec exchange = transfer(Procedure::MPI_Sendrecv, 3500, 1, 10, 24, 32);
  exchange.items = {received(1, 11, 32)};
  sender.call(exchange);
  exchange = transfer(Procedure::MPI_Sendrecv, 3500, 0, 11, 32, 24);
  exchange.items = {received(0, 10, 24)};
  receiver.call(exchange);
  CallSpec alone = transfer(Procedure::MPI_Sendrecv, 3600, 0, 3, 4, 4);
  alone.context = kSelf;
  alone.items = {received(0, 3, 4)};
  sender.call(alone);
  finalize(sender);
  finalize(receiver);
  return launch;
}

Launch requests() {
  Launch launch;
  launch.emplace_back(0, 2);
  launch.emplace_back(1, 2);
  ThreadBuilder& main = launch[0].thread(0);
  ThreadBuilder& helper = launch[0].thread(3);
  ThreadBuilder& other = launch[1].thread(0);
  init(main);
  init(other);
  // Two sends, the second completed by the other thread; wildcard and ordinary receives.
  const auto first = main.call(transfer(Procedure::MPI_Isend, 3000, 1, 1, 100));
  const auto second = main.call(transfer(Procedure::MPI_Isend, 3100, 1, 2, 200));
  main.call({.procedure = Procedure::MPI_Wait, .start = 3200, .end = 3300, .items = {completed(first)}});
  helper.call({.procedure = Procedure::MPI_Wait, .start = 3150, .end = 3400, .items = {foreign(0), completed(second)}});
  const auto wildcard = other.call(transfer(Procedure::MPI_Irecv, 3000, raw::kPeerAny, raw::kTagAny, 0, 400));
  const auto plain = other.call(transfer(Procedure::MPI_Irecv, 3100, 0, 2, 0, 200));
  const auto nobody = other.call(transfer(Procedure::MPI_Irecv, 3150, raw::kPeerNull, 2, 0, 0));
  other.call({.procedure = Procedure::MPI_Waitall,
              .start = 3250,
              .end = 3500,
              .items = {completed_with(wildcard, 0, 1, 100), completed(plain), completed(nobody)}});
  // Complete at once, cancelled, freed, failed tests in a row, a null request.
  CallSpec eager = transfer(Procedure::MPI_Isend, 4000, 1, 3, 5);
  eager.items = {note(NoteKind::completed_at_once)};
  main.call(eager);
  other.call(transfer(Procedure::MPI_Recv, 4000, 0, 3, 0, 5));
  const auto unwanted = main.call(transfer(Procedure::MPI_Irecv, 4100, 1, 4, 0, 5));
  main.call({.procedure = Procedure::MPI_Cancel, .start = 4200, .end = 4210});
  main.call({.procedure = Procedure::MPI_Test, .start = 4220, .end = 4900, .items = {note(NoteKind::repeated, 12)}});
  main.call({.procedure = Procedure::MPI_Wait, .start = 4910, .end = 4950, .items = {cancelled(unwanted)}});
  const auto released = main.call(transfer(Procedure::MPI_Isend, 5000, 1, 5, 6));
  main.call({.procedure = Procedure::MPI_Request_free, .start = 5100, .end = 5110, .items = {freed(released)}});
  other.call(transfer(Procedure::MPI_Recv, 5000, 0, 5, 0, 6));
  // Persistent: made once, started twice.
  CallSpec persistent = transfer(Procedure::MPI_Send_init, 6000, 1, 6, 64);
  persistent.items = {note(NoteKind::persistent, static_cast<std::uint64_t>(RequestKind::send))};
  main.call(persistent);
  std::uint64_t number = released + 1;
  for (const std::uint64_t start : {6100, 6300}) {
    main.call({.procedure = Procedure::MPI_Start,
               .start = start,
               .end = start + 50,
               .items = {started(RequestKind::send, kWorld, 1, 6, 64, 0)}});
    main.call(
        {.procedure = Procedure::MPI_Wait, .start = start + 100, .end = start + 150, .items = {completed(number++)}});
    other.call(transfer(Procedure::MPI_Recv, start, 0, 6, 0, 64));
  }
  finalize(main);
  finalize(other);
  return launch;
}

Launch collectives() {
  Launch launch;
  for (int rank = 0; rank < 4; ++rank) {
    RawLogBuilder& log = launch.emplace_back(rank, 4);
    ThreadBuilder& thread = log.thread(0);
    init(thread);
    const int half = rank % 2;
    const CallSpec whole = {.context = kWorld};
    const auto collective = [&](Procedure procedure, std::uint64_t start, std::uint32_t context, int root,
                                std::uint64_t sent, std::uint64_t got, std::vector<Item> items = {}) {
      CallSpec call = whole;
      call.procedure = procedure;
      call.start = start + static_cast<std::uint64_t>(rank);
      call.end = start + 60;
      call.context = context;
      call.peer = root;
      call.sent = sent;
      call.received = got;
      call.items = std::move(items);
      return thread.call(call);
    };
    collective(Procedure::MPI_Barrier, 3000, kWorld, raw::kPeerNone, 0, 0);
    // Even and odd ranks; local numbers differ between the halves on purpose.
    const std::uint32_t sub = half == 0 ? 3 : 7;
    log.context(sub, ContextKind::communicator, 100 + half, kWorld, rank / 2, 2, half == 0 ? "even" : "odd");
    collective(Procedure::MPI_Comm_split, 3100, kWorld, raw::kPeerNone, 0, 0, {note(NoteKind::created, sub)});
    collective(Procedure::MPI_Bcast, 3200, sub, 1, rank / 2 == 1 ? 80 : 0, rank / 2 == 1 ? 0 : 80);
    collective(Procedure::MPI_Allreduce, 3300, kWorld, raw::kPeerNone, 8, 8);
    const auto request = collective(Procedure::MPI_Iallreduce, 3400, kWorld, raw::kPeerNone, 16, 16);
    collective(Procedure::MPI_Wait, 3500, 0, raw::kPeerNone, 0, 0, {completed(request)});
    collective(Procedure::MPI_Neighbor_alltoall, 3600, kWorld, raw::kPeerNone, 16, 16);
    // 2 x 2, periodic in the first dimension.
    log.context(9, ContextKind::communicator, 200, kWorld, rank, 4);
    log.topology(9, {{2, true}, {2, false}});
    collective(Procedure::MPI_Cart_create, 3700, kWorld, raw::kPeerNone, 0, 0, {note(NoteKind::created, 9)});
    // Between the halves: rank 0 of the even side is the root, the odd side receives.
    log.context(10, ContextKind::intercommunicator, 300, kWorld, rank / 2, 2, "between", 2, half);
    collective(Procedure::MPI_Intercomm_create, 3800, sub, raw::kPeerNone, 0, 0, {note(NoteKind::created, 10)});
    const int root = half == 1 ? 0 : rank == 0 ? raw::kPeerRoot : raw::kPeerNull;
    collective(Procedure::MPI_Bcast, 3900, 10, root, rank == 0 ? 40 : 0, half == 1 ? 40 : 0);
    if (half == 0) {
      thread.call({.procedure = Procedure::MPI_Send,
                   .start = 4000,
                   .end = 4050,
                   .peer = 1 - rank / 2,
                   .context = 10,
                   .tag = 1,
                   .sent = 4});
    } else {
      thread.call({.procedure = Procedure::MPI_Recv,
                   .start = 4000,
                   .end = 4080,
                   .peer = 1 - rank / 2,
                   .context = 10,
                   .tag = 1,
                   .received = 4});
    }
    collective(Procedure::MPI_Comm_free, 4100, sub, raw::kPeerNone, 0, 0, {note(NoteKind::released, sub)});
    finalize(thread);
  }
  return launch;
}

Launch onesided() {
  Launch launch;
  for (int rank = 0; rank < 2; ++rank) {
    RawLogBuilder& log = launch.emplace_back(rank, 2);
    ThreadBuilder& thread = log.thread(0);
    init(thread);
    log.context(3, ContextKind::window, 400, kWorld, rank, 2, "halo");
    log.context(4, ContextKind::file, 500, kWorld, rank, 2, "/data/result.bin");
    const auto on = [&](Procedure procedure, std::uint64_t start, std::uint32_t context, int peer = raw::kPeerNone,
                        std::uint64_t sent = 0, std::uint64_t got = 0, std::vector<Item> items = {}) {
      return thread.call({.procedure = procedure,
                          .start = start,
                          .end = start + 40,
                          .peer = peer,
                          .context = context,
                          .sent = sent,
                          .received = got,
                          .items = std::move(items)});
    };
    const int other = 1 - rank;
    on(Procedure::MPI_Win_create, 3000, kWorld, raw::kPeerNone, 0, 0, {note(NoteKind::created, 3)});
    on(Procedure::MPI_Win_fence, 3100, 3);
    on(Procedure::MPI_Put, 3200, 3, other, 64);
    on(Procedure::MPI_Get, 3300, 3, other, 0, 128);
    on(Procedure::MPI_Put, 3350, 3, raw::kPeerNull, 0);
    on(Procedure::MPI_Win_fence, 3400, 3);
    on(Procedure::MPI_Win_lock, 3500, 3, other);
    on(Procedure::MPI_Fetch_and_op, 3600, 3, other, 8, 8);
    on(Procedure::MPI_Win_flush_local, 3700, 3, other);
    on(Procedure::MPI_Win_unlock, 3800, 3, other);
    const auto request = on(Procedure::MPI_Rput, 3900, 3, other, 32);
    on(Procedure::MPI_Wait, 4000, 0, raw::kPeerNone, 0, 0, {completed(request)});
    on(Procedure::MPI_Win_sync, 4100, 3);
    on(Procedure::MPI_Win_free, 4200, 3, raw::kPeerNone, 0, 0, {note(NoteKind::released, 3)});
    on(Procedure::MPI_File_open, 5000, kWorld, raw::kPeerNone, 0, 0, {note(NoteKind::created, 4)});
    on(Procedure::MPI_File_write_at_all, 5100, 4, raw::kPeerNone, 4096);
    on(Procedure::MPI_File_read, 5200, 4, raw::kPeerNone, 0, 100);
    const auto transfer = on(Procedure::MPI_File_iwrite, 5300, 4, raw::kPeerNone, 512);
    on(Procedure::MPI_Wait, 5400, 0, raw::kPeerNone, 0, 0, {completed_with(transfer, -1, -1, 500)});
    on(Procedure::MPI_File_write_all_begin, 5500, 4, raw::kPeerNone, 256);
    on(Procedure::MPI_File_write_all_end, 5600, 4, raw::kPeerNone, 256);
    on(Procedure::MPI_File_seek, 5700, 4);
    on(Procedure::MPI_File_sync, 5800, 4);
    on(Procedure::MPI_File_close, 5900, 4, raw::kPeerNone, 0, 0, {note(NoteKind::released, 4)});
    finalize(thread);
  }
  return launch;
}

Launch broken() {
  Launch launch;
  // Rank 0: a call that encloses others, one that never returned; its second chunk was overwritten.
  RawLogBuilder& first = launch.emplace_back(0, 4);
  ThreadBuilder& thread = first.thread(0);
  init(thread);
  thread.open(Procedure::MPI_Allreduce, 3000);
  thread.call({.procedure = Procedure::MPI_Comm_rank, .start = 3010, .end = 3020, .context = kWorld});
  thread.call(
      {.procedure = Procedure::MPI_Allreduce, .start = 3000, .end = 3100, .context = kWorld, .sent = 8, .received = 8});
  thread.next_chunk();
  thread.call(transfer(Procedure::MPI_Send, 3200, 2, 1, 10));
  const auto lost = thread.call(transfer(Procedure::MPI_Isend, 3300, 2, 1, 10));
  thread.next_chunk();
  thread.call({.procedure = Procedure::MPI_Wait, .start = 3400, .end = 3500, .items = {completed(lost)}});
  const auto kept = thread.call(transfer(Procedure::MPI_Isend, 3600, 2, 1, 10));
  thread.call({.procedure = Procedure::MPI_Wait, .start = 3700, .end = 3800, .items = {completed(kept)}});
  thread.open(Procedure::MPI_Abort, 4000);
  thread.drop_chunk(2);
  first.header.state = raw::ProcessState::initialized;
  first.header.latest_ticks = 5000;
  first.header.finalize_end_ticks = first.header.close_ticks = 0;
  // Rank 2 recorded nothing.
  RawLogBuilder& empty = launch.emplace_back(2, 4);
  empty.header.finalize_end_ticks = empty.header.close_ticks = 0;
  // Rank 3 sits on another node, its clock 1 000 000 ticks ahead at first and 1 000 100 later.
  RawLogBuilder& remote = launch.emplace_back(3, 4);
  remote.header.node_id = 78;
  remote.header.start_ticks += 1'000'000;
  remote.header.latest_ticks = 2'000'000;
  std::copy_n("beta", 5, remote.header.host);
  remote.clock(1'001'000, -1'000'000, 12.5);
  remote.clock(2'001'000, -1'000'100, 12.5);
  remote.context(5, ContextKind::communicator, 900, kWorld, 1, 2, "of a lost rank");
  ThreadBuilder& far = remote.thread(0);
  far.call({.procedure = Procedure::MPI_Init, .start = 1'001'500, .end = 1'002'000});
  far.call({.procedure = Procedure::MPI_Send,
            .start = 1'003'000,
            .end = 1'003'050,
            .peer = 0,
            .context = 5,
            .tag = 1,
            .sent = 3});
  return launch;
}

std::vector<ProcessLog> open_launch(const Launch& launch, const std::string& directory) {
  std::vector<ProcessLog> logs;
  for (std::size_t n = 0; n < launch.size(); ++n) {
    const std::string path = directory + "/" + std::to_string(n) + ".tulkki-raw";
    launch[n].write(path);
    Result<ProcessLog> log = ProcessLog::open(path);
    if (!log) throw std::runtime_error(log.message());
    logs.push_back(std::move(*log));
  }
  return logs;
}

}  // namespace tulkki::test
