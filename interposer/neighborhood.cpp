// SPDX-License-Identifier: Apache-2.0
// Sizes and neighbours of a communicator, asked from the MPI library once for each.
#include "interposer/neighborhood.h"

#include "interposer/ask.h"
#include "interposer/process.h"

namespace tulkki {
namespace {

std::uint64_t absent_neighbors(Word comm, int dimensions) {
  std::uint64_t absent = 0;
  for (int dimension = 0; dimension < dimensions && dimension < 32; ++dimension) {
    int source = 0, dest = 0;
    library_function<int (*)(Word, int, int, int*, int*)>(Procedure::MPI_Cart_shift)(comm, dimension, 1, &source, &dest);
    if (source == g_process.abi.proc_null) absent |= 1ull << 2 * dimension;
    if (dest == g_process.abi.proc_null) absent |= 2ull << 2 * dimension;
  }
  return absent;
}

}  // namespace

Neighborhood ask_neighborhood(Word comm) {
  Neighborhood result;
  result.inter = ask::is_intercommunicator(comm);
  result.rank = ask::comm_rank(comm);
  result.size = result.inter ? ask::remote_size(comm) : ask::comm_size(comm);
  const int kind = result.inter ? g_process.abi.undefined : ask::topology(comm);
  if (kind == g_process.abi.topology_cartesian) {
    int dimensions = 0;
    library_function<int (*)(Word, int*)>(Procedure::MPI_Cartdim_get)(comm, &dimensions);
    result.indegree = result.outdegree = 2 * dimensions;
    result.absent = absent_neighbors(comm, dimensions);
  } else if (kind == g_process.abi.topology_graph) {
    int neighbors = 0;
    library_function<int (*)(Word, int, int*)>(Procedure::MPI_Graph_neighbors_count)(comm, result.rank, &neighbors);
    result.indegree = result.outdegree = neighbors;
  } else if (kind == g_process.abi.topology_distributed) {
    int weighted = 0;
    library_function<int (*)(Word, int*, int*, int*)>(Procedure::MPI_Dist_graph_neighbors_count)(
        comm, &result.indegree, &result.outdegree, &weighted);
  }
  return result;
}

}  // namespace tulkki
