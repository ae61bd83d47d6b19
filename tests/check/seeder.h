// SPDX-License-Identifier: Apache-2.0
// The seeded program and its archive: what the files that write its events and its definitions share.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check/seed_writer.h"

namespace tulkki::test {

inline constexpr std::uint32_t kNoString = OTF2_UNDEFINED_STRING;
inline constexpr std::uint32_t kWindow = 0, kHandle = 0, kStdout = 1;
inline constexpr std::uint32_t kRegionStrings = 100, kRankStrings = 200;
enum StringId : std::uint32_t {
  kEmpty,
  kMachine,
  kNode,
  kNodeClass,
  kMpi,
  kWorldName,
  kSelfName,
  kThreadName,
  kFileName
};

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
  void all(std::uint32_t region, OTF2_CollectiveOp operation, std::uint32_t comm, std::uint32_t root,
           std::uint64_t bytes);
  void communicators();
  void windows();
  void files();
  void threads();
  void finalize();
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

}  // namespace tulkki::test
