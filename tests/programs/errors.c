// SPDX-License-Identifier: Apache-2.0
// Calls that fail: invalid arguments and truncation, with errors returned, and a handler of the program's own.
#include "program.h"

static int handled;

static void count_error(MPI_Comm* comm, int* code, ...) {
  int error_class;
  MPI_Error_class(*code, &error_class);
  REQUIRE(*comm != MPI_COMM_NULL && error_class == MPI_ERR_RANK);
  handled++;
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  int values[10] = {0}, length;
  char text[MPI_MAX_ERROR_STRING];
  MPI_Status status;
  MPI_Errhandler handler;
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  for (int i = 0; i < 5; i++) {
    int code = MPI_Send(values, 1, MPI_INT, size + 7, 0, MPI_COMM_WORLD);
    REQUIRE(code != MPI_SUCCESS);
    MPI_Error_string(code, text, &length);
  }
  REQUIRE(MPI_Bcast(values, 1, MPI_INT, -20, MPI_COMM_WORLD) != MPI_SUCCESS);
  if (rank == 0) MPI_Send(values, 10, MPI_INT, 1, 1, MPI_COMM_WORLD);
  if (rank == 1) REQUIRE(MPI_Recv(values, 5, MPI_INT, 0, 1, MPI_COMM_WORLD, &status) != MPI_SUCCESS);
  MPI_Comm_create_errhandler(count_error, &handler);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, handler);
  MPI_Send(values, 1, MPI_INT, size + 7, 0, MPI_COMM_WORLD);
  REQUIRE(handled == 1);
  MPI_Comm_call_errhandler(MPI_COMM_WORLD, MPI_ERR_RANK);
  REQUIRE(handled == 2);
  MPI_Errhandler_free(&handler);
  MPI_Barrier(MPI_COMM_WORLD);
  return end();
}
