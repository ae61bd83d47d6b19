// SPDX-License-Identifier: Apache-2.0
// The part of the program `dlopened` that uses MPI.
#include "program.h"

int run(void) {
  begin(NULL, NULL);
  int sum = 0, other = (rank + 1) % size, in;
  for (int i = 0; i < 10; i++) MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  REQUIRE(sum == size * (size - 1) / 2);
  MPI_Sendrecv(&rank, 1, MPI_INT, other, 0, &in, 1, MPI_INT, (rank + size - 1) % size, 0, MPI_COMM_WORLD,
               MPI_STATUS_IGNORE);
  return end();
}
