// SPDX-License-Identifier: Apache-2.0
// MPI_ANY_SOURCE and MPI_ANY_TAG, blocking and nonblocking, statuses given and ignored; rank r sends 10 r bytes.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  char data[1000] = {0};
  if (rank > 0) {
    for (int i = 0; i < 4; i++) MPI_Send(data, 10 * rank, MPI_CHAR, 0, 100 * rank + i, MPI_COMM_WORLD);
  } else {
    MPI_Status status;
    MPI_Request requests[100];
    int senders = size - 1;
    for (int i = 0; i < senders; i++) {
      MPI_Recv(data, 1000, MPI_CHAR, MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
      REQUIRE(status.MPI_SOURCE > 0 && status.MPI_TAG / 100 == status.MPI_SOURCE);
    }
    for (int i = 0; i < senders; i++)
      MPI_Recv(data, 1000, MPI_CHAR, MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    for (int i = 0; i < 2 * senders; i++)
      MPI_Irecv(data, 1000, MPI_CHAR, MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &requests[i]);
    for (int i = 0; i < senders; i++) MPI_Wait(&requests[i], MPI_STATUS_IGNORE);
    MPI_Waitall(senders, requests + senders, MPI_STATUSES_IGNORE);
  }
  return end();
}
