// SPDX-License-Identifier: Apache-2.0
// Every blocking collective, three times.
#define CALL(name, ...) CALL_##name(__VA_ARGS__)
#define CALL_barrier MPI_Barrier
#define CALL_bcast MPI_Bcast
#define CALL_gather MPI_Gather
#define CALL_gatherv MPI_Gatherv
#define CALL_scatter MPI_Scatter
#define CALL_scatterv MPI_Scatterv
#define CALL_allgather MPI_Allgather
#define CALL_allgatherv MPI_Allgatherv
#define CALL_alltoall MPI_Alltoall
#define CALL_alltoallv MPI_Alltoallv
#define CALL_alltoallw MPI_Alltoallw
#define CALL_reduce MPI_Reduce
#define CALL_allreduce MPI_Allreduce
#define CALL_reduce_scatter MPI_Reduce_scatter
#define CALL_reduce_scatter_block MPI_Reduce_scatter_block
#define CALL_scan MPI_Scan
#define CALL_exscan MPI_Exscan
#include "collectives.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  fill_counts();
  for (int i = 0; i < 3; i++) call_every_collective(MPI_COMM_WORLD);
  return end();
}
