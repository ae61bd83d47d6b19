// SPDX-License-Identifier: Apache-2.0
// The floor of "loaded, but off": a preload that does nothing but forward the calls of the benchmark programs, through
// pointers found at start as an interposer must that serves a library it was not linked with.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <mpi.h>
#include <stddef.h>

#define FORWARD(name, parameters, arguments)                                        \
  static int (*next_##name) parameters;                                             \
  __attribute__((constructor)) static void find_##name(void) {                      \
    *(void**)&next_##name = dlsym(RTLD_NEXT, "P" #name);                            \
  }                                                                                 \
  __attribute__((visibility("default"))) int name parameters { return next_##name arguments; }

FORWARD(MPI_Comm_rank, (MPI_Comm comm, int* rank), (comm, rank))
FORWARD(MPI_Send, (const void* buffer, int count, MPI_Datatype type, int peer, int tag, MPI_Comm comm),
        (buffer, count, type, peer, tag, comm))
FORWARD(MPI_Recv, (void* buffer, int count, MPI_Datatype type, int peer, int tag, MPI_Comm comm, MPI_Status* status),
        (buffer, count, type, peer, tag, comm, status))
FORWARD(MPI_Isend,
        (const void* buffer, int count, MPI_Datatype type, int peer, int tag, MPI_Comm comm, MPI_Request* request),
        (buffer, count, type, peer, tag, comm, request))
FORWARD(MPI_Irecv,
        (void* buffer, int count, MPI_Datatype type, int peer, int tag, MPI_Comm comm, MPI_Request* request),
        (buffer, count, type, peer, tag, comm, request))
FORWARD(MPI_Waitall, (int count, MPI_Request* requests, MPI_Status* statuses), (count, requests, statuses))
FORWARD(MPI_Test, (MPI_Request * request, int* flag, MPI_Status* status), (request, flag, status))
FORWARD(MPI_Allreduce, (const void* in, void* out, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm),
        (in, out, count, type, op, comm))
