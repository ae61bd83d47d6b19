// SPDX-License-Identifier: Apache-2.0
// Independent file access: by offset and by pointer; a read past the end gets less than it asked for.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  char data[1000] = {0};
  int count;
  MPI_File file;
  MPI_Status status;
  MPI_Offset bytes, base = 1000 * rank;
  MPI_File_open(MPI_COMM_WORLD, "independent.data", MPI_MODE_CREATE | MPI_MODE_RDWR, MPI_INFO_NULL, &file);
  MPI_File_write_at(file, base, data, 100, MPI_CHAR, &status);
  MPI_File_write_at(file, base + 100, data, 25, MPI_DOUBLE, MPI_STATUS_IGNORE);
  MPI_File_seek(file, base + 300, MPI_SEEK_SET);
  MPI_File_write(file, data, 700, MPI_CHAR, &status);
  MPI_File_sync(file);
  MPI_Barrier(MPI_COMM_WORLD);
  MPI_File_read_at(file, 0, data, 50, MPI_CHAR, &status);
  MPI_File_seek(file, 1000 * size - 30, MPI_SEEK_SET);
  MPI_File_read(file, data, 1000, MPI_CHAR, &status);
  MPI_Get_count(&status, MPI_CHAR, &count);
  REQUIRE(count == 30);
  MPI_File_read_at(file, 1000 * size - 20, data, 1000, MPI_CHAR, MPI_STATUS_IGNORE);
  MPI_File_get_size(file, &bytes);
  REQUIRE(bytes == 1000 * size);
  MPI_Barrier(MPI_COMM_WORLD);
  MPI_File_set_size(file, 10);
  MPI_File_close(&file);
  if (rank == 0) MPI_File_delete("independent.data", MPI_INFO_NULL);
  return end();
}
