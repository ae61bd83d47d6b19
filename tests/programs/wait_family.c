// SPDX-License-Identifier: Apache-2.0
// Nonblocking messages completed by each of the Wait procedures, with and without statuses.
#include "program.h"

enum { kMessages = 8 };

int main(int argc, char** argv) {
  begin(&argc, &argv);
  int other = 1 - rank, index, done, indices[kMessages];
  static char out[kMessages][1000], in[kMessages][1000];
  MPI_Request requests[2 * kMessages];
  MPI_Status statuses[2 * kMessages];
  for (int round = 0; round < 5; round++) {
    for (int i = 0; i < kMessages; i++) MPI_Irecv(in[i], 1000, MPI_CHAR, other, i, MPI_COMM_WORLD, &requests[i]);
    for (int i = 0; i < kMessages; i++)
      MPI_Isend(out[i], 100 * (i + 1), MPI_CHAR, other, i, MPI_COMM_WORLD, &requests[kMessages + i]);
    if (round == 0) {
      for (int i = 0; i < 2 * kMessages; i++) MPI_Wait(&requests[i], i % 2 ? &statuses[i] : MPI_STATUS_IGNORE);
    } else if (round == 1) {
      MPI_Waitall(2 * kMessages, requests, statuses);
    } else if (round == 2) {
      MPI_Waitall(2 * kMessages, requests, MPI_STATUSES_IGNORE);
    } else if (round == 3) {
      for (int i = 0; i < 2 * kMessages; i++) {
        MPI_Waitany(2 * kMessages, requests, &index, i % 2 ? &statuses[i] : MPI_STATUS_IGNORE);
        REQUIRE(index >= 0 && index < 2 * kMessages);
      }
    } else {
      long calls = 0;
      for (int left = kMessages; left > 0; left -= done, calls++)
        MPI_Waitsome(kMessages, requests, &done, indices, calls % 2 ? statuses : MPI_STATUSES_IGNORE);
      for (int left = kMessages; left > 0; left -= done, calls++)
        MPI_Waitsome(kMessages, requests + kMessages, &done, indices, MPI_STATUSES_IGNORE);
      say_number("waitsome", calls);
    }
    for (int i = 0; i < 2 * kMessages; i++) REQUIRE(requests[i] == MPI_REQUEST_NULL);
  }
  // Null requests only: the calls count, nothing is completed.
  MPI_Wait(&requests[0], MPI_STATUS_IGNORE);
  MPI_Waitall(3, requests, MPI_STATUSES_IGNORE);
  MPI_Waitall(0, requests, MPI_STATUSES_IGNORE);
  return end();
}
