// SPDX-License-Identifier: Apache-2.0
// Sends whose requests are freed while active; an answer tells when they are done.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  static double data[1000];
  int answer = 0;
  if (rank == 0) {
    for (int i = 0; i < 5; i++) {
      MPI_Request request;
      MPI_Isend(data, 100 * (i + 1), MPI_DOUBLE, 1, i, MPI_COMM_WORLD, &request);
      MPI_Request_free(&request);
      REQUIRE(request == MPI_REQUEST_NULL);
    }
    MPI_Recv(&answer, 1, MPI_INT, 1, 9, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  } else {
    for (int i = 0; i < 5; i++) MPI_Recv(data, 1000, MPI_DOUBLE, 0, i, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Send(&answer, 1, MPI_INT, 0, 9, MPI_COMM_WORLD);
  }
  return end();
}
