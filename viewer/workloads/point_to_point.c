/* SPDX-License-Identifier: Apache-2.0
 * Between ranks 0 and 1; the others wait. Latency is half a round trip; bandwidth counts the bytes of one direction, of
 * both for `bidirectional`; the message rate counts messages of one direction. Totals over totals, no minimum. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viewer/workloads/workload.h"

enum { kData = 1, kReply = 2 };

struct lane {
  const struct options *options;
  int bytes;
  char *outgoing, *incoming; /* `window` messages each */
  MPI_Request *requests;
};

static void ping_pong(struct lane *lane, int times) {
  const int rank = lane->options->rank;
  for (int i = 0; i < times && rank < 2; ++i) {
    if (rank == 0) {
      MPI_Send(lane->outgoing, lane->bytes, MPI_BYTE, 1, kData, MPI_COMM_WORLD);
      MPI_Recv(lane->incoming, lane->bytes, MPI_BYTE, 1, kData, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    } else {
      MPI_Recv(lane->incoming, lane->bytes, MPI_BYTE, 0, kData, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
      MPI_Send(lane->outgoing, lane->bytes, MPI_BYTE, 0, kData, MPI_COMM_WORLD);
    }
  }
}

/* A window of messages at once, then one reply, so that no side runs away. */
static void one_way(struct lane *lane, int times) {
  const struct options *o = lane->options;
  char reply = 0;
  for (int i = 0; i < times && o->rank < 2; ++i) {
    for (int k = 0; k < o->window; ++k) {
      const size_t at = (size_t)k * (size_t)lane->bytes;
      if (o->rank == 0) MPI_Isend(lane->outgoing + at, lane->bytes, MPI_BYTE, 1, kData, MPI_COMM_WORLD, &lane->requests[k]);
      else MPI_Irecv(lane->incoming + at, lane->bytes, MPI_BYTE, 0, kData, MPI_COMM_WORLD, &lane->requests[k]);
    }
    MPI_Waitall(o->window, lane->requests, MPI_STATUSES_IGNORE);
    if (o->rank == 0) MPI_Recv(&reply, 1, MPI_BYTE, 1, kReply, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    else MPI_Send(&reply, 1, MPI_BYTE, 0, kReply, MPI_COMM_WORLD);
  }
}

static void both_ways(struct lane *lane, int times) {
  const struct options *o = lane->options;
  for (int i = 0; i < times && o->rank < 2; ++i) {
    for (int k = 0; k < o->window; ++k) {
      const size_t at = (size_t)k * (size_t)lane->bytes;
      MPI_Irecv(lane->incoming + at, lane->bytes, MPI_BYTE, 1 - o->rank, kData, MPI_COMM_WORLD, &lane->requests[k]);
    }
    for (int k = 0; k < o->window; ++k) {
      const size_t at = (size_t)k * (size_t)lane->bytes;
      MPI_Isend(lane->outgoing + at, lane->bytes, MPI_BYTE, 1 - o->rank, kData, MPI_COMM_WORLD, &lane->requests[o->window + k]);
    }
    MPI_Waitall(2 * o->window, lane->requests, MPI_STATUSES_IGNORE);
  }
}

typedef void pattern(struct lane *lane, int times);

/* Seconds for one round of the pattern. */
static double measure(struct lane *lane, pattern *run) {
  const struct options *o = lane->options;
  run(lane, 2);
  MPI_Barrier(MPI_COMM_WORLD);
  double begin = MPI_Wtime();
  run(lane, 4);
  const int times = repetitions_for(o, (MPI_Wtime() - begin) / 4, 200000);
  MPI_Barrier(MPI_COMM_WORLD);
  begin = MPI_Wtime();
  run(lane, times);
  double seconds = (MPI_Wtime() - begin) / times;
  MPI_Bcast(&seconds, 1, MPI_DOUBLE, 0, MPI_COMM_WORLD);
  return seconds;
}

/* What was sent last must be what arrived, byte for byte. */
static int is_right(const struct lane *lane, size_t messages, int receiver) {
  if (!lane->options->verify || lane->options->rank > 1 || (receiver >= 0 && lane->options->rank != receiver)) return 1;
  for (size_t i = 0; i < messages * (size_t)lane->bytes; ++i) {
    if (lane->incoming[i] == (char)(i * 7 + (size_t)(1 - lane->options->rank))) continue;
    fprintf(stderr, "workload: byte %zu of %d x %zu is wrong\n", i, lane->bytes, messages);
    return 0;
  }
  return 1;
}

typedef void teller(const struct options *options, int bytes, double seconds);

static int run_pattern(const struct options *o, pattern *run, teller *report, int receiver, int windowed) {
  if (o->ranks < 2) {
    fprintf(stderr, "workload: two ranks are needed\n");
    return 2;
  }
  int wrong = 0;
  for (int i = 0; i < o->size_count; ++i) {
    const size_t messages = windowed ? (size_t)o->window : 1, room = messages * (size_t)o->sizes[i];
    struct lane lane = {o, (int)o->sizes[i], allocate(room), allocate(room), allocate(2 * (size_t)o->window * sizeof(MPI_Request))};
    for (size_t k = 0; k < room; ++k) lane.outgoing[k] = (char)(k * 7 + (size_t)o->rank);
    const double seconds = measure(&lane, run);
    if (is_right(&lane, messages, receiver)) report(o, lane.bytes, seconds);
    else wrong = 1;
    free(lane.outgoing), free(lane.incoming), free(lane.requests);
  }
  return wrong;
}

static void tell_latency(const struct options *o, int bytes, double seconds) {
  tell(o, "latency", bytes, "latency", "us", seconds / 2 * 1e6);
}
static void tell_bandwidth(const struct options *o, int bytes, double seconds) {
  tell(o, "bandwidth", bytes, "throughput", "MB/s", (double)o->window * bytes / seconds / 1e6);
}
static void tell_bidirectional(const struct options *o, int bytes, double seconds) {
  tell(o, "bidirectional", bytes, "throughput", "MB/s", 2.0 * o->window * bytes / seconds / 1e6);
}
static void tell_rate(const struct options *o, int bytes, double seconds) {
  tell(o, "message-rate", bytes, "rate", "messages/s", o->window / seconds);
}

int run_latency(const struct options *o) { return run_pattern(o, ping_pong, tell_latency, -1, 0); }
int run_bandwidth(const struct options *o) { return run_pattern(o, one_way, tell_bandwidth, 1, 1); }
int run_bidirectional(const struct options *o) { return run_pattern(o, both_ways, tell_bidirectional, -1, 1); }
int run_message_rate(const struct options *o) { return run_pattern(o, one_way, tell_rate, 1, 1); }
