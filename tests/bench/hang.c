/* SPDX-License-Identifier: Apache-2.0
 * Two ranks that wait for each other for ever. */
#include <mpi.h>

int main(int count, char **words) {
  int rank = 0;
  char byte = 0;
  MPI_Init(&count, &words);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Recv(&byte, 1, MPI_BYTE, 1 - rank, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  return MPI_Finalize();
}
