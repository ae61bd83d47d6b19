// SPDX-License-Identifier: Apache-2.0
// Calls before MPI_Init and after MPI_Finalize, and calls of the environment in between.
#include "program.h"

int main(int argc, char** argv) {
  int flag, major, minor, length, provided;
  char text[MPI_MAX_LIBRARY_VERSION_STRING];
  void* memory;
  MPI_Info info;
  MPI_Initialized(&flag);
  REQUIRE(!flag);
  MPI_Finalized(&flag);
  MPI_Get_version(&major, &minor);
  MPI_Get_library_version(text, &length);
  begin(&argc, &argv);
  MPI_Initialized(&flag);
  REQUIRE(flag);
  double start = MPI_Wtime();
  REQUIRE(MPI_Wtime() >= start && MPI_Wtick() > 0);
  MPI_Get_processor_name(text, &length);
  MPI_Query_thread(&provided);
  MPI_Is_thread_main(&flag);
  REQUIRE(flag);
  MPI_Pcontrol(1);
  MPI_Alloc_mem(1000, MPI_INFO_NULL, &memory);
  MPI_Free_mem(memory);
  MPI_Info_create(&info);
  MPI_Info_set(info, "key", "value");
  MPI_Info_get(info, "key", 100, text, &flag);
  REQUIRE(flag && strcmp(text, "value") == 0);
  MPI_Info_free(&info);
  MPI_Finalize();
  MPI_Finalized(&flag);
  REQUIRE(flag);
  MPI_Initialized(&flag);
  MPI_Get_version(&major, &minor);
  return succeed();
}
