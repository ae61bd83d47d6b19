// SPDX-License-Identifier: Apache-2.0
// Partitioned communication: partitions made ready one by one, as a range and as a list.
#include "program.h"

enum { kPartitions = 8, kCount = 10 };

int main(int argc, char** argv) {
  begin(&argc, &argv);
  static double data[kPartitions * kCount];
  MPI_Request request;
  int list[3] = {5, 7, 6}, arrived;
  if (rank == 0)
    MPI_Psend_init(data, kPartitions, kCount, MPI_DOUBLE, 1, 0, MPI_COMM_WORLD, MPI_INFO_NULL, &request);
  else
    MPI_Precv_init(data, kPartitions, kCount, MPI_DOUBLE, 0, 0, MPI_COMM_WORLD, MPI_INFO_NULL, &request);
  for (int round = 0; round < 3; round++) {
    MPI_Start(&request);
    if (rank == 0) {
      MPI_Pready(0, request);
      MPI_Pready_range(1, 4, request);
      MPI_Pready_list(3, list, request);
    } else {
      MPI_Parrived(request, 3, &arrived);
    }
    MPI_Wait(&request, MPI_STATUS_IGNORE);
  }
  MPI_Request_free(&request);
  return end();
}
