// SPDX-License-Identifier: Apache-2.0
// Post, start, complete, wait and test between neighbours of a pair, on a window of a reversed communicator.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  double memory[100] = {0}, local[100] = {0};
  int flag, zero = 0, one = 1;
  long tests = 0;
  MPI_Comm reversed;
  MPI_Group group, first, second;
  MPI_Win window;
  MPI_Comm_split(MPI_COMM_WORLD, 0, -rank, &reversed);
  MPI_Win_create(memory, sizeof memory, 8, MPI_INFO_NULL, reversed, &window);
  MPI_Win_get_group(window, &group);
  MPI_Group_incl(group, 1, &zero, &first);   // world rank 1
  MPI_Group_incl(group, 1, &one, &second);   // world rank 0
  if (rank == 0) {
    for (int i = 0; i < 2; i++) {
      MPI_Win_start(first, 0, window);
      MPI_Put(local, 10 + i, MPI_DOUBLE, 0, 0, 10 + i, MPI_DOUBLE, window);
      MPI_Win_complete(window);
    }
  } else {
    MPI_Win_post(second, 0, window);
    MPI_Win_wait(window);
    MPI_Win_post(second, 0, window);
    for (flag = 0; !flag; tests++) MPI_Win_test(window, &flag);
    say_number("win_test", tests);
  }
  MPI_Group_free(&first);
  MPI_Group_free(&second);
  MPI_Group_free(&group);
  MPI_Win_free(&window);
  MPI_Comm_free(&reversed);
  return end();
}
