// SPDX-License-Identifier: Apache-2.0
// Every persistent collective, started three times.
#include <mpi.h>
static MPI_Request request;
static void run(void) {
  for (int i = 0; i < 3; i++) {
    MPI_Start(&request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
  }
  MPI_Request_free(&request);
}
#define CALL(name, ...) CALL_##name(__VA_ARGS__, MPI_INFO_NULL, &request), run()
#define CALL_barrier MPI_Barrier_init
#define CALL_bcast MPI_Bcast_init
#define CALL_gather MPI_Gather_init
#define CALL_gatherv MPI_Gatherv_init
#define CALL_scatter MPI_Scatter_init
#define CALL_scatterv MPI_Scatterv_init
#define CALL_allgather MPI_Allgather_init
#define CALL_allgatherv MPI_Allgatherv_init
#define CALL_alltoall MPI_Alltoall_init
#define CALL_alltoallv MPI_Alltoallv_init
#define CALL_alltoallw MPI_Alltoallw_init
#define CALL_reduce MPI_Reduce_init
#define CALL_allreduce MPI_Allreduce_init
#define CALL_reduce_scatter MPI_Reduce_scatter_init
#define CALL_reduce_scatter_block MPI_Reduce_scatter_block_init
#define CALL_scan MPI_Scan_init
#define CALL_exscan MPI_Exscan_init
#include "collectives.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  fill_counts();
  call_every_collective(MPI_COMM_WORLD);
  return end();
}
