// SPDX-License-Identifier: Apache-2.0
// Messages and collectives on MPI_COMM_SELF.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  int out = rank, in = -1, sum = -1;
  MPI_Request request;
  MPI_Status status;
  for (int i = 0; i < 10; i++) {
    MPI_Irecv(&in, 1, MPI_INT, 0, 0, MPI_COMM_SELF, &request);
    MPI_Send(&out, 1, MPI_INT, 0, 0, MPI_COMM_SELF);
    MPI_Wait(&request, &status);
    REQUIRE(status.MPI_SOURCE == 0 && in == rank);
  }
  MPI_Allreduce(&out, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_SELF);
  REQUIRE(sum == rank);
  return end();
}
