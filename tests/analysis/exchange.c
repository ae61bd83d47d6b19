/* SPDX-License-Identifier: Apache-2.0
 * A small program to compare MPI implementations with: a ring exchange of two sizes and a reduction a step.
 * Usage: exchange [STEPS]
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

enum { kSmall = 1024, kLarge = 256 * 1024 };

static char sent[kLarge], received[kLarge];

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  const int steps = argc > 1 ? atoi(argv[1]) : 500;
  int rank, size;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  const int right = (rank + 1) % size, left = (rank + size - 1) % size;
  double energy = rank, sum = 0;
  for (int step = 0; step < steps; ++step) {
    const int bytes = step % 10 == 9 ? kLarge : kSmall;
    MPI_Sendrecv(sent, bytes, MPI_BYTE, right, 7, received, bytes, MPI_BYTE, left, 7, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Request requests[2];
    MPI_Irecv(received, kSmall, MPI_BYTE, left, 8, MPI_COMM_WORLD, &requests[0]);
    MPI_Isend(sent, kSmall, MPI_BYTE, right, 8, MPI_COMM_WORLD, &requests[1]);
    for (int cell = 0; cell < 2000; ++cell) energy = energy * 0.999 + cell * 1e-6;
    MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
    MPI_Allreduce(&energy, &sum, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  }
  if (rank == 0) printf("energy %.3f\nEXIT-SUCCESS\n", sum);
  MPI_Finalize();
  return 0;
}
