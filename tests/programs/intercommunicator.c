// SPDX-License-Identifier: Apache-2.0
// Messages and rooted and unrooted collectives between {0} and {1, 2}.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  int first = rank == 0, mine = rank + 1, theirs[8] = {0}, remote;
  MPI_Comm local, inter, merged;
  MPI_Comm_split(MPI_COMM_WORLD, first, rank, &local);
  MPI_Intercomm_create(local, 0, MPI_COMM_WORLD, first ? 1 : 0, 5, &inter);
  MPI_Comm_remote_size(inter, &remote);
  REQUIRE(remote == (first ? size - 1 : 1));
  // Rank 0 sends 8 bytes to the second of the others, which is world rank 2, and gets 4 back from it.
  if (first) {
    MPI_Send(theirs, 2, MPI_INT, 1, 0, inter);
    MPI_Recv(theirs, 8, MPI_INT, 1, 0, inter, MPI_STATUS_IGNORE);
  } else if (rank == 2) {
    MPI_Recv(theirs, 8, MPI_INT, MPI_ANY_SOURCE, 0, inter, MPI_STATUS_IGNORE);
    MPI_Send(&mine, 1, MPI_INT, 0, 0, inter);
  }
  MPI_Barrier(inter);
  MPI_Bcast(theirs, 3, MPI_INT, first ? MPI_ROOT : 0, inter);
  // From world rank 2, the second of its group; its neighbour takes no part.
  MPI_Bcast(theirs, 5, MPI_INT, first ? 1 : rank == 2 ? MPI_ROOT : MPI_PROC_NULL, inter);
  MPI_Allreduce(&mine, theirs, 1, MPI_INT, MPI_SUM, inter);
  REQUIRE(theirs[0] == (first ? 5 : 1));
  MPI_Allgather(&mine, 1, MPI_INT, theirs, 1, MPI_INT, inter);
  MPI_Gather(&mine, 1, MPI_INT, theirs, 1, MPI_INT, first ? MPI_ROOT : 0, inter);
  MPI_Intercomm_merge(inter, !first, &merged);
  MPI_Allreduce(&mine, theirs, 1, MPI_INT, MPI_SUM, merged);
  MPI_Comm_free(&merged);
  MPI_Comm_free(&inter);
  MPI_Comm_free(&local);
  return end();
}
