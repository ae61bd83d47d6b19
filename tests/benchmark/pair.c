// SPDX-License-Identifier: Apache-2.0
// Two ranks on shared memory: wall time of an 8-byte half round trip, of a message in a window of 64, of an 8-byte
// Allreduce. The 2nd percentile of short batches: what it costs when both ranks really ran.
// Usage: pair BATCHES ITERATIONS; rank 0 prints "CASE NS CALLS" (calls of this rank).
#define _GNU_SOURCE
#include <mpi.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "harness.h"

enum { kMaxBatches = 2000, kWindow = 64 };

static int rank;

static void ping_pong(long count) {
  char buffer[8] = {0};
  for (long i = 0; i < count; ++i) {
    if (rank == 0) MPI_Send(buffer, 8, MPI_BYTE, 1, 1, MPI_COMM_WORLD);
    MPI_Recv(buffer, 8, MPI_BYTE, 1 - rank, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    if (rank == 1) MPI_Send(buffer, 8, MPI_BYTE, 0, 1, MPI_COMM_WORLD);
  }
}

static void window(long count) {
  static char buffers[kWindow][8];
  MPI_Request requests[kWindow];
  for (long i = 0; i < count; ++i) {
    for (int n = 0; n < kWindow; ++n) {
      if (rank == 0) {
        MPI_Isend(buffers[n], 8, MPI_BYTE, 1, 2, MPI_COMM_WORLD, &requests[n]);
      } else {
        MPI_Irecv(buffers[n], 8, MPI_BYTE, 0, 2, MPI_COMM_WORLD, &requests[n]);
      }
    }
    MPI_Waitall(kWindow, requests, MPI_STATUSES_IGNORE);
    char done = 0;
    if (rank == 0) {
      MPI_Recv(&done, 1, MPI_BYTE, 1, 3, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    } else {
      MPI_Send(&done, 1, MPI_BYTE, 0, 3, MPI_COMM_WORLD);
    }
  }
}

static void allreduce(long count) {
  double in = 1, out;
  for (long i = 0; i < count; ++i) MPI_Allreduce(&in, &out, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
}

static void measure(const char* name, void (*run)(long), int batches, long count, int units, int calls) {
  double ns[kMaxBatches];
  run(count);
  for (int batch = 0; batch < batches; ++batch) {
    MPI_Barrier(MPI_COMM_WORLD);
    const double begin = clock_ns(CLOCK_MONOTONIC);
    run(count);
    ns[batch] = (clock_ns(CLOCK_MONOTONIC) - begin) / (double)count / units;
  }
  if (rank == 0) printf("%s %.4f %ld\n", name, quantile(ns, batches, 0.02), (batches + 1) * count * calls + batches);
}

static void pin_to_core(void) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET((size_t)(rank % (int)sysconf(_SC_NPROCESSORS_ONLN)), &set);
  sched_setaffinity(0, sizeof set, &set);
}

int main(int argc, char** argv) {
  const int batches = argc > 1 ? atoi(argv[1]) : 240;
  const long count = argc > 2 ? atol(argv[2]) : 100;
  int size;
  if (batches > kMaxBatches) return 2;
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  if (size != 2) MPI_Abort(MPI_COMM_WORLD, 2);
  pin_to_core();
  measure("ping_pong", ping_pong, batches, count, 2, 2);
  measure("window", window, batches, count / 10 + 1, kWindow, kWindow + 2);
  measure("allreduce", allreduce, batches, count, 1, 1);
  MPI_Finalize();
  return 0;
}
