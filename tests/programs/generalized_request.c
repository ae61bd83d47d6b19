// SPDX-License-Identifier: Apache-2.0
// A generalized request, completed by the program and waited for together with a receive.
#include "program.h"

static int query(void* state, MPI_Status* status) {
  (void)state;
  MPI_Status_set_elements(status, MPI_BYTE, 0);
  MPI_Status_set_cancelled(status, 0);
  status->MPI_SOURCE = MPI_UNDEFINED;
  status->MPI_TAG = MPI_UNDEFINED;
  return MPI_SUCCESS;
}
static int release(void* state) { return (void)state, MPI_SUCCESS; }
static int cancel(void* state, int complete) { return (void)state, (void)complete, MPI_SUCCESS; }

int main(int argc, char** argv) {
  begin(&argc, &argv);
  int in = -1;
  MPI_Request requests[2];
  MPI_Status statuses[2];
  MPI_Grequest_start(query, release, cancel, NULL, &requests[0]);
  MPI_Irecv(&in, 1, MPI_INT, 1 - rank, 0, MPI_COMM_WORLD, &requests[1]);
  MPI_Send(&rank, 1, MPI_INT, 1 - rank, 0, MPI_COMM_WORLD);
  MPI_Grequest_complete(requests[0]);
  MPI_Waitall(2, requests, statuses);
  REQUIRE(in == 1 - rank);
  return end();
}
