// SPDX-License-Identifier: Apache-2.0
// A plug-in that needs its MPI's library for C++, which needs more of the C library than C programs do.
#include <mpi.h>

extern "C" int work() {
  const bool here = MPI::Is_initialized();
  if (!here) MPI::Init();
  const int size = MPI::COMM_WORLD.Get_size();
  if (!here) MPI::Finalize();
  return size;
}
