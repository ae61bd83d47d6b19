// SPDX-License-Identifier: Apache-2.0
// The seeded program: definitions and events of a small MPI program that uses every kind of event which the validator
// knows, with a question `is("NAME")` wherever a defect can be put in.
#include "check/seed_trace.h"

#include <filesystem>
#include <string_view>

#include "check/seed_writer.h"

namespace tulkki::test {

namespace {

constexpr std::uint32_t kNoString = OTF2_UNDEFINED_STRING;
constexpr std::uint32_t kWindow = 0, kHandle = 0, kStdout = 1;
constexpr std::uint32_t kRegionStrings = 100, kRankStrings = 200;
enum StringId : std::uint32_t { kEmpty, kMachine, kNode, kNodeClass, kMpi, kWorldName, kSelfName, kThreadName, kFileName };

class Seeder {
 public:
  Seeder(std::string directory, int ranks, std::string defect)
      : directory_(std::move(directory)), ranks_(ranks), defect_(std::move(defect)) {}
  bool write();

 private:
  bool is(std::string_view defect) const { return defect_ == defect; }
  std::uint32_t next(std::uint32_t rank) const { return (rank + 1) % static_cast<std::uint32_t>(ranks_); }
  std::uint64_t location_id(std::uint32_t index) const { return index; }
  void program();
  void messages();
  void requests();
  void collectives();
  void all(std::uint32_t region, OTF2_CollectiveOp operation, std::uint32_t comm, std::uint32_t root, std::uint64_t bytes);
  void communicators();
  void windows();
  void files();
  void threads();
  void finalize();
  void define();
  void define_strings_and_system();
  void define_code();
  void define_communicators();
  void define_windows_and_files();
  void write_local_definitions(OTF2_Archive* archive);

