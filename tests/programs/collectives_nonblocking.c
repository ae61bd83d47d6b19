// SPDX-License-Identifier: Apache-2.0
// Every nonblocking collective, three times; waited for one by one.
#define CALL(name, ...) CALL_##name(__VA_ARGS__, &request), MPI_Wait(&request, MPI_STATUS_IGNORE)
#define CALL_barrier MPI_Ibarrier
#define CALL_bcast MPI_Ibcast
#define CALL_gather MPI_Igather
#define CALL_gatherv MPI_Igatherv
#define CALL_scatter MPI_Iscatter
#define CALL_scatterv MPI_Iscatterv
#define CALL_allgather MPI_Iallgather
#define CALL_allgatherv MPI_Iallgatherv
#define CALL_alltoall MPI_Ialltoall
#define CALL_alltoallv MPI_Ialltoallv
#define CALL_alltoallw MPI_Ialltoallw
#define CALL_reduce MPI_Ireduce
#define CALL_allreduce MPI_Iallreduce
#define CALL_reduce_scatter MPI_Ireduce_scatter
#define CALL_reduce_scatter_block MPI_Ireduce_scatter_block
#define CALL_scan MPI_Iscan
#define CALL_exscan MPI_Iexscan
#include <mpi.h>
static MPI_Request request;
#include "collectives.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  fill_counts();
  for (int i = 0; i < 3; i++) call_every_collective(MPI_COMM_WORLD);
  // Many at once, completed together.
  MPI_Request requests[10];
  static int sums[10];
  for (int i = 0; i < 10; i++) MPI_Iallreduce(&rank, &sums[i], 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD, &requests[i]);
  MPI_Waitall(10, requests, MPI_STATUSES_IGNORE);
  for (int i = 0; i < 10; i++) REQUIRE(sums[i] == size * (size - 1) / 2);
  return end();
}
