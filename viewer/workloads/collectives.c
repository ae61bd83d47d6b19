/* SPDX-License-Identifier: Apache-2.0
 * Every blocking collective. `bytes` is the block of one rank (the vector of a reduction); the time is that of the slowest
 * rank for one call. A barrier separates measurements, not calls. */
#include <stdlib.h>
#include <string.h>

#include "viewer/workloads/workload.h"

struct blocks {
  char *out, *in;                  /* a block for each rank */
  int bytes, doubles, ranks;
  int *counts, *places, *doubles_each;
  MPI_Datatype *types;
};

static void barrier(struct blocks *b) { (void)b, MPI_Barrier(MPI_COMM_WORLD); }
static void bcast(struct blocks *b) { MPI_Bcast(b->out, b->bytes, MPI_BYTE, 0, MPI_COMM_WORLD); }
static void gather(struct blocks *b) { MPI_Gather(b->out, b->bytes, MPI_BYTE, b->in, b->bytes, MPI_BYTE, 0, MPI_COMM_WORLD); }
static void gatherv(struct blocks *b) {
  MPI_Gatherv(b->out, b->bytes, MPI_BYTE, b->in, b->counts, b->places, MPI_BYTE, 0, MPI_COMM_WORLD);
}
static void scatter(struct blocks *b) { MPI_Scatter(b->out, b->bytes, MPI_BYTE, b->in, b->bytes, MPI_BYTE, 0, MPI_COMM_WORLD); }
static void scatterv(struct blocks *b) {
  MPI_Scatterv(b->out, b->counts, b->places, MPI_BYTE, b->in, b->bytes, MPI_BYTE, 0, MPI_COMM_WORLD);
}
static void allgather(struct blocks *b) { MPI_Allgather(b->out, b->bytes, MPI_BYTE, b->in, b->bytes, MPI_BYTE, MPI_COMM_WORLD); }
static void allgatherv(struct blocks *b) {
  MPI_Allgatherv(b->out, b->bytes, MPI_BYTE, b->in, b->counts, b->places, MPI_BYTE, MPI_COMM_WORLD);
}
static void alltoall(struct blocks *b) { MPI_Alltoall(b->out, b->bytes, MPI_BYTE, b->in, b->bytes, MPI_BYTE, MPI_COMM_WORLD); }
static void alltoallv(struct blocks *b) {
  MPI_Alltoallv(b->out, b->counts, b->places, MPI_BYTE, b->in, b->counts, b->places, MPI_BYTE, MPI_COMM_WORLD);
}
static void alltoallw(struct blocks *b) {
  MPI_Alltoallw(b->out, b->counts, b->places, b->types, b->in, b->counts, b->places, b->types, MPI_COMM_WORLD);
}
static void reduce(struct blocks *b) { MPI_Reduce(b->out, b->in, b->doubles, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD); }
static void allreduce(struct blocks *b) { MPI_Allreduce(b->out, b->in, b->doubles, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD); }
static void reduce_scatter(struct blocks *b) {
  MPI_Reduce_scatter(b->out, b->in, b->doubles_each, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
}
static void reduce_scatter_block(struct blocks *b) {
  MPI_Reduce_scatter_block(b->out, b->in, b->doubles, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
}
static void scan(struct blocks *b) { MPI_Scan(b->out, b->in, b->doubles, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD); }
static void exscan(struct blocks *b) { MPI_Exscan(b->out, b->in, b->doubles, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD); }

static const struct {
  const char *name;
  void (*call)(struct blocks *);
} kCollectives[] = {
    {"barrier", barrier}, {"bcast", bcast}, {"gather", gather}, {"gatherv", gatherv}, {"scatter", scatter},
    {"scatterv", scatterv}, {"allgather", allgather}, {"allgatherv", allgatherv}, {"alltoall", alltoall},
    {"alltoallv", alltoallv}, {"alltoallw", alltoallw}, {"reduce", reduce}, {"allreduce", allreduce},
    {"reduce_scatter", reduce_scatter}, {"reduce_scatter_block", reduce_scatter_block}, {"scan", scan}, {"exscan", exscan},
};
enum { kCollectiveCount = sizeof kCollectives / sizeof kCollectives[0] };

static struct blocks make_blocks(const struct options *o, int bytes) {
  const size_t ranks = (size_t)o->ranks, room = ranks * ((size_t)bytes + 8);
  struct blocks b = {allocate(room), allocate(room), bytes, (bytes + 7) / 8, o->ranks,
                     allocate(ranks * sizeof(int)), allocate(ranks * sizeof(int)), allocate(ranks * sizeof(int)),
                     allocate(ranks * sizeof(MPI_Datatype))};
  for (int i = 0; i < o->ranks; ++i) {
    b.counts[i] = bytes;
    b.places[i] = i * bytes;
    b.doubles_each[i] = b.doubles;
    b.types[i] = MPI_BYTE;
  }
  return b;
}

static double seconds_of(const struct options *o, void (*call)(struct blocks *), struct blocks *blocks) {
  call(blocks);
  MPI_Barrier(MPI_COMM_WORLD);
  double begin = MPI_Wtime();
  for (int i = 0; i < 4; ++i) call(blocks);
  const int times = repetitions_for(o, (MPI_Wtime() - begin) / 4, 50000);
  MPI_Barrier(MPI_COMM_WORLD);
  begin = MPI_Wtime();
  for (int i = 0; i < times; ++i) call(blocks);
  return greatest((MPI_Wtime() - begin) / times);
}

int run_collectives(const struct options *o) {
  struct options each = *o;
  each.seconds /= 4; /* there are many */
  for (int s = 0; s < o->size_count; ++s) {
    struct blocks blocks = make_blocks(o, (int)o->sizes[s]);
    for (int i = 0; i < kCollectiveCount; ++i) {
      const int has_no_size = kCollectives[i].call == barrier;
      if (has_no_size && s > 0) continue;
      tell(o, kCollectives[i].name, has_no_size ? 0 : blocks.bytes, "latency", "us",
           seconds_of(&each, kCollectives[i].call, &blocks) * 1e6);
    }
    free(blocks.out), free(blocks.in), free(blocks.counts), free(blocks.places), free(blocks.doubles_each), free(blocks.types);
  }
  return 0;
}
