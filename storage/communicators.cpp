// SPDX-License-Identifier: Apache-2.0
// Unification goes by identity, which is equal on all members. Sizes and ranks come from files that may be damaged,
// so none of them is trusted before it has been compared with the number of ranks in the launch.
#include "storage/communicators.h"

#include <algorithm>
#include <set>

namespace tulkki {

namespace {

constexpr int kMaximumRanks = 1 << 22;
// Processes that a launch may meet beside its own: children that it started, servers that it connected to.
constexpr int kMaximumOthers = 1 << 16;

bool is_self(const raw::ContextDefinition& definition) {
  return definition.context == raw::kContextSelf && definition.kind == raw::ContextKind::communicator;
}

}  // namespace

UnifiedContexts::UnifiedContexts(std::span<const ProcessLog> processes) : locals_(processes.size()) {
  assign_ranks(processes);
  for (std::size_t process = 0; process < processes.size(); ++process) {
    for (const auto& [number, context] : processes[process].contexts)
      enter(process, processes[process], context);
  }
  // Parents may carry a higher number than their children on another process, so they are resolved last.
  for (std::size_t process = 0; process < processes.size(); ++process) {
    for (const auto& [number, context] : processes[process].contexts) {
      const Local* local = find(process, number);
      const int parent = index_of(process, context.definition.parent);
      if (local != nullptr && parent != local->index && all_[local->index].parent < 0) {
        all_[local->index].parent = parent;
      }
    }
  }
  fill_unknown_members();
}

void UnifiedContexts::assign_ranks(std::span<const ProcessLog> processes) {
  ranks_.assign(processes.size(), -1);
  std::set<int> taken;
  for (std::size_t process = 0; process < processes.size(); ++process) {
    const raw::FileHeader& header = processes[process].header;
    if (header.world_size > 0 && header.world_size <= kMaximumRanks) size_ = std::max(size_, header.world_size);
    if (header.world_rank >= 0 && header.world_rank < kMaximumRanks && taken.insert(header.world_rank).second) {
      ranks_[process] = header.world_rank;
      size_ = std::max(size_, header.world_rank + 1);
    }
  }
  for (std::size_t process = 0; process < processes.size(); ++process) {
    if (ranks_[process] < 0) ranks_[process] = size_++;
  }
}

void UnifiedContexts::enter(std::size_t process, const ProcessLog& log, const Context& context) {
  const raw::ContextDefinition& definition = context.definition;
  const int size = definition.size;
  const int remote_size = definition.remote_size;
  const bool inter = definition.kind == raw::ContextKind::intercommunicator;
  if (definition.kind < raw::ContextKind::communicator || definition.kind > raw::ContextKind::file || size < 0 ||
      size > size_ + kMaximumOthers || remote_size < 0 || remote_size > kMaximumRanks || definition.rank >= size) {
    warnings_.push_back(log.path + ": the definition of context " + std::to_string(definition.context) +
                        " is damaged; its calls are kept without it");
    return;
  }
  const bool self = is_self(definition);
  std::array<std::uint64_t, 3> key = {definition.identity[0], definition.identity[1],
                                      static_cast<std::uint64_t>(definition.kind)};
  const bool anonymous = definition.identity[0] == 0 && definition.identity[1] == 0;
  if (self) {
    key = {raw::kContextSelf, 0, 0};
  } else if (anonymous) {
    // No identity: the world is the world, anything else belongs to this process alone.
    const bool world = definition.context == raw::kContextWorld;
    key = world ? std::array<std::uint64_t, 3>{raw::kContextWorld, 0, 0}
                : std::array<std::uint64_t, 3>{definition.context, process + 1, 0};
  }
  const auto [found, is_new] = by_identity_.try_emplace(key, static_cast<int>(all_.size()));
  if (is_new) {
    UnifiedContext& unified = all_.emplace_back();
    unified.identity = {definition.identity[0], definition.identity[1]};
    unified.kind = definition.kind;
    unified.self = self;
    unified.procedure = definition.procedure;
  }
  UnifiedContext& unified = all_[found->second];
  unified.beyond_launch = unified.beyond_launch || size > size_;
  if (unified.name.empty()) unified.name = context.name;
  if (unified.dimensions.empty()) unified.dimensions = context.dimensions;
  const bool upper_side = inter && definition.side != 0;
  locals_[process][definition.context] = {found->second, self ? 0 : definition.rank, upper_side};
  if (self) return;
  std::vector<int>& local_group = upper_side ? unified.remote_members : unified.members;
  std::vector<int>& remote_group = upper_side ? unified.members : unified.remote_members;
  if (local_group.size() < static_cast<std::size_t>(size)) local_group.resize(size, -1);
  if (inter && remote_group.size() < static_cast<std::size_t>(remote_size)) remote_group.resize(remote_size, -1);
  if (definition.rank >= 0) local_group[definition.rank] = ranks_[process];
  // In MPI_COMM_WORLD the others are known even when they left no log.
  if (definition.context == raw::kContextWorld && !inter && definition.rank == log.header.world_rank &&
      ranks_[process] == log.header.world_rank) {
    for (int rank = 0; rank < size; ++rank) {
      if (local_group[rank] < 0) local_group[rank] = rank;
    }
  }
}

// A process that left no log, or died before it knew a context, leaves a gap in it. The gap is closed only where
// the answer is certain: same group as the parent, or one candidate for one place.
void UnifiedContexts::fill_unknown_members() {
  std::vector<bool> has_log(size_, false);
  for (const int rank : ranks_)
    has_log[rank] = true;
  std::vector<int> without_log;
  for (int rank = 0; rank < size_; ++rank) {
    if (!has_log[rank]) without_log.push_back(rank);
  }
  for (UnifiedContext& context : all_) {
    auto& members = context.members;
    const auto unknown = std::count(members.begin(), members.end(), -1);
    if (unknown == 0) continue;
    if (context.parent >= 0 && all_[context.parent].members.size() == members.size() &&
        context.kind != raw::ContextKind::intercommunicator) {
      const auto& above = all_[context.parent].members;
      const bool same = std::equal(members.begin(), members.end(), above.begin(),
                                   [](int mine, int other) { return mine == other || mine < 0; });
      if (same) members = above;
    } else if (unknown == 1 && without_log.size() == 1) {
      if (std::find(members.begin(), members.end(), without_log[0]) == members.end()) {
        std::replace(members.begin(), members.end(), -1, without_log[0]);
      }
    }
  }
}

const UnifiedContexts::Local* UnifiedContexts::find(std::size_t process, std::uint32_t local) const {
  if (process >= locals_.size()) return nullptr;
  const auto found = locals_[process].find(local);
  return found == locals_[process].end() ? nullptr : &found->second;
}

int UnifiedContexts::index_of(std::size_t process, std::uint32_t local) const {
  const Local* found = find(process, local);
  return found == nullptr ? -1 : found->index;
}

int UnifiedContexts::own_rank(std::size_t process, std::uint32_t local) const {
  const Local* found = find(process, local);
  return found == nullptr ? -1 : found->rank;
}

int UnifiedContexts::world_peer(std::size_t process, std::uint32_t local, int peer) const {
  if (peer < 0) return peer;
  const Local* found = find(process, local);
  if (found == nullptr) return -1;
  const UnifiedContext& context = all_[found->index];
  if (context.self) return ranks_[process];
  const bool inter = context.kind == raw::ContextKind::intercommunicator;
  const auto& group = inter && !found->upper_side ? context.remote_members : context.members;
  return static_cast<std::size_t>(peer) < group.size() ? group[peer] : -1;
}

}  // namespace tulkki
