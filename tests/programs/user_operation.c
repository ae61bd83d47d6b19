// SPDX-License-Identifier: Apache-2.0
// A user's reduction that calls MPI in its callback: those calls are the program's, too.
#include "program.h"

static long callbacks;

static void add(void* in, void* inout, int* count, MPI_Datatype* type) {
  int bytes, me;
  MPI_Type_size(*type, &bytes);
  MPI_Comm_rank(MPI_COMM_SELF, &me);
  REQUIRE(bytes == sizeof(int) && me == 0);
  for (int i = 0; i < *count; i++) ((int*)inout)[i] += ((int*)in)[i];
  callbacks++;
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  int sum, value = rank + 1;
  MPI_Op operation;
  MPI_Request request;
  MPI_Op_create(add, 1, &operation);
  for (int i = 0; i < 10; i++) {
    MPI_Allreduce(&value, &sum, 1, MPI_INT, operation, MPI_COMM_WORLD);
    REQUIRE(sum == size * (size + 1) / 2);
  }
  MPI_Iallreduce(&value, &sum, 1, MPI_INT, operation, MPI_COMM_WORLD, &request);
  MPI_Wait(&request, MPI_STATUS_IGNORE);
  MPI_Reduce_local(&value, &sum, 1, MPI_INT, operation);
  MPI_Op_free(&operation);
  say_number("callbacks", callbacks);
  return end();
}
