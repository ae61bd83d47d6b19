// SPDX-License-Identifier: Apache-2.0
// Definitions of the seeded program, again with defects where `is("NAME")` asks for them, and the archive around all.
#include "check/seed_trace.h"

#include <filesystem>

#include "check/seeder.h"

namespace tulkki::test {

void Seeder::define_strings_and_system() {
  const auto string = [&](std::uint32_t id, const std::string& text) {
    OTF2_GlobalDefWriter_WriteString(global_, id, text.c_str());
  };
  static constexpr const char* kTexts[] = {
      "", "machine", "node0", "node", "MPI", "MPI_COMM_WORLD", "MPI_COMM_SELF", "Thread 1", "out.dat"};
  for (std::uint32_t id = 0; id < std::size(kTexts); ++id)
    string(id, kTexts[id]);
  for (std::uint32_t id = 0; id < kRegions; ++id)
    string(kRegionStrings + id, kRegionNames[id]);
  for (int rank = 0; rank < ranks_; ++rank)
    string(kRankStrings + rank, "Rank " + std::to_string(rank));

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
    OTF2_GlobalDefWriter_WriteLocation(global_, location_id(index),
                                       thread ? std::uint32_t(kThreadName) : kRankStrings + index,
                                       OTF2_LOCATION_TYPE_CPU_THREAD, events, thread ? 0 : index);
  }
}

void Seeder::define_code() {
  for (std::uint32_t id = 0; id < kRegions; ++id) {
    const std::uint32_t name = is("dangling-string") && id == kSend  ? 9999
                               : is("region-unnamed") && id == kSend ? kNoString
                                                                     : kRegionStrings + id;
    OTF2_GlobalDefWriter_WriteRegion(global_, id, name, name, kEmpty, OTF2_REGION_ROLE_FUNCTION,
                                     id == kWork ? OTF2_PARADIGM_USER : OTF2_PARADIGM_MPI, OTF2_REGION_FLAG_NONE,
                                     kNoString, 0, 0);
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
  for (int rank = 0; rank < ranks_; ++rank)
    members.push_back(location_id(rank));
  if (!is("missing-comm-locations")) group(0, OTF2_GROUP_TYPE_COMM_LOCATIONS);
  for (int rank = 0; rank < ranks_; ++rank)
    members[rank] = rank;
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
  OTF2_GlobalDefWriter_WriteIoParadigm(global_, 0, kMpi, kMpi, OTF2_IO_PARADIGM_CLASS_PARALLEL,
                                       OTF2_IO_PARADIGM_FLAG_NONE, 0, nullptr, nullptr, nullptr);
  OTF2_GlobalDefWriter_WriteIoRegularFile(global_, 0, kFileName, 1);
  OTF2_GlobalDefWriter_WriteIoHandle(global_, kHandle, kFileName, is("dangling-file") ? 8 : 0, 0,
                                     OTF2_IO_HANDLE_FLAG_NONE, kWorld, OTF2_UNDEFINED_IO_HANDLE);
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
  static OTF2_FlushCallbacks flush = {
      [](void*, OTF2_FileType, OTF2_LocationRef, void*, bool) -> OTF2_FlushType { return OTF2_FLUSH; }, nullptr};
  OTF2_Archive_SetFlushCallbacks(archive, &flush, nullptr);
  OTF2_Archive_SetSerialCollectiveCallbacks(archive);
  OTF2_Archive_OpenEvtFiles(archive);
  for (int index = 0; index <= ranks_; ++index) {
    streams_.emplace_back(OTF2_Archive_GetEvtWriter(archive, location_id(index)), &clock_);
  }
  if (is("clock-corrected") || is("clock-skewed")) streams_[1].shift = 500'000;
  program();
  for (Stream& stream : streams_)
    OTF2_Archive_CloseEvtWriter(archive, stream.writer);
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

bool write_seed(const std::string& directory, int ranks, const std::string& defect) {
  return Seeder(directory, ranks, defect).write();
}

}  // namespace tulkki::test
