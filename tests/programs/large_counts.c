// SPDX-License-Identifier: Apache-2.0
// The large-count twins of common procedures.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  double out[100] = {0}, in[200];
  MPI_Count bytes, counts[2] = {10, 20};
  MPI_Aint displacements[2] = {0, 10};
  MPI_Request request;
  MPI_Datatype type;
  if (rank == 0) {
    MPI_Send_c(out, 50, MPI_DOUBLE, 1, 0, MPI_COMM_WORLD);
    MPI_Isend_c(out, 60, MPI_DOUBLE, 1, 1, MPI_COMM_WORLD, &request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
  } else {
    MPI_Recv_c(in, 100, MPI_DOUBLE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Irecv_c(in, 100, MPI_DOUBLE, 0, 1, MPI_COMM_WORLD, &request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
  }
  MPI_Type_contiguous_c(5, MPI_DOUBLE, &type);
  MPI_Type_commit(&type);
  MPI_Type_size_c(type, &bytes);
  REQUIRE(bytes == 40);
  MPI_Bcast_c(out, 2, type, 0, MPI_COMM_WORLD);
  MPI_Type_free(&type);
  MPI_Allreduce_c(out, in, 3, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  MPI_Allgatherv_c(out, counts[rank], MPI_DOUBLE, in, counts, displacements, MPI_DOUBLE, MPI_COMM_WORLD);
  MPI_Alltoall_c(out, 4, MPI_DOUBLE, in, 4, MPI_DOUBLE, MPI_COMM_WORLD);
  return end();
}
