// SPDX-License-Identifier: Apache-2.0
// The four blocking send modes, with different sizes, from rank 0 to rank 1.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  double values[100] = {0};
  int token = 0;
  if (rank == 0) {
    static char space[2000 + MPI_BSEND_OVERHEAD];
    void* detached;
    int detached_bytes;
    for (int i = 0; i < 10; i++) MPI_Send(values, i, MPI_DOUBLE, 1, i, MPI_COMM_WORLD);
    MPI_Ssend(values, 100, MPI_DOUBLE, 1, 20, MPI_COMM_WORLD);
    MPI_Buffer_attach(space, sizeof space);
    MPI_Bsend(values, 50, MPI_DOUBLE, 1, 21, MPI_COMM_WORLD);
    MPI_Bsend(values, 3, MPI_CHAR, 1, 21, MPI_COMM_WORLD);
    MPI_Buffer_detach(&detached, &detached_bytes);
    MPI_Recv(&token, 1, MPI_INT, 1, 30, MPI_COMM_WORLD, MPI_STATUS_IGNORE);  // the receive of Rsend is posted
    MPI_Rsend(values, 7, MPI_INT, 1, 22, MPI_COMM_WORLD);
  } else if (rank == 1) {
    MPI_Request ready;
    MPI_Status status;
    int count;
    for (int i = 0; i < 10; i++) {
      MPI_Recv(values, 100, MPI_DOUBLE, 0, i, MPI_COMM_WORLD, &status);
      MPI_Get_count(&status, MPI_DOUBLE, &count);
      REQUIRE(count == i);
    }
    MPI_Recv(values, 100, MPI_DOUBLE, 0, 20, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Recv(values, 100, MPI_DOUBLE, 0, 21, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Recv(values, 100, MPI_CHAR, 0, 21, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Irecv(values, 100, MPI_INT, 0, 22, MPI_COMM_WORLD, &ready);
    MPI_Send(&token, 1, MPI_INT, 0, 30, MPI_COMM_WORLD);
    MPI_Wait(&ready, &status);
  }
  return end();
}
