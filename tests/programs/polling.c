// SPDX-License-Identifier: Apache-2.0
// Forty thousand polls that find nothing, then one that does: counts stay true, the trace stays small.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  int value = 0, flag, other = 1 - rank;
  long tests = 0;
  MPI_Request request;
  MPI_Irecv(&value, 1, MPI_INT, other, 0, MPI_COMM_WORLD, &request);
  for (int i = 0; i < 20000; i++) {
    MPI_Test(&request, &flag, MPI_STATUS_IGNORE);
    REQUIRE(!flag);
  }
  for (int i = 0; i < 20000; i++) {
    MPI_Iprobe(other, 1, MPI_COMM_WORLD, &flag, MPI_STATUS_IGNORE);
    REQUIRE(!flag);
  }
  MPI_Barrier(MPI_COMM_WORLD);
  MPI_Send(&rank, 1, MPI_INT, other, 0, MPI_COMM_WORLD);
  for (flag = 0; !flag; tests++) MPI_Test(&request, &flag, MPI_STATUS_IGNORE);
  REQUIRE(value == other);
  say_number("tests", tests);
  return end();
}
