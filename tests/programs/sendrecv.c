// SPDX-License-Identifier: Apache-2.0
// MPI_Sendrecv and MPI_Sendrecv_replace: around a ring, with unequal sizes, and with MPI_PROC_NULL at the ends.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  int right = (rank + 1) % size, left = (rank + size - 1) % size;
  int out[100] = {0}, in[100];
  MPI_Status status;
  // Rank r sends 10 + r integers: what is received is not what is sent.
  for (int i = 0; i < 5; i++)
    MPI_Sendrecv(out, 10 + rank, MPI_INT, right, 1, in, 100, MPI_INT, left, 1, MPI_COMM_WORLD, &status);
  MPI_Sendrecv_replace(out, 20, MPI_INT, right, 2, left, 2, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  // An open chain: the first rank receives nothing, the last one sends nothing.
  int next = rank + 1 < size ? rank + 1 : MPI_PROC_NULL, previous = rank > 0 ? rank - 1 : MPI_PROC_NULL;
  MPI_Sendrecv(out, 3, MPI_DOUBLE, next, 3, in, 3, MPI_DOUBLE, previous, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
  REQUIRE(rank > 0 || status.MPI_SOURCE == MPI_PROC_NULL);
  return end();
}
