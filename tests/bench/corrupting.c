/* SPDX-License-Identifier: Apache-2.0
 * Preloaded: an MPI that delivers one wrong byte, so that --verify has something to find. */
#include <mpi.h>

int MPI_Alltoall(const void *out, int count, MPI_Datatype type, void *in, int in_count, MPI_Datatype in_type, MPI_Comm comm) {
  const int code = PMPI_Alltoall(out, count, type, in, in_count, in_type, comm);
  ((char *)in)[in_count / 2] ^= 1;
  return code;
}

int MPI_Waitsome(int count, MPI_Request *requests, int *finished, int *indices, MPI_Status *statuses) {
  return PMPI_Waitsome(count, requests, finished, indices, statuses);
}

int MPI_Recv(void *data, int count, MPI_Datatype type, int source, int tag, MPI_Comm comm, MPI_Status *status) {
  const int code = PMPI_Recv(data, count, type, source, tag, comm, status);
  if (count > 0) ((char *)data)[count - 1] ^= 1;
  return code;
}
