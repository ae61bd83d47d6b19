// SPDX-License-Identifier: Apache-2.0
// The buffer of MPI_Bsend is as large as the program's mpi.h says, to the byte, and comes back as it was given. MPI-4.1: 3.6.
#include <stdlib.h>

#include "check.h"

static void fill_to_the_brim(int messages, int ints) {
  int packed = 0, bytes, detached_bytes = -1, *out = calloc(ints, sizeof(int)), *in = calloc(ints, sizeof(int));
  void *buffer, *detached = NULL;
  MPI_Pack_size(ints, MPI_INT, MPI_COMM_WORLD, &packed);
  bytes = messages * (packed + MPI_BSEND_OVERHEAD);
  buffer = malloc(bytes);
  CHECK_GOOD(MPI_Buffer_attach(buffer, bytes));
  for (int i = 0; i < messages; i++) {
    for (int k = 0; k < ints; k++) out[k] = 1000 * i + k + rank;
    CHECK_GOOD(MPI_Bsend(out, ints, MPI_INT, 1 - rank, i, MPI_COMM_WORLD));
  }
  for (int i = 0; i < messages; i++) {
    CHECK_GOOD(MPI_Recv(in, ints, MPI_INT, 1 - rank, i, MPI_COMM_WORLD, MPI_STATUS_IGNORE));
    CHECK_EQUAL(in[ints - 1], 1000 * i + ints - 1 + 1 - rank);
  }
  CHECK_GOOD(MPI_Buffer_detach(&detached, &detached_bytes));
  CHECK(detached == buffer);
  CHECK_EQUAL(detached_bytes, bytes);
  free(buffer);
  free(out);
  free(in);
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  fill_to_the_brim(1, 1);
  fill_to_the_brim(40, 1);
  fill_to_the_brim(40, 5000);
#ifdef MPI_BUFFER_AUTOMATIC   // of MPI-4.1, and newer than what is below
  CHECK_CLASS(MPI_Buffer_attach(MPI_BUFFER_AUTOMATIC, 1000), MPI_ERR_UNSUPPORTED_OPERATION);
#endif
#if MPI_VERSION >= 4
  static char large[100000];
  void* detached = NULL;
  MPI_Count bytes = -1;
  CHECK_GOOD(MPI_Buffer_attach_c(large, sizeof large));
  CHECK(MPI_Buffer_attach_c(large, 10) != MPI_SUCCESS);   // one at a time
  CHECK_GOOD(MPI_Buffer_detach_c(&detached, &bytes));
  CHECK(detached == large && bytes == (MPI_Count)sizeof large);
#endif
  return conclude();
}
