// SPDX-License-Identifier: Apache-2.0
#include "storage/communicators.h"

#include <gtest/gtest.h>

#include "tests/storage_trace/scenarios.h"
#include "tests/storage_trace/temporary_directory.h"

namespace tulkki {
namespace {

using test::Launch;
using test::TemporaryDirectory;

TEST(Communicators, OneEntryForAllMembersUnderTheirOwnNumbers) {
  const TemporaryDirectory directory;
  const std::vector<ProcessLog> logs = test::open_launch(test::collectives(), directory.path());
  const UnifiedContexts contexts(logs);
  EXPECT_EQ(contexts.size(), 4);
  EXPECT_EQ(contexts.index_of(0, 1), contexts.index_of(3, 1));
  EXPECT_EQ(contexts.index_of(0, 2), contexts.index_of(3, 2));
  EXPECT_EQ(contexts.index_of(0, 3), contexts.index_of(2, 3));
  EXPECT_NE(contexts.index_of(0, 3), contexts.index_of(1, 7));
  EXPECT_EQ(contexts.index_of(0, 7), -1);
  const UnifiedContext& odd = contexts.all()[contexts.index_of(1, 7)];
  EXPECT_EQ(odd.name, "odd");
  EXPECT_EQ(odd.members, (std::vector<int>{1, 3}));
  EXPECT_EQ(odd.parent, contexts.index_of(0, 1));
  EXPECT_EQ(contexts.world_peer(1, 7, 1), 3);
  EXPECT_EQ(contexts.world_peer(1, 7, 2), -1);
  EXPECT_EQ(contexts.world_peer(1, 7, raw::kPeerNull), raw::kPeerNull);
  EXPECT_EQ(contexts.world_peer(3, raw::kContextSelf, 0), 3);
  EXPECT_EQ(contexts.all()[contexts.index_of(0, 9)].dimensions.size(), 2u);
}

TEST(Communicators, PeersOfAnIntercommunicatorAreTheOthers) {
  const TemporaryDirectory directory;
  const std::vector<ProcessLog> logs = test::open_launch(test::collectives(), directory.path());
  const UnifiedContexts contexts(logs);
  const UnifiedContext& between = contexts.all()[contexts.index_of(0, 10)];
  EXPECT_EQ(between.members, (std::vector<int>{0, 2}));
  EXPECT_EQ(between.remote_members, (std::vector<int>{1, 3}));
  EXPECT_EQ(contexts.world_peer(0, 10, 1), 3);
  EXPECT_EQ(contexts.world_peer(3, 10, 1), 2);
}

TEST(Communicators, ClosesGapsOnlyWhereTheAnswerIsCertain) {
  Launch launch;
  for (const int rank : {0, 2, 3}) {
    auto& log = launch.emplace_back(rank, 4);
    log.context(3, raw::ContextKind::communicator, 50, raw::kContextWorld, rank, 4, "copy of the world");
    if (rank != 0) log.context(4, raw::ContextKind::communicator, 51, raw::kContextWorld, 3 - rank, 3, "three");
  }
  const TemporaryDirectory directory;
  const std::vector<ProcessLog> logs = test::open_launch(launch, directory.path());
  const UnifiedContexts contexts(logs);
  EXPECT_EQ(contexts.all()[contexts.index_of(0, 1)].members, (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(contexts.all()[contexts.index_of(0, 3)].members, (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(contexts.all()[contexts.index_of(1, 4)].members, (std::vector<int>{3, 2, 1}));
}

TEST(Communicators, GivesRanksToProcessesWithout) {
  Launch launch;
  launch.emplace_back(0, 2);
  launch.emplace_back(1, 2);
  launch.emplace_back(0, 2);  // a spawned child, in a world of its own
  launch.emplace_back(-1, -1);
  const TemporaryDirectory directory;
  const std::vector<ProcessLog> logs = test::open_launch(launch, directory.path());
  const UnifiedContexts contexts(logs);
  EXPECT_EQ(contexts.rank(1), 1);
  EXPECT_EQ(contexts.rank(2), 2);
  EXPECT_EQ(contexts.rank(3), 3);
  EXPECT_EQ(contexts.size(), 4);
}

TEST(Communicators, KeepsThoseWithProcessesOfOtherLaunches) {
  Launch launch;
  for (const int rank : {0, 1})
    launch.emplace_back(rank, 2).context(3, raw::ContextKind::communicator, 50, 0, rank, 5, "merged with children");
  const TemporaryDirectory directory;
  const std::vector<ProcessLog> logs = test::open_launch(launch, directory.path());
  const UnifiedContexts contexts(logs);
  ASSERT_GE(contexts.index_of(0, 3), 0);
  const UnifiedContext& merged = contexts.all()[contexts.index_of(0, 3)];
  EXPECT_TRUE(merged.beyond_launch);
  EXPECT_EQ(merged.members, (std::vector<int>{0, 1, -1, -1, -1}));
  EXPECT_FALSE(contexts.all()[contexts.index_of(0, 1)].beyond_launch);
  EXPECT_TRUE(contexts.warnings().empty());
}

TEST(Communicators, DoesNotTrustSizes) {
  Launch launch;
  auto& log = launch.emplace_back(0, 2);
  log.context(3, raw::ContextKind::communicator, 50, 1, 0, 2'000'000'000);
  log.context(4, raw::ContextKind::communicator, 51, 1, 7, 2);
  log.context(5, raw::ContextKind::communicator, 52, 99, 0, 1);
  const TemporaryDirectory directory;
  const std::vector<ProcessLog> logs = test::open_launch(launch, directory.path());
  const UnifiedContexts contexts(logs);
  EXPECT_EQ(contexts.index_of(0, 3), -1);
  EXPECT_EQ(contexts.index_of(0, 4), -1);
  EXPECT_EQ(contexts.all()[contexts.index_of(0, 5)].parent, -1);
  EXPECT_EQ(contexts.warnings().size(), 2u);
}

}  // namespace
}  // namespace tulkki
