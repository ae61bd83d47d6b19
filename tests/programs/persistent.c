// SPDX-License-Identifier: Apache-2.0
// Persistent requests of all modes, started singly and together, waited for while inactive too, then freed.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  static char space[10000];
  int other = 1 - rank, out[4] = {0}, in[4][100];
  MPI_Request sends[4], receives[4];
  MPI_Status statuses[4];
  void* detached;
  int detached_bytes;
  MPI_Buffer_attach(space, sizeof space);
  MPI_Send_init(out, 1, MPI_INT, other, 0, MPI_COMM_WORLD, &sends[0]);
  MPI_Ssend_init(out, 2, MPI_INT, other, 1, MPI_COMM_WORLD, &sends[1]);
  MPI_Bsend_init(out, 3, MPI_INT, other, 2, MPI_COMM_WORLD, &sends[2]);
  MPI_Rsend_init(out, 4, MPI_INT, other, 3, MPI_COMM_WORLD, &sends[3]);
  for (int i = 0; i < 4; i++) MPI_Recv_init(in[i], 100, MPI_INT, other, i, MPI_COMM_WORLD, &receives[i]);
  MPI_Wait(&sends[0], MPI_STATUS_IGNORE);  // inactive
  for (int round = 0; round < 5; round++) {
    MPI_Startall(4, receives);
    MPI_Barrier(MPI_COMM_WORLD);
    for (int i = 0; i < 4; i++) MPI_Start(&sends[i]);
    MPI_Waitall(4, receives, round % 2 ? statuses : MPI_STATUSES_IGNORE);
    MPI_Waitall(4, sends, MPI_STATUSES_IGNORE);
    MPI_Waitall(4, sends, MPI_STATUSES_IGNORE);  // all inactive
  }
  for (int i = 0; i < 4; i++) {
    MPI_Request_free(&sends[i]);
    MPI_Request_free(&receives[i]);
  }
  MPI_Buffer_detach(&detached, &detached_bytes);
  return end();
}
