// SPDX-License-Identifier: Apache-2.0
// A program of sessions that come and go twice, with info and error handler made before the first one, and the world
// initialised beside the last. MPI-4.1: 11.2, 11.3.
#include "check.h"

static void one_session(MPI_Info info, MPI_Errhandler handler, const char* text) {
  MPI_Session session;
  MPI_Group group;
  MPI_Comm comm;
  int sum = 0, one = 1;
  CHECK_GOOD(MPI_Session_init(info, handler, &session));
  CHECK_GOOD(MPI_Group_from_session_pset(session, "mpi://WORLD", &group));
  CHECK_GOOD(MPI_Comm_create_from_group(group, text, MPI_INFO_NULL, MPI_ERRORS_ARE_FATAL, &comm));
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &size);
  CHECK_GOOD(MPI_Allreduce(&one, &sum, 1, MPI_INT, MPI_SUM, comm));
  CHECK_EQUAL(sum, 2);
  MPI_Group_free(&group);
  MPI_Comm_free(&comm);
  CHECK_GOOD(MPI_Session_finalize(&session));
}

int main(int argc, char** argv) {
  MPI_Info info;
  int flag = -1;
  CHECK_GOOD(MPI_Info_create(&info));
  CHECK_GOOD(MPI_Info_set(info, "thread_level", "MPI_THREAD_MULTIPLE"));
  CHECK_GOOD(MPI_Initialized(&flag));
  CHECK_EQUAL(flag, 0);
  one_session(info, MPI_ERRORS_RETURN, "first");
  MPI_Initialized(&flag);
  CHECK_EQUAL(flag, 0);
  one_session(MPI_INFO_NULL, MPI_ERRORS_ARE_FATAL, "second");
  MPI_Finalized(&flag);
  CHECK_EQUAL(flag, 0);
  CHECK_GOOD(MPI_Info_free(&info));
  MPI_Init(&argc, &argv);
  MPI_Initialized(&flag);
  CHECK_EQUAL(flag, 1);
  MPI_Barrier(MPI_COMM_WORLD);
  MPI_Finalize();
  MPI_Finalized(&flag);
  CHECK_EQUAL(flag, 1);
  return check_failures == 0 ? succeed() : 1;
}