  std::string directory_;
  int ranks_;
  std::string defect_;
  std::uint64_t clock_ = kEpochBegin, thread_begin_ = 0;
  std::vector<Stream> streams_;  // one a rank, and one more for the second thread of rank 0
  OTF2_GlobalDefWriter* global_ = nullptr;
};

void Seeder::all(std::uint32_t region, OTF2_CollectiveOp operation, std::uint32_t comm, std::uint32_t root,
                 std::uint64_t bytes) {
  for (int rank = 0; rank < ranks_; ++rank) streams_[rank].begin_collective(region);
  for (int rank = 0; rank < ranks_; ++rank) streams_[rank].end_collective(region, operation, comm, root, bytes);
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
  for (int rank = 0; is("receive-before-send") && rank < ranks_; ++rank) streams_[rank].send(next(rank), kWorld, 7, 100);
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
    const OTF2_CollectiveOp operation = is("other-operation") && odd_one ? OTF2_COLLECTIVE_OP_GATHER : OTF2_COLLECTIVE_OP_BCAST;
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
    OTF2_EvtWriter_NonBlockingCollectiveComplete(stream.writer, nullptr, stream.now(), OTF2_COLLECTIVE_OP_BARRIER, kWorld,
                                                 none, 0, 0, 21);
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
  for (int rank = 0; rank < ranks_; ++rank) streams_[rank].begin_window_collective(kWinFree);
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
  if (is("attribute-type")) OTF2_AttributeList_AddUint64(attributes, 0, 4);
  else OTF2_AttributeList_AddUint32(attributes, is("dangling-attribute") ? 9 : 0, 4);
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
  for (int rank = 0; rank < ranks_; ++rank) streams_[rank].enter(kInit);
  for (int rank = 0; rank < ranks_; ++rank) streams_[rank].leave(kInit);
  messages();
  requests();
  collectives();
  communicators();
  windows();
  files();
  threads();
  finalize();
}

void Seeder::define_strings_and_system() {
  const auto string = [&](std::uint32_t id, const std::string& text) { OTF2_GlobalDefWriter_WriteString(global_, id, text.c_str()); };
  static constexpr const char* kTexts[] = {"", "machine", "node0", "node", "MPI", "MPI_COMM_WORLD", "MPI_COMM_SELF", "Thread 1",
                                           "out.dat"};
  for (std::uint32_t id = 0; id < std::size(kTexts); ++id) string(id, kTexts[id]);
  for (std::uint32_t id = 0; id < kRegions; ++id) string(kRegionStrings + id, kRegionNames[id]);
  for (int rank = 0; rank < ranks_; ++rank) string(kRankStrings + rank, "Rank " + std::to_string(rank));

  const std::uint64_t length = is("outside-epoch") ? clock_ - kEpochBegin - kTicksPerEvent : clock_ - kEpochBegin;
  if (!is("missing-clock")) OTF2_GlobalDefWriter_WriteClockProperties(global_, 1'000'000'000, kEpochBegin, length, 1);
  if (!is("missing-paradigm")) {
    OTF2_GlobalDefWriter_WriteParadigm(global_, OTF2_PARADIGM_MPI, kMpi, OTF2_PARADIGM_CLASS_PROCESS);
  }
  const std::uint32_t root = OTF2_UNDEFINED_SYSTEM_TREE_NODE;
  OTF2_GlobalDefWriter_WriteSystemTreeNode(global_, 0, kMachine, kMachine, is("tree-cycle") ? 0 : root);
  OTF2_GlobalDefWriter_WriteSystemTreeNode(global_, 1, kNode, kNodeClass, is("dangling-parent") ? 50 : 0);
  for (int rank = 0; rank < ranks_; ++rank) {
    OTF2_GlobalDefWriter_WriteLocationGroup(global_, rank, kRankStrings + rank, OTF2_LOCATION_GROUP_TYPE_PROCESS, 1,
                                            OTF2_UNDEFINED_LOCATION_GROUP);
  }
  for (std::uint32_t index = 0; index < streams_.size(); ++index) {
    const bool thread = index + 1 == streams_.size();
    const std::uint64_t events = streams_[index].events + (is("event-count") && index == 1 ? 1 : 0);
    OTF2_GlobalDefWriter_WriteLocation(global_, location_id(index), thread ? std::uint32_t(kThreadName) : kRankStrings + index,
                                       OTF2_LOCATION_TYPE_CPU_THREAD, events, thread ? 0 : index);
  }
}

void Seeder::define_code() {
  for (std::uint32_t id = 0; id < kRegions; ++id) {
    const std::uint32_t name = is("dangling-string") && id == kSend   ? 9999
                               : is("region-unnamed") && id == kSend ? kNoString
                                                                     : kRegionStrings + id;
    OTF2_GlobalDefWriter_WriteRegion(global_, id, name, name, kEmpty, OTF2_REGION_ROLE_FUNCTION,
                                     id == kWork ? OTF2_PARADIGM_USER : OTF2_PARADIGM_MPI, OTF2_REGION_FLAG_NONE, kNoString, 0, 0);
    if (is("duplicate-region") && id == kSend) --id, defect_ = "";
  }
  OTF2_GlobalDefWriter_WriteAttribute(global_, 0, kThreadName, kEmpty, OTF2_TYPE_UINT32);
}

void Seeder::define_communicators() {
  std::vector<std::uint64_t> members;
  const auto group = [&](std::uint32_t id, OTF2_GroupType type) {
    OTF2_GlobalDefWriter_WriteGroup(global_, id, kEmpty, type, OTF2_PARADIGM_MPI, OTF2_GROUP_FLAG_NONE,
                                    static_cast<std::uint32_t>(members.size()), members.data());
  };
  for (int rank = 0; rank < ranks_; ++rank) members.push_back(location_id(rank));
  if (!is("missing-comm-locations")) group(0, OTF2_GROUP_TYPE_COMM_LOCATIONS);
  for (int rank = 0; rank < ranks_; ++rank) members[rank] = rank;
  group(1, OTF2_GROUP_TYPE_COMM_GROUP);
  members = {0};
  if (is("member-out-of-range")) members.push_back(12);
  group(2, OTF2_GROUP_TYPE_COMM_GROUP);
  members = {1};
  group(3, OTF2_GROUP_TYPE_COMM_GROUP);
  members.clear();
  group(4, OTF2_GROUP_TYPE_COMM_SELF);
  const std::uint32_t none = OTF2_UNDEFINED_COMM;
  const std::uint32_t parent = is("forward-reference") ? std::uint32_t(kDup) : std::uint32_t(kWorld);
  OTF2_GlobalDefWriter_WriteComm(global_, kWorld, kWorldName, 1, none, OTF2_COMM_FLAG_NONE);
  OTF2_GlobalDefWriter_WriteComm(global_, kSelf, kSelfName, 4, none, OTF2_COMM_FLAG_NONE);
  OTF2_GlobalDefWriter_WriteComm(global_, kEven, kEmpty, 2, parent, OTF2_COMM_FLAG_NONE);
  OTF2_GlobalDefWriter_WriteComm(global_, kDup, kEmpty, 1, kWorld, OTF2_COMM_FLAG_CREATE_DESTROY_EVENTS);
  OTF2_GlobalDefWriter_WriteInterComm(global_, kInter, kEmpty, 2, 3, kWorld, OTF2_COMM_FLAG_NONE);
}

void Seeder::define_windows_and_files() {
  OTF2_GlobalDefWriter_WriteRmaWin(global_, kWindow, kEmpty, kWorld, OTF2_RMA_WIN_FLAG_CREATE_DESTROY_EVENTS);
  OTF2_GlobalDefWriter_WriteIoParadigm(global_, 0, kMpi, kMpi, OTF2_IO_PARADIGM_CLASS_PARALLEL, OTF2_IO_PARADIGM_FLAG_NONE, 0,
                                       nullptr, nullptr, nullptr);
  OTF2_GlobalDefWriter_WriteIoRegularFile(global_, 0, kFileName, 1);
  OTF2_GlobalDefWriter_WriteIoHandle(global_, kHandle, kFileName, is("dangling-file") ? 8 : 0, 0, OTF2_IO_HANDLE_FLAG_NONE,
                                     kWorld, OTF2_UNDEFINED_IO_HANDLE);
  OTF2_GlobalDefWriter_WriteIoHandle(global_, kStdout, kFileName, 0, 0, OTF2_IO_HANDLE_FLAG_PRE_CREATED, kWorld,
                                     OTF2_UNDEFINED_IO_HANDLE);
}

void Seeder::write_local_definitions(OTF2_Archive* archive) {
  OTF2_Archive_OpenDefFiles(archive);
  for (std::uint32_t index = 0; index < streams_.size(); ++index) {
    OTF2_DefWriter* local = OTF2_Archive_GetDefWriter(archive, location_id(index));
    if (is("clock-corrected")) {
      OTF2_DefWriter_WriteClockOffset(local, kEpochBegin, -streams_[index].shift, 0);
      OTF2_DefWriter_WriteClockOffset(local, clock_ + 1'000'000, -streams_[index].shift, 0);
    }
    if (is("time-decreases") && index + 1 == streams_.size()) {
      // The writer refuses times that decrease; a correction steeper than the clock makes them do so.
      OTF2_DefWriter_WriteClockOffset(local, thread_begin_, 0, 0);
      OTF2_DefWriter_WriteClockOffset(local, thread_begin_ + 100, -120, 0);
    }
    if (is("dangling-mapping") && index == 1) {
      const std::uint32_t regions[] = {0, 1, 777};
      OTF2_IdMap* map = OTF2_IdMap_CreateFromUint32Array(3, regions, false);
      OTF2_DefWriter_WriteMappingTable(local, OTF2_MAPPING_GROUP, map);
      OTF2_IdMap_Free(map);
    }
    OTF2_Archive_CloseDefWriter(archive, local);
  }
  OTF2_Archive_CloseDefFiles(archive);
}

bool Seeder::write() {
  std::filesystem::remove_all(directory_);
  OTF2_Archive* archive = OTF2_Archive_Open(directory_.c_str(), "seed", OTF2_FILEMODE_WRITE, 1 << 20, 1 << 20,
                                            OTF2_SUBSTRATE_POSIX, OTF2_COMPRESSION_NONE);
  if (!archive) return false;
  static OTF2_FlushCallbacks flush = {[](void*, OTF2_FileType, OTF2_LocationRef, void*, bool) -> OTF2_FlushType { return OTF2_FLUSH; },
                                      nullptr};
  OTF2_Archive_SetFlushCallbacks(archive, &flush, nullptr);
  OTF2_Archive_SetSerialCollectiveCallbacks(archive);
  OTF2_Archive_OpenEvtFiles(archive);
  for (int index = 0; index <= ranks_; ++index) {
    streams_.emplace_back(OTF2_Archive_GetEvtWriter(archive, location_id(index)), &clock_);
  }
  if (is("clock-corrected") || is("clock-skewed")) streams_[1].shift = 500'000;
  program();
  for (Stream& stream : streams_) OTF2_Archive_CloseEvtWriter(archive, stream.writer);
  OTF2_Archive_CloseEvtFiles(archive);
  write_local_definitions(archive);
  global_ = OTF2_Archive_GetGlobalDefWriter(archive);
  define_strings_and_system();
  define_communicators();
  define_windows_and_files();
  define_code();
  OTF2_Archive_CloseGlobalDefWriter(archive, global_);
  return OTF2_Archive_Close(archive) == OTF2_SUCCESS;
}

}  // namespace

bool write_seed(const std::string& directory, int ranks, const std::string& defect) {
  return Seeder(directory, ranks, defect).write();
}

}  // namespace tulkki::test
