// SPDX-License-Identifier: Apache-2.0
// The recorder's own communication: a private communicator, and the offsets between the clocks of nodes. Processes of
// one node share a clock, so a run on one node exchanges nothing but 8 bytes a rank.
#pragma once

#include <cstddef>
#include <cstdint>

#include "storage/raw_format.h"

namespace tulkki {

// A number that is equal for processes on the same running kernel.
[[gnu::cold]] std::uint64_t node_identity();

[[gnu::cold]] void open_private_communicator();
[[gnu::cold]] void close_private_communicator();
// Collective: copies rank 0's bytes to all.
[[gnu::cold]] void share_from_first(void* data, std::size_t bytes);

// Collective: measures this node's clock against the reference node's (that of world rank 0) and defines the result.
// One process a node takes part, in ceil(log2 nodes) rounds.
[[gnu::cold]] void synchronise_clocks(const raw::FileHeader& header);

// Whether all processes share the node of world rank 0; known after the first synchronise_clocks.
bool on_first_node();
bool on_one_node();

}  // namespace tulkki
