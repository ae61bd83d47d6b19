/* SPDX-License-Identifier: Apache-2.0
 * The three alltoall workloads of docs/bench.md with their exact message lists: `sync` (500 messages of 2 MiB, one after the
 * other), `async` (the same, all started at once) and `mix` (2047 messages of 256 B to 256 MiB in a given order, all at
 * once). Each message is cut into one chunk a rank, the first ones a byte longer where it does not divide. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "viewer/workloads/shuffle.h"
#include "viewer/workloads/workload.h"

struct message {
  long long bytes;
  unsigned char *input, *output;
  int *send_counts, *send_places, *receive_counts, *receive_places;
};

struct list {
  struct message *messages;
  int count;
  long long bytes; /* of all messages */
};

static int chunk(long long bytes, int ranks, int which) { return (int)(bytes / ranks + (which < bytes % ranks ? 1 : 0)); }

/* Sizes before the shuffle: round((2^28 / 2^i)^0.5) messages of 2^i bytes for i = 8, 10, ... 26, then one of 2^28. */
static long long *mixed_sizes(int *count) {
  long long *sizes = allocate(2047 * sizeof *sizes);
  int n = 0;
  for (int power = 8; power < 28; power += 2)
    for (int k = 0; k < 1 << ((28 - power) / 2); ++k) sizes[n++] = 1LL << power;
  sizes[n++] = 1LL << 28;
  shuffle_as_python(sizes, (size_t)n);
  *count = n;
  return sizes;
}

static void prepare_message(const struct options *o, struct message *m, long long bytes) {
  m->bytes = bytes;
  m->input = allocate((size_t)bytes);
  for (long long i = 0; i < bytes; ++i) m->input[i] = (unsigned char)i;
  const size_t room = (size_t)o->ranks * sizeof(int);
  m->send_counts = allocate(room), m->send_places = allocate(room);
  m->receive_counts = allocate(room), m->receive_places = allocate(room);
  const int own = chunk(bytes, o->ranks, o->rank);
  for (int i = 0, place = 0; i < o->ranks; ++i) {
    m->send_counts[i] = chunk(bytes, o->ranks, i);
    m->send_places[i] = place;
    m->receive_counts[i] = own;
    m->receive_places[i] = i * own;
    place += m->send_counts[i];
  }
}

static struct list prepare(const struct options *o, int mixed) {
  int count = o->repetitions > 0 ? o->repetitions : 500;
  long long *sizes = mixed ? mixed_sizes(&count) : NULL;
  struct list list = {allocate((size_t)count * sizeof(struct message)), count, 0};
  for (int i = 0; i < count; ++i) {
    prepare_message(o, &list.messages[i], mixed ? sizes[i] : 1LL << 21);
    list.bytes += list.messages[i].bytes;
  }
  free(sizes);
  return list;
}

static size_t output_bytes(const struct options *o, const struct message *m) {
  return (size_t)o->ranks * (size_t)m->receive_counts[0];
}

/* Rank i's chunk for us is the part of 0, 1, 2 ... 255, 0 ... that begins where our chunks begin, on every rank. */
static int is_right(const struct options *o, const struct message *m) {
  const int own = m->receive_counts[0];
  for (int from = 0; from < o->ranks; ++from) {
    for (int i = 0; i < own; ++i) {
      if (m->output[(size_t)from * (size_t)own + (size_t)i] == (unsigned char)(m->send_places[o->rank] + i)) continue;
      fprintf(stderr, "workload: rank %d: byte %d from rank %d of a message of %lld bytes is wrong\n", o->rank, i, from, m->bytes);
      return 0;
    }
  }
  return 1;
}

static void start(const struct options *o, struct message *m, MPI_Request *request) {
  if (m->bytes % o->ranks == 0) {
    const int part = m->send_counts[0];
    if (request == NULL) MPI_Alltoall(m->input, part, MPI_BYTE, m->output, part, MPI_BYTE, MPI_COMM_WORLD);
    else MPI_Ialltoall(m->input, part, MPI_BYTE, m->output, part, MPI_BYTE, MPI_COMM_WORLD, request);
  } else if (request == NULL) {
    MPI_Alltoallv(m->input, m->send_counts, m->send_places, MPI_BYTE, m->output, m->receive_counts, m->receive_places, MPI_BYTE,
                  MPI_COMM_WORLD);
  } else {
    MPI_Ialltoallv(m->input, m->send_counts, m->send_places, MPI_BYTE, m->output, m->receive_counts, m->receive_places, MPI_BYTE,
                   MPI_COMM_WORLD, request);
  }
}

