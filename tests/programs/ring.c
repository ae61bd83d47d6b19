// SPDX-License-Identifier: Apache-2.0
// A token goes around a ring a hundred times: the plain program that variants of the recording are tried on.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  long token = 0;
  int right = (rank + 1) % size, left = (rank + size - 1) % size;
  for (int i = 0; i < 100; i++) {
    if (rank == 0) MPI_Send(&token, 1, MPI_LONG, right, 0, MPI_COMM_WORLD);
    MPI_Recv(&token, 1, MPI_LONG, left, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    if (rank > 0) token++, MPI_Send(&token, 1, MPI_LONG, right, 0, MPI_COMM_WORLD);
  }
  REQUIRE(rank > 0 || token == 100 * (size - 1));
  MPI_Allreduce(MPI_IN_PLACE, &token, 1, MPI_LONG, MPI_MAX, MPI_COMM_WORLD);
  return end();
}
