// SPDX-License-Identifier: Apache-2.0
// Receives that are cancelled, beside one that is completed.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  int values[3] = {0}, cancelled;
  MPI_Request requests[3];
  MPI_Status statuses[3];
  for (int i = 0; i < 3; i++) MPI_Irecv(&values[i], 1, MPI_INT, 1 - rank, i, MPI_COMM_WORLD, &requests[i]);
  MPI_Cancel(&requests[0]);
  MPI_Wait(&requests[0], &statuses[0]);
  MPI_Test_cancelled(&statuses[0], &cancelled);
  REQUIRE(cancelled);
  MPI_Send(&rank, 1, MPI_INT, 1 - rank, 2, MPI_COMM_WORLD);
  MPI_Cancel(&requests[1]);
  MPI_Waitall(2, requests + 1, statuses + 1);
  MPI_Test_cancelled(&statuses[1], &cancelled);
  REQUIRE(cancelled);
  REQUIRE(values[2] == 1 - rank);
  MPI_Barrier(MPI_COMM_WORLD);
  return end();
}
