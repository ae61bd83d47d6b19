// SPDX-License-Identifier: Apache-2.0
// Events of the seeded program, as its ranks record them: each call is Enter, its events, Leave, and the shared
// clock moves on with every event, so that what is written later also happens later.
#pragma once

#include <otf2/otf2.h>

#include <cstdint>
#include <string>
#include <vector>

namespace tulkki::test {

inline constexpr std::uint64_t kEpochBegin = 1'000'000;
inline constexpr std::uint64_t kTicksPerEvent = 10;

enum RegionId : std::uint32_t {
  kInit,
  kFinalize,
  kSend,
  kRecv,
  kIsend,
  kIrecv,
  kWait,
  kTest,
  kCancel,
  kBarrier,
  kAllreduce,
  kBcast,
  kReduce,
  kIbarrier,
  kCommDup,
  kCommFree,
  kWinCreate,
  kPut,
  kLock,
  kUnlock,
  kWinFree,
  kFileOpen,
  kFileWrite,
  kFileClose,
  kWork,
  kRegions
};
inline constexpr const char* kRegionNames[] = {
    "MPI_Init",      "MPI_Finalize",   "MPI_Send",       "MPI_Recv",       "MPI_Isend",
    "MPI_Irecv",     "MPI_Wait",       "MPI_Test",       "MPI_Cancel",     "MPI_Barrier",
    "MPI_Allreduce", "MPI_Bcast",      "MPI_Reduce",     "MPI_Ibarrier",   "MPI_Comm_dup",
    "MPI_Comm_free", "MPI_Win_create", "MPI_Put",        "MPI_Win_lock",   "MPI_Win_unlock",
    "MPI_Win_free",  "MPI_File_open",  "MPI_File_write", "MPI_File_close", "work"};

enum CommId : std::uint32_t { kWorld, kSelf, kEven, kDup, kInter, kOdd };

// The event stream of one location.
class Stream {
 public:
  Stream() = default;
  Stream(OTF2_EvtWriter* writer, std::uint64_t* clock) : writer(writer), clock_(clock) {}

  OTF2_TimeStamp now() {
    *clock_ += kTicksPerEvent;
    ++events;
    return *clock_ + static_cast<std::uint64_t>(shift);
  }
  void enter(std::uint32_t region) { OTF2_EvtWriter_Enter(writer, nullptr, now(), region); }
  void leave(std::uint32_t region) { OTF2_EvtWriter_Leave(writer, nullptr, now(), region); }

  void send(std::uint32_t to, std::uint32_t comm, std::uint32_t tag, std::uint64_t bytes) {
    enter(kSend);
    OTF2_EvtWriter_MpiSend(writer, nullptr, now(), to, comm, tag, bytes);
    leave(kSend);
  }
  void receive(std::uint32_t from, std::uint32_t comm, std::uint32_t tag, std::uint64_t bytes) {
    enter(kRecv);
    OTF2_EvtWriter_MpiRecv(writer, nullptr, now(), from, comm, tag, bytes);
    leave(kRecv);
  }
  void start_send(std::uint32_t to, std::uint32_t tag, std::uint64_t bytes, std::uint64_t request) {
    enter(kIsend);
    OTF2_EvtWriter_MpiIsend(writer, nullptr, now(), to, kWorld, tag, bytes, request);
    leave(kIsend);
  }
  void start_receive(std::uint64_t request) {
    enter(kIrecv);
    OTF2_EvtWriter_MpiIrecvRequest(writer, nullptr, now(), request);
    leave(kIrecv);
  }
  void end_send(std::uint64_t request) {
    enter(kWait);
    OTF2_EvtWriter_MpiIsendComplete(writer, nullptr, now(), request);
    leave(kWait);
  }
  void end_receive(std::uint32_t from, std::uint32_t tag, std::uint64_t bytes, std::uint64_t request) {
    enter(kWait);
    OTF2_EvtWriter_MpiIrecv(writer, nullptr, now(), from, kWorld, tag, bytes, request);
    leave(kWait);
  }
  void begin_collective(std::uint32_t region) {
    enter(region);
    OTF2_EvtWriter_MpiCollectiveBegin(writer, nullptr, now());
  }
  void end_collective(std::uint32_t region, OTF2_CollectiveOp operation, std::uint32_t comm, std::uint32_t root,
                      std::uint64_t bytes) {
    OTF2_EvtWriter_MpiCollectiveEnd(writer, nullptr, now(), operation, comm, root, bytes, bytes);
    leave(region);
  }
  void begin_window_collective(std::uint32_t region) {
    enter(region);
    OTF2_EvtWriter_RmaCollectiveBegin(writer, nullptr, now());
  }
  void end_window_collective(std::uint32_t region, OTF2_CollectiveOp operation) {
    OTF2_EvtWriter_RmaCollectiveEnd(writer, nullptr, now(), operation, OTF2_RMA_SYNC_LEVEL_PROCESS, 0,
                                    OTF2_COLLECTIVE_ROOT_NONE, 0, 0);
    leave(region);
  }

  OTF2_EvtWriter* writer = nullptr;
  std::uint64_t events = 0;
  std::int64_t shift = 0;  // error of this location's clock

 private:
  std::uint64_t* clock_ = nullptr;
};

}  // namespace tulkki::test
