// SPDX-License-Identifier: Apache-2.0
// As many live communicators as asked for (argument 1), each used once, then all freed.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  REQUIRE(argc == 2);
  int wanted = atoi(argv[1]), sum;
  MPI_Comm* live = malloc(wanted * sizeof *live);
  for (int i = 0; i < wanted; i++) MPI_Comm_dup(i % 2 ? MPI_COMM_SELF : MPI_COMM_WORLD, &live[i]);
  for (int i = 0; i < wanted; i++) MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, live[i]);
  for (int i = 0; i < wanted; i++) MPI_Comm_free(&live[i]);
  free(live);
  return end();
}
