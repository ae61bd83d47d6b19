// SPDX-License-Identifier: Apache-2.0
// A program that uses sessions only: no MPI_Init, no MPI_COMM_WORLD.
#include "program.h"

int main(void) {
  int sum;
  MPI_Session session;
  MPI_Group group;
  MPI_Comm comm;
  MPI_Session_init(MPI_INFO_NULL, MPI_ERRORS_ARE_FATAL, &session);
  MPI_Group_from_session_pset(session, "mpi://WORLD", &group);
  MPI_Comm_create_from_group(group, "tulkki", MPI_INFO_NULL, MPI_ERRORS_ARE_FATAL, &comm);
  MPI_Group_free(&group);
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &size);
  for (int i = 0; i < 3; i++) MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, comm);
  REQUIRE(sum == size * (size - 1) / 2);
  MPI_Comm_free(&comm);
  MPI_Session_finalize(&session);
  return succeed();
}
