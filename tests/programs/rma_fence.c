// SPDX-License-Identifier: Apache-2.0
// One-sided transfers of every kind between fences, on a window of the program's own memory.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  static double memory[1000], local[100], result[100];
  long one = 1, old = 0, compare = 5;
  int target = (rank + 1) % size;
  MPI_Win window;
  MPI_Win_create(memory, sizeof memory, sizeof(double), MPI_INFO_NULL, MPI_COMM_WORLD, &window);
  MPI_Win_fence(0, window);
  MPI_Put(local, 10, MPI_DOUBLE, target, 0, 10, MPI_DOUBLE, window);
  MPI_Put(local, 4, MPI_INT, target, 20, 2, MPI_DOUBLE, window);  // the same 16 bytes
  MPI_Win_fence(0, window);
  MPI_Get(result, 20, MPI_DOUBLE, target, 0, 20, MPI_DOUBLE, window);
  MPI_Win_fence(0, window);
  MPI_Accumulate(local, 30, MPI_DOUBLE, target, 100, 30, MPI_DOUBLE, MPI_SUM, window);
  MPI_Win_fence(0, window);
  MPI_Get_accumulate(local, 40, MPI_DOUBLE, result, 40, MPI_DOUBLE, target, 200, 40, MPI_DOUBLE, MPI_SUM, window);
  MPI_Win_fence(0, window);
  MPI_Fetch_and_op(&one, &old, MPI_LONG, target, 300, MPI_SUM, window);
  MPI_Win_fence(0, window);
  MPI_Compare_and_swap(&one, &compare, &old, MPI_LONG, target, 301, window);
  MPI_Put(local, 10, MPI_DOUBLE, MPI_PROC_NULL, 0, 10, MPI_DOUBLE, window);
  MPI_Win_fence(0, window);
  MPI_Win_free(&window);
  return end();
}
