// SPDX-License-Identifier: Apache-2.0
// What collectives need to know of their communicator to tell how many bytes they move. MPI-4.1: 6.2, 8.5.
#pragma once

#include <cstdint>

#include "translator/abi.h"

namespace tulkki {

struct Neighborhood {
  int size = 0;         // of the (remote, for intercommunicators) group
  int rank = 0;
  bool inter = false;
  int indegree = 0, outdegree = 0;  // of its topology; 0 without one
  std::uint64_t absent = 0;         // bit i: neighbour i is MPI_PROC_NULL, at the edge of a Cartesian grid
};

[[gnu::cold]] Neighborhood ask_neighborhood(Word comm);

}  // namespace tulkki
