// SPDX-License-Identifier: Apache-2.0
// Nonblocking messages completed by each of the Test procedures; the program counts its own polls.
#include "program.h"

enum { kMessages = 6 };

int main(int argc, char** argv) {
  begin(&argc, &argv);
  int other = 1 - rank, flag, index, done, indices[2 * kMessages];
  long tests = 0, test_alls = 0, test_anys = 0, test_somes = 0, get_statuses = 0;
  static int out[kMessages][100], in[kMessages][100];
  MPI_Request requests[2 * kMessages];
  MPI_Status statuses[2 * kMessages];
  for (int round = 0; round < 5; round++) {
    for (int i = 0; i < kMessages; i++) MPI_Irecv(in[i], 100, MPI_INT, other, i, MPI_COMM_WORLD, &requests[i]);
    for (int i = 0; i < kMessages; i++)
      MPI_Isend(out[i], 10 * i, MPI_INT, other, i, MPI_COMM_WORLD, &requests[kMessages + i]);
    if (round == 0) {
      for (int i = 0; i < 2 * kMessages; i++)
        for (flag = 0; !flag; tests++) MPI_Test(&requests[i], &flag, i % 2 ? &statuses[i] : MPI_STATUS_IGNORE);
    } else if (round == 1) {
      for (flag = 0; !flag; test_alls++) MPI_Testall(2 * kMessages, requests, &flag, statuses);
    } else if (round == 2) {
      for (int completed = 0; completed < 2 * kMessages; test_anys++) {
        MPI_Testany(2 * kMessages, requests, &index, &flag, MPI_STATUS_IGNORE);
        completed += flag;
      }
    } else if (round == 3) {
      for (int completed = 0; completed < 2 * kMessages; completed += done, test_somes++)
        MPI_Testsome(2 * kMessages, requests, &done, indices, statuses);
    } else {
      // Request_get_status completes nothing; the Testall after it does.
      for (int i = 0; i < 2 * kMessages; i++)
        for (flag = 0; !flag; get_statuses++) MPI_Request_get_status(requests[i], &flag, MPI_STATUS_IGNORE);
      MPI_Testall(2 * kMessages, requests, &flag, MPI_STATUSES_IGNORE);
      REQUIRE(flag);
      test_alls++;
    }
  }
  say_number("test", tests);
  say_number("testall", test_alls);
  say_number("testany", test_anys);
  say_number("testsome", test_somes);
  say_number("get_status", get_statuses);
  return end();
}
