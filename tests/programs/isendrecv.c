// SPDX-License-Identifier: Apache-2.0
// Nonblocking send-receive: one request, both directions.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  int right = (rank + 1) % size, left = (rank + size - 1) % size, out[10] = {0}, in[100];
  MPI_Request request;
  for (int i = 0; i < 3; i++) {
    MPI_Isendrecv(out, 5 + rank, MPI_INT, right, 0, in, 100, MPI_INT, left, 0, MPI_COMM_WORLD, &request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
  }
  MPI_Isendrecv_replace(out, 2, MPI_INT, right, 1, left, 1, MPI_COMM_WORLD, &request);
  MPI_Wait(&request, MPI_STATUS_IGNORE);
  return end();
}
