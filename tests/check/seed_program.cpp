// SPDX-License-Identifier: Apache-2.0
// Events of the seeded program: every kind that the validator knows, with a question `is("NAME")` wherever a defect
// can be put in.
#include "check/seeder.h"

namespace tulkki::test {

void Seeder::all(std::uint32_t region, OTF2_CollectiveOp operation, std::uint32_t comm, std::uint32_t root,
                 std::uint64_t bytes) {
  for (int rank = 0; rank < ranks_; ++rank)
    streams_[rank].begin_collective(region);
  for (int rank = 0; rank < ranks_; ++rank)
    streams_[rank].end_collective(region, operation, comm, root, bytes);
}

void Seeder::messages() {
  for (int rank = 0; rank < ranks_; ++rank) {
    const std::uint32_t comm = is("dangling-communicator") && rank == 0 ? 77 : std::uint32_t(kWorld);
    const std::uint32_t to = is("rank-out-of-range") && rank == 0 ? 99 : next(rank);
    if (!is("receive-before-send")) streams_[rank].send(to, comm, 7, 100);
  }
  for (int rank = 0; rank < ranks_; ++rank) {
    const std::uint32_t from = static_cast<std::uint32_t>((rank + ranks_ - 1) % ranks_);
    const std::uint32_t comm = is("dangling-communicator") && from == 0 ? 77 : std::uint32_t(kWorld);
    const std::uint32_t tag = is("tag-mismatch") && rank == 1 ? 8 : 7;
    const std::uint64_t bytes = is("receive-longer") && rank == 1 ? 101 : is("receive-shorter") && rank == 1 ? 99 : 100;
    if (is("rank-out-of-range") && from == 0) continue;
    streams_[rank].receive(from, comm, tag, bytes);
  }
  for (int rank = 0; is("receive-before-send") && rank < ranks_; ++rank)
    streams_[rank].send(next(rank), kWorld, 7, 100);
  streams_[1].send(0, kSelf, 1, 5);
  streams_[1].receive(0, kSelf, 1, 5);
  if (is("not-a-member")) streams_[1].send(0, kEven, 1, 5);
  // Intercommunicator of rank 0 and rank 1: both are rank 0 of their groups.
  streams_[0].send(0, kInter, 3, 64);
  streams_[1].receive(0, kInter, 3, 64);
}

void Seeder::requests() {
  Stream& receiver = streams_[0];
  Stream& sender = streams_[1];
  receiver.start_receive(1);
  receiver.start_receive(2);
  receiver.start_receive(3);
  sender.start_send(0, 5, 10, 1);
  sender.start_send(0, 5, 20, 2);
  if (is("request-reused")) {
    sender.start_send(0, 6, 1, 2);
    receiver.receive(1, kWorld, 6, 1);
  }
  sender.end_send(1);
  if (is("request-completed-twice")) sender.end_send(1);
  if (is("request-wrong-kind")) {
    sender.start_receive(9);
    sender.end_send(9);
    OTF2_EvtWriter_MpiRequestCancelled(sender.writer, nullptr, sender.now(), 9);
  }
  if (!is("request-open")) sender.end_send(2);
  // Completed in another order than posted: the second receive still gets the second message.
  receiver.enter(kTest);
  OTF2_EvtWriter_MpiRequestTest(receiver.writer, nullptr, receiver.now(), is("test-not-live") ? 17 : 2);
  receiver.leave(kTest);
  receiver.end_receive(1, 5, is("matched-by-completion") ? 10 : 20, 2);
  receiver.end_receive(1, 5, is("matched-by-completion") ? 20 : 10, 1);
  receiver.enter(kCancel);
  OTF2_EvtWriter_MpiRequestCancelled(receiver.writer, nullptr, receiver.now(), 3);
  receiver.leave(kCancel);
  // A send that is cancelled needs no receive.
  sender.start_send(0, 6, 1, 4);
  OTF2_EvtWriter_MpiRequestCancelled(sender.writer, nullptr, sender.now(), 4);
}

void Seeder::collectives() {
  const std::uint32_t none = OTF2_COLLECTIVE_ROOT_NONE;
  all(kBarrier, OTF2_COLLECTIVE_OP_BARRIER, kWorld, none, 0);
  all(kAllreduce, OTF2_COLLECTIVE_OP_ALLREDUCE, kWorld, none, 8);
  all(kReduce, OTF2_COLLECTIVE_OP_REDUCE, kWorld, 0, 8);
  for (int rank = 0; rank < ranks_; ++rank) {
    const bool odd_one = rank == 1;
    streams_[rank].begin_collective(kBcast);
    const OTF2_CollectiveOp operation =
        is("other-operation") && odd_one ? OTF2_COLLECTIVE_OP_GATHER : OTF2_COLLECTIVE_OP_BCAST;
    streams_[rank].end_collective(kBcast, operation, kWorld, is("other-root") && odd_one ? 1 : 0, 8);
  }
  if (is("root-out-of-range")) all(kBcast, OTF2_COLLECTIVE_OP_BCAST, kWorld, 50, 8);
  // Nonblocking, and completed after a blocking one that was posted later.
  for (Stream& stream : streams_) {
    if (&stream == &streams_.back()) break;
    stream.enter(kIbarrier);
    OTF2_EvtWriter_NonBlockingCollectiveRequest(stream.writer, nullptr, stream.now(), 21);
    stream.leave(kIbarrier);
  }
  all(kAllreduce, OTF2_COLLECTIVE_OP_ALLREDUCE, kWorld, none, 8);
  for (Stream& stream : streams_) {
    if (&stream == &streams_.back()) break;
    stream.enter(kWait);
    OTF2_EvtWriter_NonBlockingCollectiveComplete(stream.writer, nullptr, stream.now(), OTF2_COLLECTIVE_OP_BARRIER,
                                                 kWorld, none, 0, 0, 21);
    stream.leave(kWait);
  }
  streams_[1].begin_collective(kBarrier);
  streams_[1].end_collective(kBarrier, OTF2_COLLECTIVE_OP_BARRIER, kSelf, none, 0);
  for (int rank = 0; rank < ranks_; ++rank) {
    if (is("missing-member") && rank == 1) continue;
    streams_[rank].begin_collective(kBarrier);
    if (is("collective-unpaired") && rank == 1) streams_[rank].begin_collective(kBarrier);
    // Ends at once, before the next rank begins.
    if (is("barrier-too-early")) streams_[rank].end_collective(kBarrier, OTF2_COLLECTIVE_OP_BARRIER, kWorld, none, 0);
  }
  for (int rank = 0; rank < ranks_ && !is("barrier-too-early"); ++rank) {
    if (is("missing-member") && rank == 1) continue;
    streams_[rank].end_collective(kBarrier, OTF2_COLLECTIVE_OP_BARRIER, kWorld, none, 0);
    if (is("collective-unpaired") && rank == 1) streams_[rank].leave(kBarrier);
  }
}

void Seeder::communicators() {
  for (int rank = 0; rank < ranks_; ++rank) {
    Stream& stream = streams_[rank];
    stream.enter(kCommDup);
    if (!is("communicator-unborn")) OTF2_EvtWriter_CommCreate(stream.writer, nullptr, stream.now(), kDup);
    stream.leave(kCommDup);
  }
  all(kBarrier, OTF2_COLLECTIVE_OP_BARRIER, kDup, OTF2_COLLECTIVE_ROOT_NONE, 0);
  for (int rank = 0; rank < ranks_; ++rank) {
    Stream& stream = streams_[rank];
    stream.enter(kCommFree);
    if (!is("communicator-unborn")) OTF2_EvtWriter_CommDestroy(stream.writer, nullptr, stream.now(), kDup);
    stream.leave(kCommFree);
  }
}

void Seeder::windows() {
  for (int rank = 0; rank < ranks_; ++rank) {
    streams_[rank].begin_window_collective(kWinCreate);
    OTF2_EvtWriter_RmaWinCreate(streams_[rank].writer, nullptr, streams_[rank].now(), kWindow);
  }
  for (int rank = 0; rank < ranks_; ++rank) {
    streams_[rank].end_window_collective(kWinCreate, OTF2_COLLECTIVE_OP_CREATE_HANDLE);
  }
  Stream& origin = streams_[0];
  OTF2_EvtWriter* writer = origin.writer;
  origin.enter(kLock);
  OTF2_EvtWriter_RmaRequestLock(writer, nullptr, origin.now(), kWindow, 1, 0, OTF2_LOCK_SHARED);
  OTF2_EvtWriter_RmaAcquireLock(writer, nullptr, origin.now(), kWindow, 1, 0, OTF2_LOCK_SHARED);
  origin.leave(kLock);
  origin.enter(kPut);
  OTF2_EvtWriter_RmaPut(writer, nullptr, origin.now(), kWindow, 1, 16, 1);
  if (is("rma-id-reused")) OTF2_EvtWriter_RmaPut(writer, nullptr, origin.now(), kWindow, 1, 16, 1);
  if (!is("rma-not-completed")) {
    OTF2_EvtWriter_RmaOpCompleteNonBlocking(writer, nullptr, origin.now(), kWindow, is("rma-not-started") ? 2 : 1);
  }
  if (is("rma-not-started")) OTF2_EvtWriter_RmaOpCompleteNonBlocking(writer, nullptr, origin.now(), kWindow, 1);
  origin.leave(kPut);
  origin.enter(kUnlock);
  OTF2_EvtWriter_RmaPut(writer, nullptr, origin.now(), kWindow, 1, 16, 5);
  OTF2_EvtWriter_RmaOpCompleteRemote(writer, nullptr, origin.now(), kWindow, 5);
  if (!is("lock-not-released")) OTF2_EvtWriter_RmaReleaseLock(writer, nullptr, origin.now(), kWindow, 1, 0);
  origin.leave(kUnlock);
  for (int rank = 0; rank < ranks_; ++rank)
    streams_[rank].begin_window_collective(kWinFree);
  for (int rank = 0; rank < ranks_; ++rank) {
    OTF2_EvtWriter_RmaWinDestroy(streams_[rank].writer, nullptr, streams_[rank].now(), kWindow);
    streams_[rank].end_window_collective(kWinFree, OTF2_COLLECTIVE_OP_DESTROY_HANDLE);
  }
  if (is("window-gone")) {
    OTF2_EvtWriter_RmaSync(writer, nullptr, origin.now(), kWindow, 1, OTF2_RMA_SYNC_TYPE_MEMORY);
  }
}

void Seeder::files() {
  Stream& stream = streams_[0];
  OTF2_EvtWriter* writer = stream.writer;
  const auto operation = [&](std::uint32_t handle, std::uint64_t id) {
    stream.enter(kFileWrite);
    if (!is("io-not-begun") || handle == kStdout) {
      OTF2_EvtWriter_IoOperationBegin(writer, nullptr, stream.now(), handle, OTF2_IO_OPERATION_MODE_WRITE,
                                      OTF2_IO_OPERATION_FLAG_NONE, 8, id);
    }
    if (!is("io-not-completed") || handle == kStdout) {
      OTF2_EvtWriter_IoOperationComplete(writer, nullptr, stream.now(), handle, 8, id);
    }
    stream.leave(kFileWrite);
  };
  stream.enter(kFileOpen);
  OTF2_EvtWriter_IoCreateHandle(writer, nullptr, stream.now(), kHandle, OTF2_IO_ACCESS_MODE_READ_WRITE,
                                OTF2_IO_CREATION_FLAG_CREATE, OTF2_IO_STATUS_FLAG_NONE);
  stream.leave(kFileOpen);
  operation(kHandle, 1);
  operation(kStdout, 1);
  stream.enter(kFileClose);
  if (!is("file-not-closed")) OTF2_EvtWriter_IoDestroyHandle(writer, nullptr, stream.now(), kHandle);
  stream.leave(kFileClose);
  if (is("file-closed")) operation(kHandle, 2);
}

void Seeder::threads() {
  Stream& thread = streams_.back();
  thread_begin_ = clock_;
  OTF2_AttributeList* attributes = OTF2_AttributeList_New();
  if (is("attribute-type"))
    OTF2_AttributeList_AddUint64(attributes, 0, 4);
  else
    OTF2_AttributeList_AddUint32(attributes, is("dangling-attribute") ? 9 : 0, 4);
  OTF2_EvtWriter_Enter(thread.writer, attributes, thread.now(), is("dangling-region") ? 999 : std::uint32_t(kWork));
  OTF2_AttributeList_Delete(attributes);
  // A message sent by another thread than the one that communicators list: it counts as its process's.
  thread.send(1, kWorld, 42, 3);
  if (is("leave-without-enter")) thread.leave(kBarrier);
  thread.leave(is("dangling-region") ? 999 : std::uint32_t(kWork));
  streams_[1].receive(0, kWorld, 42, 3);
  if (is("outside-region")) {
    OTF2_EvtWriter_MpiSend(thread.writer, nullptr, thread.now(), 1, kWorld, 43, 3);
    streams_[1].receive(0, kWorld, 43, 3);
  }
}

void Seeder::finalize() {
  if (is("missing-leave")) streams_[1].enter(kWork);
  for (int rank = 0; rank < ranks_; ++rank) {
    streams_[rank].enter(kFinalize);
    if (is("ends-inside") && rank == 1) {
      streams_[rank].start_send(0, 66, 1, 31);
      continue;
    }
    streams_[rank].leave(kFinalize);
  }
}

void Seeder::program() {
  for (int rank = 0; rank < ranks_; ++rank)
    streams_[rank].enter(kInit);
  for (int rank = 0; rank < ranks_; ++rank)
    streams_[rank].leave(kInit);
  messages();
  requests();
  collectives();
  communicators();
  windows();
  files();
  threads();
  finalize();
}

}  // namespace tulkki::test
