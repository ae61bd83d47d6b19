// SPDX-License-Identifier: Apache-2.0
// Communicators that are freed while requests are still under way on them, and others that get their handles at once.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  MPI_Comm comm, next;
  MPI_Request requests[2];
  int other = 1 - rank, in[2] = {-1, -1}, token = 3;
  for (int i = 0; i < 5; i++) {
    MPI_Comm_dup(MPI_COMM_WORLD, &comm);
    MPI_Comm_set_name(comm, "freed early");
    MPI_Irecv(&in[0], 1, MPI_INT, other, 1, comm, &requests[0]);
    MPI_Recv_init(&in[1], 1, MPI_INT, other, 2, comm, &requests[1]);
    MPI_Start(&requests[1]);
    MPI_Send(&i, 1, MPI_INT, other, 1, comm);
    MPI_Send(&token, 1, MPI_INT, other, 2, comm);
    MPI_Comm_free(&comm);
    MPI_Comm_dup(MPI_COMM_SELF, &next);
    MPI_Wait(&requests[0], MPI_STATUS_IGNORE);
    MPI_Wait(&requests[1], MPI_STATUS_IGNORE);
    MPI_Request_free(&requests[1]);
    MPI_Comm_free(&next);
    REQUIRE(in[0] == i && in[1] == token);
  }
  return end();
}
