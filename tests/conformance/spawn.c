// SPDX-License-Identifier: Apache-2.0
// Processes that start others: the children run as the parents do, on the same MPI, translated where they are; their
// arguments, their parents, error codes, what they compute together. MPI-4.1: 11.8.
#include "check.h"

enum { kChildren = 2 };

// Both sides: everybody is there, and nobody has failed.
static void work_together(MPI_Comm inter, int is_child, int members) {
  MPI_Comm all;
  int sum = 0, one = 1, remote = 0, failures = 0, mine = (int)check_failures, seen = is_child ? -1 : 77;
  CHECK_GOOD(MPI_Comm_remote_size(inter, &remote));
  CHECK_EQUAL(remote, members - size);
  CHECK_GOOD(MPI_Bcast(&seen, 1, MPI_INT, is_child ? 0 : rank == 0 ? MPI_ROOT : MPI_PROC_NULL, inter));
  CHECK_EQUAL(seen, 77);
  CHECK_GOOD(MPI_Intercomm_merge(inter, is_child, &all));
  CHECK_GOOD(MPI_Allreduce(&one, &sum, 1, MPI_INT, MPI_SUM, all));
  CHECK_EQUAL(sum, members);
  MPI_Allreduce(&mine, &failures, 1, MPI_INT, MPI_SUM, all);
  if (!is_child) CHECK_EQUAL(failures, 0);
  CHECK_GOOD(MPI_Comm_free(&all));
}

static int child(MPI_Comm parent, int argc, char** argv) {
  CHECK(argc == 3 && strcmp(argv[1], "first argument") == 0 && strcmp(argv[2], "second") == 0);
  CHECK_EQUAL(size, kChildren);
  work_together(parent, 1, kChildren + 2);
  CHECK_GOOD(MPI_Comm_disconnect(&parent));
  MPI_Finalize();
  return check_failures == 0 ? 0 : 1;
}

int main(int argc, char** argv) {
  char* arguments[] = {(char*)"first argument", (char*)"second", NULL};
  char* commands[kChildren] = {argv[0], argv[0]};
  char** lists[kChildren] = {arguments, arguments};
  int codes[kChildren] = {-1, -1}, counts[kChildren] = {1, 1};
  MPI_Info infos[kChildren] = {MPI_INFO_NULL, MPI_INFO_NULL};
  MPI_Comm inter;
  begin(&argc, &argv);
  MPI_Comm_get_parent(&inter);
  if (inter != MPI_COMM_NULL) return child(inter, argc, argv);
  CHECK_GOOD(MPI_Comm_spawn(argv[0], arguments, kChildren, MPI_INFO_NULL, 0, MPI_COMM_WORLD, &inter, codes));
  CHECK(codes[0] == MPI_SUCCESS && codes[1] == MPI_SUCCESS);
  work_together(inter, 0, kChildren + size);
  CHECK_GOOD(MPI_Comm_disconnect(&inter));
  CHECK(inter == MPI_COMM_NULL);
  CHECK_GOOD(MPI_Comm_spawn_multiple(kChildren, commands, lists, counts, infos, 0, MPI_COMM_WORLD, &inter,
                                     MPI_ERRCODES_IGNORE));
  work_together(inter, 0, kChildren + size);
  CHECK_GOOD(MPI_Comm_disconnect(&inter));
  return conclude();
}
