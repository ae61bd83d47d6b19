/* SPDX-License-Identifier: Apache-2.0
 * Rank 0 works on the memory of rank 1 in one passive epoch: an operation and a flush each (latency), and a window of
 * operations and one flush (throughput). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viewer/workloads/workload.h"

struct reach {
  MPI_Win window;
  double *origin;
  int doubles;
};

static void put(struct reach *r) { MPI_Put(r->origin, r->doubles, MPI_DOUBLE, 1, 0, r->doubles, MPI_DOUBLE, r->window); }
static void get(struct reach *r) { MPI_Get(r->origin, r->doubles, MPI_DOUBLE, 1, 0, r->doubles, MPI_DOUBLE, r->window); }
static void accumulate(struct reach *r) {
  MPI_Accumulate(r->origin, r->doubles, MPI_DOUBLE, 1, 0, r->doubles, MPI_DOUBLE, MPI_SUM, r->window);
}

static const struct {
  const char *name;
  void (*operation)(struct reach *);
} kOperations[] = {{"put", put}, {"get", get}, {"accumulate", accumulate}};
enum { kOperationCount = sizeof kOperations / sizeof kOperations[0] };

/* Seconds for `times` epochs of `window` operations; only rank 0 works. */
static double work(const struct options *o, struct reach *r, int which, int window, int times) {
  const double begin = MPI_Wtime();
  for (int i = 0; i < times && o->rank == 0; ++i) {
    for (int k = 0; k < window; ++k) kOperations[which].operation(r);
    MPI_Win_flush(1, r->window);
  }
  return MPI_Wtime() - begin;
}

static double seconds_of(const struct options *o, struct reach *r, int which, int window) {
  work(o, r, which, window, 1);
  const double one = work(o, r, which, window, 4) / 4;
  const int times = repetitions_for(o, one, 50000);
  MPI_Barrier(MPI_COMM_WORLD);
  double seconds = work(o, r, which, window, times) / times;
  /* The target must enter MPI for implementations without progress of their own: it waits here. */
  MPI_Bcast(&seconds, 1, MPI_DOUBLE, 0, MPI_COMM_WORLD);
  return seconds;
}

int run_one_sided(const struct options *o) {
  if (o->ranks < 2) {
    fprintf(stderr, "workload: two ranks are needed\n");
    return 2;
  }
  for (int s = 0; s < o->size_count; ++s) {
    struct reach r = {.doubles = (int)((o->sizes[s] + 7) / 8)};
    const MPI_Aint bytes = (MPI_Aint)r.doubles * 8;
    double *memory = allocate((size_t)bytes);
    r.origin = allocate((size_t)bytes);
    MPI_Win_create(memory, bytes, 8, MPI_INFO_NULL, MPI_COMM_WORLD, &r.window);
    MPI_Win_lock_all(0, r.window);
    for (int i = 0; i < kOperationCount; ++i) {
      tell(o, kOperations[i].name, bytes, "latency", "us", seconds_of(o, &r, i, 1) * 1e6);
      tell(o, kOperations[i].name, bytes, "throughput", "MB/s",
           (double)o->window * (double)bytes / seconds_of(o, &r, i, o->window) / 1e6);
    }
    MPI_Win_unlock_all(r.window);
    MPI_Win_free(&r.window);
    free(memory), free(r.origin);
  }
  return 0;
}
