/* SPDX-License-Identifier: Apache-2.0
 * Command line of the workload program, and what all workloads use. `tulkki bench` starts it; it can be started by hand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viewer/workloads/workload.h"

static const struct {
  const char *name;
  workload_function *run;
  const char *sizes; /* unless told otherwise */
} kWorkloads[] = {
    {"latency", run_latency, "0,1,8,64,512,4096,32768,262144,1048576"},
    {"bandwidth", run_bandwidth, "64,512,4096,32768,262144,1048576,4194304"},
    {"bidirectional", run_bidirectional, "64,512,4096,32768,262144,1048576,4194304"},
    {"message-rate", run_message_rate, "8"},
    {"collectives", run_collectives, "8,1024,65536"},
    {"io", run_file_io, "512,4096,65536,1048576"},
    {"rma", run_one_sided, "8,1024,65536,1048576"},
    {"sync", run_alltoall_sync, ""},
    {"async", run_alltoall_async, ""},
    {"mix", run_alltoall_mix, ""},
};
enum { kWorkloadCount = sizeof kWorkloads / sizeof kWorkloads[0] };

void tell(const struct options *options, const char *workload, long long bytes, const char *metric, const char *unit,
          double value) {
  if (options->rank != 0) return;
  printf("measurement\t%s\t%lld\t%s\t%s\t%.17g\n", workload, bytes, metric, unit, value);
  fflush(stdout);
}

void *allocate(size_t bytes) {
  void *memory = NULL;
  if (posix_memalign(&memory, 4096, bytes > 0 ? bytes : 1) != 0) {
    fprintf(stderr, "workload: no memory for %zu bytes\n", bytes);
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  memset(memory, 0, bytes);
  return memory;
}

double greatest(double value) {
  double result = value;
  MPI_Allreduce(&value, &result, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return result;
}

int repetitions_for(const struct options *options, double one, int most) {
  const double fitting = one > 0 ? options->seconds / one : most;
  int count = fitting > most ? most : fitting < 4 ? 4 : (int)fitting;
  MPI_Bcast(&count, 1, MPI_INT, 0, MPI_COMM_WORLD);
  return count;
}

static int usage(void) {
  fprintf(stderr, "usage: workload NAME [--sizes BYTES,...] [--seconds S] [--window N] [--repetitions N] [--verify] "
                  "[--folder PATH] [--seed N]\nNAME is one of:");
  for (int i = 0; i < kWorkloadCount; ++i) fprintf(stderr, " %s", kWorkloads[i].name);
  fprintf(stderr, "\n");
  return 2;
}

static int parse_sizes(const char *text, struct options *options) {
  options->size_count = 0;
  while (*text != '\0') {
    char *end = NULL;
    const long long bytes = strtoll(text, &end, 10);
    if (end == text || bytes < 0 || options->size_count == kMaxSizes || (*end != ',' && *end != '\0')) return 0;
    options->sizes[options->size_count++] = bytes;
    text = *end == ',' ? end + 1 : end;
  }
  return 1;
}

/* The order of sizes must not be mixed up with what changes over time; the same on all ranks. */
static void shuffle_sizes(struct options *options, unsigned long long seed) {
  for (int i = options->size_count - 1; i > 0; --i) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    const int other = (int)((seed >> 33) % (unsigned)(i + 1));
    const long long bytes = options->sizes[i];
    options->sizes[i] = options->sizes[other];
    options->sizes[other] = bytes;
  }
}

static int parse(int count, char **words, const char *sizes, struct options *options) {
  unsigned long long seed = 0;
  for (int i = 2; i < count; ++i) {
    const int more = i + 1 < count;
    if (strcmp(words[i], "--verify") == 0) options->verify = 1;
    else if (more && strcmp(words[i], "--sizes") == 0) sizes = words[++i];
    else if (more && strcmp(words[i], "--seconds") == 0) options->seconds = atof(words[++i]);
    else if (more && strcmp(words[i], "--window") == 0) options->window = atoi(words[++i]);
    else if (more && strcmp(words[i], "--repetitions") == 0) options->repetitions = atoi(words[++i]);
    else if (more && strcmp(words[i], "--folder") == 0) options->folder = words[++i];
    else if (more && strcmp(words[i], "--seed") == 0) seed = strtoull(words[++i], NULL, 10);
    else return 0;
  }
  if (!parse_sizes(sizes, options) || options->window < 1 || options->seconds <= 0) return 0;
  if (seed != 0) shuffle_sizes(options, seed);
  return 1;
}

int main(int count, char **words) {
  struct options options = {.seconds = 0.2, .window = 64, .folder = "."};
  int which = 0;
  while (which < kWorkloadCount && (count < 2 || strcmp(words[1], kWorkloads[which].name) != 0)) ++which;
  if (which == kWorkloadCount || !parse(count, words, kWorkloads[which].sizes, &options)) return usage();
  MPI_Init(&count, &words);
  MPI_Comm_rank(MPI_COMM_WORLD, &options.rank);
  MPI_Comm_size(MPI_COMM_WORLD, &options.ranks);
  const int failed = kWorkloads[which].run(&options);
  const int code = (int)greatest(failed);
  MPI_Finalize();
  return code;
}