static void *result_memory(size_t bytes) {
  void *memory = malloc(bytes > 0 ? bytes : 1);
  if (memory != NULL) return memory;
  fprintf(stderr, "workload: no memory for %zu bytes\n", bytes);
  MPI_Abort(MPI_COMM_WORLD, 1);
  return NULL;
}

/* Results are not kept. `checking`: seconds that the check took, which are none of the workload's. */
static int one_by_one(const struct options *o, struct list *list, double *checking) {
  int wrong = 0;
  for (int i = 0; i < list->count; ++i) {
    struct message *m = &list->messages[i];
    m->output = result_memory(output_bytes(o, m));
    start(o, m, NULL);
    const double begin = MPI_Wtime();
    if (o->verify && !is_right(o, m)) wrong = 1;
    *checking += o->verify ? MPI_Wtime() - begin : 0;
    free(m->output);
  }
  return wrong;
}

static int all_at_once(const struct options *o, struct list *list) {
  MPI_Request *requests = allocate((size_t)list->count * sizeof *requests);
  int *done = allocate((size_t)list->count * sizeof *done);
  for (int i = 0; i < list->count; ++i) {
    struct message *m = &list->messages[i];
    m->output = result_memory(output_bytes(o, m));
    start(o, m, &requests[i]);
  }
  for (int left = list->count; left > 0;) {
    int finished = 0;
    MPI_Waitsome(list->count, requests, &finished, done, MPI_STATUSES_IGNORE);
    left -= finished;
  }
  free(requests), free(done);
  return 0;
}

static int verify_all(const struct options *o, struct list *list) {
  for (int i = 0; i < list->count; ++i)
    if (!is_right(o, &list->messages[i])) return 1;
  return 0;
}

/* A line of /proc/self/status in bytes. */
static double status_bytes(const char *name) {
  FILE *status = fopen("/proc/self/status", "r");
  char line[256];
  double kib = 0;
  while (status != NULL && fgets(line, sizeof line, status) != NULL)
    if (strncmp(line, name, strlen(name)) == 0) kib = atof(line + strlen(name) + 1);
  if (status != NULL) fclose(status);
  return kib * 1024;
}

static void forget_peak(void) {
  const int file = open("/proc/self/clear_refs", O_WRONLY);
  if (file < 0) return;
  if (write(file, "5", 1) != 1) fprintf(stderr, "workload: the memory peak could not be reset\n");
  close(file);
}

static int run(const struct options *o, const char *name, int mixed, int at_once) {
  struct list list = prepare(o, mixed);
  MPI_Barrier(MPI_COMM_WORLD);
  forget_peak();
  const double before = status_bytes("VmRSS");
  const double begin = MPI_Wtime();
  double checking = 0;
  int wrong = at_once ? all_at_once(o, &list) : one_by_one(o, &list, &checking);
  const double seconds = greatest(MPI_Wtime() - begin - checking);
  const double memory = greatest(status_bytes("VmHWM") - before);
  if (o->verify && at_once) wrong = verify_all(o, &list);
  if (greatest(wrong) > 0) return 1;
  const double transfer = 2.0 * (double)list.bytes;
  tell(o, name, 0, "time", "s", seconds);
  tell(o, name, 0, "transfer", "B", transfer);
  tell(o, name, 0, "operations", "1", list.count);
  tell(o, name, 0, "memory", "B", memory);
  tell(o, name, 0, "IOPS", "1/s", list.count / seconds);
  tell(o, name, 0, "throughput", "Mbit/s", transfer * 8 / seconds / 1e6);
  return 0;
}

int run_alltoall_sync(const struct options *o) { return run(o, "sync", 0, 0); }
int run_alltoall_async(const struct options *o) { return run(o, "async", 0, 1); }
int run_alltoall_mix(const struct options *o) { return run(o, "mix", 1, 1); }
