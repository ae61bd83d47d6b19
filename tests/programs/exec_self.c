// SPDX-License-Identifier: Apache-2.0
// A program that executes itself anew before MPI_Init, as wrappers do.
#include "program.h"

int main(int argc, char** argv) {
  if (argc == 1) {
    execl("/proc/self/exe", argv[0], "again", NULL);
    return 1;
  }
  begin(&argc, &argv);
  MPI_Barrier(MPI_COMM_WORLD);
  return end();
}
