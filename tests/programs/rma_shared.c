// SPDX-License-Identifier: Apache-2.0
// A shared window, read and written by plain loads and stores between fences.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  int *mine, *others, unit;
  MPI_Aint bytes;
  MPI_Win window;
  MPI_Comm node;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
  MPI_Win_allocate_shared(10 * sizeof(int), sizeof(int), MPI_INFO_NULL, node, &mine, &window);
  MPI_Win_fence(0, window);
  mine[0] = rank + 100;
  MPI_Win_fence(0, window);
  MPI_Win_shared_query(window, (rank + 1) % size, &bytes, &unit, &others);
  REQUIRE(others[0] == (rank + 1) % size + 100);
  MPI_Win_fence(0, window);
  MPI_Win_free(&window);
  MPI_Comm_free(&node);
  return end();
}
