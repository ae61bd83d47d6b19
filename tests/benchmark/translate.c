// SPDX-License-Identifier: Apache-2.0
// Cost of the calls that a translation has budgets for: process CPU time a call, medians over batches, one line a case.
// Usage: translate BATCHES ITERATIONS; prints "CASE NS_PER_CALL CALLS". Batches 0: only MPI_Init and MPI_Finalize.
#include <mpi.h>
#include <stdio.h>
#include <sys/resource.h>

#include "harness.h"

enum { kMaxBatches = 1000, kRequests = 64 };

static MPI_Comm copy;
static MPI_Datatype vector;
static MPI_Op own_operation;
static MPI_Status status;
static MPI_Request requests[kRequests];
static MPI_Status statuses[kRequests];
static char buffer[8];
static int number;

static void add(void* in, void* inout, int* length, MPI_Datatype* type) {
  (void)length, (void)type;
  *(double*)inout += *(double*)in;
}

#define CASE(name, call) \
  static void name(long count) { for (long i = 0; i < count; ++i) { call; } }
CASE(comm_rank, MPI_Comm_rank(MPI_COMM_WORLD, &number))
CASE(comm_rank_dup, MPI_Comm_rank(copy, &number))
CASE(type_size, MPI_Type_size(MPI_INT, &number))
CASE(type_size_vector, MPI_Type_size(vector, &number))
CASE(send_null, MPI_Send(buffer, 8, MPI_BYTE, MPI_PROC_NULL, 1, copy))
CASE(recv_null, MPI_Recv(buffer, 8, MPI_BYTE, MPI_PROC_NULL, 1, copy, &status))
CASE(get_count, MPI_Get_count(&status, MPI_INT, &number))
CASE(iprobe, MPI_Iprobe(0, 99, copy, &number, MPI_STATUS_IGNORE))
CASE(isend_wait, MPI_Isend(buffer, 8, MPI_BYTE, MPI_PROC_NULL, 1, copy, requests); MPI_Wait(requests, MPI_STATUS_IGNORE))
CASE(waitall_ignore, MPI_Waitall(kRequests, requests, MPI_STATUSES_IGNORE))
CASE(waitall_statuses, MPI_Waitall(kRequests, requests, statuses))
CASE(allreduce_self, double in = 1; double out; MPI_Allreduce(&in, &out, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_SELF))
CASE(reduce_local, double in = 1; double out = 0; MPI_Reduce_local(&in, &out, 1, MPI_DOUBLE, own_operation))
CASE(type_life, MPI_Datatype made; MPI_Type_contiguous(3, MPI_INT, &made); MPI_Type_commit(&made); MPI_Type_free(&made))

static const struct Case {
  const char* name;
  void (*run)(long);
  int share; /* of the iterations: long ones run fewer */
} cases[] = {
    {"comm_rank", comm_rank, 1}, {"comm_rank_dup", comm_rank_dup, 1}, {"type_size", type_size, 1},
    {"type_size_vector", type_size_vector, 1}, {"send_null", send_null, 1}, {"recv_null", recv_null, 1},
    {"get_count", get_count, 1}, {"iprobe", iprobe, 4}, {"isend_wait", isend_wait, 2},
    {"waitall_ignore", waitall_ignore, 16}, {"waitall_statuses", waitall_statuses, 16},
    {"allreduce_self", allreduce_self, 4}, {"reduce_local", reduce_local, 1}, {"type_life", type_life, 16},
};

static void measure(const struct Case* which, int batches, long count) {
  double ns[kMaxBatches];
  count /= which->share;
  which->run(count);
  for (int batch = 0; batch < batches; ++batch) {
    const double begin = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    which->run(count);
    ns[batch] = (clock_ns(CLOCK_PROCESS_CPUTIME_ID) - begin) / (double)count;
  }
  printf("%s %.4f %ld\n", which->name, quantile(ns, batches, 0.25), (batches + 1) * count);
}

int main(int argc, char** argv) {
  const int batches = argc > 1 ? atoi(argv[1]) : 21;
  const long count = argc > 2 ? atol(argv[2]) : 20000;
  if (batches > kMaxBatches) return 2;
  MPI_Init(&argc, &argv);
  MPI_Comm_dup(MPI_COMM_WORLD, &copy);
  MPI_Type_vector(2, 1, 2, MPI_INT, &vector);
  MPI_Type_commit(&vector);
  MPI_Op_create(add, 1, &own_operation);
  for (int i = 0; i < kRequests; ++i) requests[i] = MPI_REQUEST_NULL;
  for (size_t i = 0; batches > 0 && i < sizeof cases / sizeof *cases; ++i) measure(&cases[i], batches, count);
  MPI_Op_free(&own_operation);
  MPI_Type_free(&vector);
  MPI_Comm_free(&copy);
  MPI_Finalize();
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("process_cpu_ms %.3f 0\npeak_memory_kib %ld 0\n",
         (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
             (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-3,
         usage.ru_maxrss);
  return 0;
}
