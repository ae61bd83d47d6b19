/* SPDX-License-Identifier: Apache-2.0
 * What the workloads share: their options, the table of them, and how a result is told. One source for every MPI: it is
 * compiled once with each implementation that is installed, since a native and a translated run need both. */
#ifndef TULKKI_WORKLOAD_H
#define TULKKI_WORKLOAD_H

#include <mpi.h>
#include <stddef.h>

enum { kMaxSizes = 64 };

struct options {
  long long sizes[kMaxSizes]; /* bytes, in the order in which they are measured */
  int size_count;
  double seconds;             /* aimed at for one size */
  int window;                 /* messages in flight */
  int repetitions;            /* of the message list of sync and async; 0: as defined */
  int verify;
  const char *folder;         /* for files of the I/O workloads */
  int rank, ranks;
};

/* Returns 0, or an exit code after a message. */
typedef int workload_function(const struct options *options);

workload_function run_latency, run_bandwidth, run_bidirectional, run_message_rate;        /* point_to_point.c */
workload_function run_collectives;                                                        /* collectives.c */
workload_function run_file_io;                                                            /* file_io.c */
workload_function run_one_sided;                                                          /* one_sided.c */
workload_function run_alltoall_sync, run_alltoall_async, run_alltoall_mix;                /* alltoall.c */

/* Rank 0 writes "measurement WORKLOAD BYTES METRIC UNIT VALUE" to standard output, separated by tabs. */
void tell(const struct options *options, const char *workload, long long bytes, const char *metric, const char *unit,
          double value);

/* The same number on all ranks: how often `one` (seconds) fits into the time for one size, from 4 to `most`. */
int repetitions_for(const struct options *options, double one, int most);

/* Zeroed, on its own pages; ends the job when there is no memory. */
void *allocate(size_t bytes);

/* Greatest value on any rank, known to all. */
double greatest(double value);

#endif
