// SPDX-License-Identifier: Apache-2.0
// MPI_IN_PLACE with a null datatype and no count wherever the standard ignores both.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  int data[64] = {0}, counts[8], displacements[8], bytes[8];
  MPI_Datatype types[8];
  MPI_Request request;
  for (int i = 0; i < size; i++) counts[i] = i + 1, displacements[i] = 8 * i, bytes[i] = 32 * i, types[i] = MPI_INT;
  void* none = MPI_IN_PLACE;
  MPI_Datatype no_type = MPI_DATATYPE_NULL;
  MPI_Comm world = MPI_COMM_WORLD;
  if (rank == 0) {
    MPI_Gather(none, 0, no_type, data, 2, MPI_INT, 0, world);
    MPI_Gatherv(none, 0, no_type, data, counts, displacements, MPI_INT, 0, world);
    MPI_Scatter(data, 3, MPI_INT, none, 0, no_type, 0, world);
    MPI_Scatterv(data, counts, displacements, MPI_INT, none, 0, no_type, 0, world);
    MPI_Reduce(none, data, 4, MPI_INT, MPI_SUM, 0, world);
  } else {
    int part[64] = {0};
    MPI_Gather(part, 2, MPI_INT, NULL, 0, no_type, 0, world);
    MPI_Gatherv(part, rank + 1, MPI_INT, NULL, NULL, NULL, no_type, 0, world);
    MPI_Scatter(NULL, 0, no_type, part, 3, MPI_INT, 0, world);
    MPI_Scatterv(NULL, NULL, NULL, no_type, part, rank + 1, MPI_INT, 0, world);
    MPI_Reduce(part, NULL, 4, MPI_INT, MPI_SUM, 0, world);
  }
  MPI_Allgather(none, 0, no_type, data, 5, MPI_INT, world);
  MPI_Allgatherv(none, 0, no_type, data, counts, displacements, MPI_INT, world);
  MPI_Iallgather(none, 0, no_type, data, 6, MPI_INT, world, &request);
  MPI_Wait(&request, MPI_STATUS_IGNORE);
  MPI_Allreduce(none, data, 7, MPI_INT, MPI_SUM, world);
  MPI_Reduce_scatter(none, data, counts, MPI_INT, MPI_SUM, world);
  MPI_Reduce_scatter_block(none, data, 8, MPI_INT, MPI_SUM, world);
  MPI_Scan(none, data, 9, MPI_INT, MPI_SUM, world);
  MPI_Exscan(none, data, 10, MPI_INT, MPI_SUM, world);
  for (int i = 0; i < size; i++) counts[i] = 2;
  MPI_Alltoall(none, 0, no_type, data, 2, MPI_INT, world);
  MPI_Alltoallv(none, NULL, NULL, no_type, data, counts, displacements, MPI_INT, world);
  MPI_Alltoallw(none, NULL, NULL, NULL, data, counts, bytes, types, world);
  return end();
}
