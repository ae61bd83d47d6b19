// SPDX-License-Identifier: Apache-2.0
// Nonblocking file access, alone and collective.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  char data[4][1000] = {{0}};
  MPI_File file;
  MPI_Request requests[2];
  MPI_Status statuses[2];
  MPI_File_open(MPI_COMM_WORLD, "nonblocking.data", MPI_MODE_CREATE | MPI_MODE_RDWR, MPI_INFO_NULL, &file);
  MPI_File_iwrite_at(file, 2000 * rank, data[0], 1000, MPI_CHAR, &requests[0]);
  MPI_File_iwrite_at(file, 2000 * rank + 1000, data[1], 500, MPI_CHAR, &requests[1]);
  MPI_Waitall(2, requests, statuses);
  MPI_Barrier(MPI_COMM_WORLD);
  MPI_File_iread_at(file, 2000 * rank, data[2], 700, MPI_CHAR, &requests[0]);
  MPI_File_iread_at(file, 2000 * (size - 1) + 1400, data[3], 100, MPI_CHAR, &requests[1]);
  MPI_Waitall(2, requests, statuses);
  MPI_File_seek(file, 10000 + 1000 * rank, MPI_SEEK_SET);
  MPI_File_iwrite(file, data[0], 300, MPI_CHAR, &requests[0]);
  MPI_Wait(&requests[0], MPI_STATUS_IGNORE);
  MPI_File_iwrite_at_all(file, 20000 + 1000 * rank, data[0], 200, MPI_CHAR, &requests[0]);
  MPI_Wait(&requests[0], MPI_STATUS_IGNORE);
  MPI_File_close(&file);
  MPI_Barrier(MPI_COMM_WORLD);
  if (rank == 0) MPI_File_delete("nonblocking.data", MPI_INFO_NULL);
  return end();
}
