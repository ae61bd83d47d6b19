// SPDX-License-Identifier: Apache-2.0
// Puts the communicators, windows and files that the processes of a launch know under numbers of their own back
// together: one entry for each, with all its members, and the way from a process's number to it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "storage/process_log.h"

namespace tulkki {

struct UnifiedContext {
  std::array<std::uint64_t, 2> identity{};
  raw::ContextKind kind = raw::ContextKind::communicator;
  std::string name;                              // as the program named it; empty if it did not (files: their name)
  int parent = -1;                               // index of the communicator it was made from; -1: none or unknown
  bool self = false;                             // MPI_COMM_SELF: one entry stands for that of every process
  bool beyond_launch = false;                    // more members than the launch has ranks: -1 are of other launches, too
  std::uint16_t procedure = 0;                   // that created it; 0: predefined
  std::vector<int> members;                      // world rank by rank in the group (side 0); -1: unknown
  std::vector<int> remote_members;               // intercommunicators: the group of side 1
  std::vector<std::pair<int, bool>> dimensions;  // Cartesian: size, periodic
};

class UnifiedContexts {
 public:
  explicit UnifiedContexts(std::span<const ProcessLog> processes);

  const std::vector<UnifiedContext>& all() const { return all_; }

  // World rank of a process. Those that never learnt theirs (sessions, death in MPI_Init) and those that claim a
  // rank twice (spawned children have a world of their own) get the ranks from the end on.
  int rank(std::size_t process) const { return ranks_[process]; }
  // Ranks of the launch: no smaller than any rank or member that occurs; some may have left no log.
  int size() const { return size_; }

  // Index into all() of the context that this process calls `local`; -1: none or not defined.
  int index_of(std::size_t process, std::uint32_t local) const;
  // This process's rank in its (local) group of the context; -1: unknown.
  int own_rank(std::size_t process, std::uint32_t local) const;
  // World rank of `peer`, a rank of the context (of the remote group for intercommunicators) as this process sees
  // it. Negative peers (raw::kPeer*) come back as they are; -1 where the member is unknown.
  int world_peer(std::size_t process, std::uint32_t local, int peer) const;

  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  struct Local {
    int index;
    int rank;
    bool upper_side;
  };

  void assign_ranks(std::span<const ProcessLog> processes);
  void enter(std::size_t process, const ProcessLog& log, const Context& context);
  void fill_unknown_members();
  const Local* find(std::size_t process, std::uint32_t local) const;

  std::vector<UnifiedContext> all_;
  std::vector<int> ranks_;
  int size_ = 0;
  std::vector<std::unordered_map<std::uint32_t, Local>> locals_;
  std::vector<std::string> warnings_;
  struct IdentityHash {
    std::size_t operator()(const std::array<std::uint64_t, 3>& key) const {
      return static_cast<std::size_t>((key[0] * 0x9e3779b97f4a7c15u) ^ (key[1] + (key[2] << 60)));
    }
  };
  std::unordered_map<std::array<std::uint64_t, 3>, int, IdentityHash> by_identity_;
};

}  // namespace tulkki
