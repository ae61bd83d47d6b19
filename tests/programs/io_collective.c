// SPDX-License-Identifier: Apache-2.0
// Collective and split collective file access through a view, and shared file pointers.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  double data[100] = {0};
  MPI_File file;
  MPI_Status status;
  MPI_Offset offset = 10000 + 800 * rank;
  MPI_File_open(MPI_COMM_WORLD, "collective.data", MPI_MODE_CREATE | MPI_MODE_RDWR, MPI_INFO_NULL, &file);
  MPI_File_set_view(file, 0, MPI_BYTE, MPI_BYTE, "native", MPI_INFO_NULL);
  MPI_File_write_at_all(file, 400 * rank, data, 50, MPI_DOUBLE, &status);
  MPI_File_read_at_all(file, 400 * rank, data, 50, MPI_DOUBLE, MPI_STATUS_IGNORE);
  MPI_File_seek(file, 2000 * (rank + 1), MPI_SEEK_SET);
  MPI_File_write_all(file, data, 20, MPI_DOUBLE, MPI_STATUS_IGNORE);
  MPI_File_seek(file, 2000 * (rank + 1), MPI_SEEK_SET);
  MPI_File_read_all(file, data, 10, MPI_DOUBLE, &status);
  MPI_File_write_at_all_begin(file, offset, data, 100, MPI_DOUBLE);
  MPI_File_write_at_all_end(file, data, &status);
  MPI_File_read_at_all_begin(file, offset, data, 60, MPI_DOUBLE);
  MPI_File_read_at_all_end(file, data, MPI_STATUS_IGNORE);
  MPI_File_seek_shared(file, 20000, MPI_SEEK_SET);
  MPI_File_write_shared(file, data, 5, MPI_DOUBLE, &status);
  MPI_File_write_ordered(file, data, 6, MPI_DOUBLE, &status);
  MPI_File_seek_shared(file, 20000, MPI_SEEK_SET);
  MPI_File_read_shared(file, data, 7, MPI_DOUBLE, &status);
  MPI_File_read_ordered(file, data, 2, MPI_DOUBLE, &status);
  MPI_File_close(&file);
  MPI_Barrier(MPI_COMM_WORLD);
  if (rank == 0) MPI_File_delete("collective.data", MPI_INFO_NULL);
  return end();
}
