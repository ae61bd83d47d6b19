/* SPDX-License-Identifier: Apache-2.0
 * A token goes round the ranks a thousand times. Compile it with any MPI, or with tulkki-mpicc for all of them:
 *   tulkki-mpicc -O2 -o ring ring.c && tulkki run -n 2 --backend openmpi ./ring
 */
#include <mpi.h>
#include <stdio.h>

int main(int count, char **words) {
  int rank, size, token = 0;
  MPI_Init(&count, &words);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  const int next = (rank + 1) % size, previous = (rank + size - 1) % size;
  for (int round = 0; round < 1000; ++round) {
    int received = 0;
    MPI_Sendrecv(&token, 1, MPI_INT, next, 0, &received, 1, MPI_INT, previous, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    token = received + 1;
  }
  if (rank == 0) printf("the token is %d after 1000 rounds of %d ranks\n", token, size);
  MPI_Finalize();
  return 0;
}
