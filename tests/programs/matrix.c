// SPDX-License-Identifier: Apache-2.0
// Every rank to every other, on the world, on its reverse and on halves of it: partners must be world ranks.
#include "program.h"

static void all_to_all(MPI_Comm comm, int tag) {
  int me, members;
  char out[1000] = {0}, in[1000];
  MPI_Comm_rank(comm, &me);
  MPI_Comm_size(comm, &members);
  for (int distance = 1; distance < members; distance++) {
    MPI_Request request;
    MPI_Irecv(in, 1000, MPI_CHAR, (me + members - distance) % members, tag, comm, &request);
    MPI_Send(out, 100 * rank + tag, MPI_CHAR, (me + distance) % members, tag, comm);  // size by world rank
    MPI_Wait(&request, MPI_STATUS_IGNORE);
  }
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  MPI_Comm reversed, half;
  MPI_Comm_split(MPI_COMM_WORLD, 0, -rank, &reversed);
  MPI_Comm_split(MPI_COMM_WORLD, rank % 2, -rank, &half);
  all_to_all(MPI_COMM_WORLD, 1);
  all_to_all(reversed, 2);
  all_to_all(half, 3);
  MPI_Bcast(&size, 1, MPI_INT, 0, reversed);  // the root is the last world rank
  MPI_Comm_free(&half);
  MPI_Comm_free(&reversed);
  return end();
}
