// SPDX-License-Identifier: Apache-2.0
// A plug-in with functions of its own that are named as Fortran bindings are.
#include <mpi.h>
#include <stddef.h>

int mpi_barrier(const char* what) { return MPI_Barrier(MPI_COMM_WORLD) + what[0]; }
double mpi_wtime(void) { return 42.0; }
int mpi_wtick_(void) { return 3; }
int mpi_comm_size_(int more) {
  int size;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  return size + more;
}

int work(void) {
  int here;
  MPI_Initialized(&here);
  if (!here) MPI_Init(NULL, NULL);
  int sum = mpi_barrier("x") + (int)mpi_wtime() + mpi_wtick_() + mpi_comm_size_(1000);
  if (!here) MPI_Finalize();
  return sum;
}
