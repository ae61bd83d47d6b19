// SPDX-License-Identifier: Apache-2.0
// Messages of 2 GiB and more: 2^29 integers, and 2049 blocks of 1 MiB.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  const size_t mebibyte = 1 << 20;
  char* data = malloc(2049 * mebibyte);
  REQUIRE(data != NULL);
  MPI_Datatype block;
  MPI_Type_contiguous((int)mebibyte, MPI_CHAR, &block);
  MPI_Type_commit(&block);
  if (rank == 0) {
    data[2049 * mebibyte - 1] = 42;
    MPI_Send(data, 1 << 29, MPI_INT, 1, 1, MPI_COMM_WORLD);
    MPI_Send(data, 2049, block, 1, 2, MPI_COMM_WORLD);
  } else {
    MPI_Request request;
    MPI_Recv(data, 1 << 29, MPI_INT, 0, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Irecv(data, 2049, block, 0, 2, MPI_COMM_WORLD, &request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    REQUIRE(data[2049 * mebibyte - 1] == 42);
  }
  MPI_Type_free(&block);
  free(data);
  return end();
}
