// SPDX-License-Identifier: Apache-2.0
// So many requests that the recorder's buffers change in the midst of them: windows of sends and receives of changing
// sizes, some of them left open for a long time.
#include "program.h"

enum { kWindows = 2000, kWindow = 16, kOld = 5 };

int main(int argc, char** argv) {
  begin(&argc, &argv);
  static int in[kWindow][64], out[64], late[kOld];
  MPI_Request requests[2 * kWindow], old[kOld];
  int other = 1 - rank;
  for (int i = 0; i < kOld; i++) MPI_Irecv(&late[i], 1, MPI_INT, other, 1000 + i, MPI_COMM_WORLD, &old[i]);
  for (int window = 0; window < kWindows; window++) {
    for (int i = 0; i < kWindow; i++) {
      MPI_Irecv(in[i], 64, MPI_INT, other, i, MPI_COMM_WORLD, &requests[2 * i]);
      MPI_Isend(out, (window + i) % 64, MPI_INT, other, i, MPI_COMM_WORLD, &requests[2 * i + 1]);
    }
    MPI_Waitall(2 * kWindow, requests, MPI_STATUSES_IGNORE);
  }
  for (int i = 0; i < kOld; i++) MPI_Send(&i, 1, MPI_INT, other, 1000 + i, MPI_COMM_WORLD);
  MPI_Waitall(kOld, old, MPI_STATUSES_IGNORE);
  for (int i = 0; i < kOld; i++) REQUIRE(late[i] == i);
  return end();
}
