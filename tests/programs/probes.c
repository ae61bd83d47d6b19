// SPDX-License-Identifier: Apache-2.0
// Probes and matched probes, blocking and polling, then the receives that they announce.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  char data[100] = {0};
  if (rank == 0) {
    for (int i = 1; i <= 4; i++) MPI_Send(data, 10 * i, MPI_CHAR, 1, i, MPI_COMM_WORLD);
  } else {
    MPI_Status status;
    MPI_Message message;
    MPI_Request request;
    int flag, count;
    long iprobes = 0, improbes = 0;
    MPI_Probe(MPI_ANY_SOURCE, 1, MPI_COMM_WORLD, &status);
    MPI_Get_count(&status, MPI_CHAR, &count);
    REQUIRE(count == 10 && status.MPI_SOURCE == 0);
    MPI_Recv(data, count, MPI_CHAR, status.MPI_SOURCE, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    for (flag = 0; !flag; iprobes++) MPI_Iprobe(0, 2, MPI_COMM_WORLD, &flag, MPI_STATUS_IGNORE);
    MPI_Recv(data, 100, MPI_CHAR, 0, 2, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Mprobe(0, 3, MPI_COMM_WORLD, &message, MPI_STATUS_IGNORE);
    MPI_Mrecv(data, 100, MPI_CHAR, &message, MPI_STATUS_IGNORE);
    for (flag = 0; !flag; improbes++)
      MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &flag, &message, &status);
    MPI_Imrecv(data, 100, MPI_CHAR, &message, &request);
    MPI_Wait(&request, &status);
    REQUIRE(status.MPI_TAG == 4);
    say_number("iprobe", iprobes);
    say_number("improbe", improbes);
  }
  return end();
}
