// SPDX-License-Identifier: Apache-2.0
// Calls every collective once, with sizes that differ by rank where the procedure allows it. The blocking and the
// nonblocking program share it: CALL(name, arguments...) is one or the other; PART is where buffers are free again.
#pragma once

#include "program.h"

enum { kMost = 8, kRoom = 1000 };

static int counts[kMost], displacements[kMost], matrix_counts[kMost], matrix_displacements[kMost];
static int byte_displacements[kMost];
static MPI_Datatype types[kMost];
static int in[kRoom], out[kRoom];

// Rank r owns r + 1 integers in the v variants; to rank d it sends d + 1 integers in Alltoallv and receives rank + 1.
static void fill_counts(void) {
  for (int i = 0; i < size; i++) {
    counts[i] = i + 1;
    displacements[i] = i * kMost;
    matrix_counts[i] = rank + 1;
    matrix_displacements[i] = i * kMost;
    byte_displacements[i] = i * kMost * (int)sizeof(int);
    types[i] = MPI_INT;
  }
}

static void call_every_collective(MPI_Comm comm) {
  int root = size - 1;
  CALL(barrier, comm);
  CALL(bcast, out, 10, MPI_DOUBLE, root, comm);
  CALL(gather, out, 3, MPI_INT, in, 3, MPI_INT, root, comm);
  CALL(gatherv, out, rank + 1, MPI_INT, in, counts, displacements, MPI_INT, root, comm);
  CALL(scatter, out, 4, MPI_INT, in, 4, MPI_INT, root, comm);
  CALL(scatterv, out, counts, displacements, MPI_INT, in, rank + 1, MPI_INT, root, comm);
  CALL(allgather, out, 5, MPI_INT, in, 5, MPI_INT, comm);
  CALL(allgatherv, out, rank + 1, MPI_INT, in, counts, displacements, MPI_INT, comm);
  CALL(alltoall, out, 6, MPI_INT, in, 6, MPI_INT, comm);
  CALL(alltoallv, out, counts, displacements, MPI_INT, in, matrix_counts, matrix_displacements, MPI_INT, comm);
  CALL(alltoallw, out, counts, byte_displacements, types, in, matrix_counts, byte_displacements, types, comm);
  CALL(reduce, out, in, 7, MPI_INT, MPI_SUM, root, comm);
  CALL(allreduce, out, in, 8, MPI_INT, MPI_MAX, comm);
  CALL(reduce_scatter, out, in, counts, MPI_INT, MPI_SUM, comm);
  CALL(reduce_scatter_block, out, in, 9, MPI_INT, MPI_SUM, comm);
  CALL(scan, out, in, 11, MPI_INT, MPI_SUM, comm);
  CALL(exscan, out, in, 12, MPI_INT, MPI_SUM, comm);
}
