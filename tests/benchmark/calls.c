// SPDX-License-Identifier: Apache-2.0
// Cost of MPI calls that talk to nobody else: process CPU time a call, medians over batches, one line a case.
// Usage: calls BATCHES ITERATIONS [CASE]; prints "CASE NS_PER_CALL CALLS". Batches 0: only MPI_Init and MPI_Finalize.
#include <mpi.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <x86intrin.h>

#include "harness.h"

enum { kMaxBatches = 1000, kFrames = 8, kSlots = 4096 };

static MPI_Request pending;

static void comm_rank(long count) {
  int rank;
  for (long i = 0; i < count; ++i) MPI_Comm_rank(MPI_COMM_WORLD, &rank);
}

static void send_recv_null(long count) {
  char buffer[8] = {0};
  MPI_Status status;
  for (long i = 0; i < count; ++i) {
    MPI_Send(buffer, 8, MPI_BYTE, MPI_PROC_NULL, 1, MPI_COMM_WORLD);
    MPI_Recv(buffer, 8, MPI_BYTE, MPI_PROC_NULL, 1, MPI_COMM_WORLD, &status);
  }
}

static void isend_irecv_waitall(long count) {
  char out[8] = {0}, in[8];
  MPI_Request requests[2];
  for (long i = 0; i < count; ++i) {
    MPI_Irecv(in, 8, MPI_BYTE, 0, 1, MPI_COMM_SELF, &requests[0]);
    MPI_Isend(out, 8, MPI_BYTE, 0, 1, MPI_COMM_SELF, &requests[1]);
    MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
  }
}

static void allreduce_self(long count) {
  double in = 1, out;
  for (long i = 0; i < count; ++i) MPI_Allreduce(&in, &out, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_SELF);
}

static void test_false(long count) {
  int flag;
  for (long i = 0; i < count; ++i) MPI_Test(&pending, &flag, MPI_STATUS_IGNORE);
}

/* The floor of every recorder of times: two readings of the counter and a 32-byte store into private memory. */
static void floor_stamps_and_store(long count) {
  static uint64_t ring[kSlots][4];
  static unsigned head;
  for (long i = 0; i < count; ++i) {
    const uint64_t begin = __rdtsc();
    __asm__ volatile("" ::: "memory");
    const uint64_t end = __rdtsc();
    uint64_t* slot = ring[head++ % kSlots];
    slot[0] = begin;
    slot[1] = end;
    slot[2] = (uint64_t)i;
    slot[3] = 42;
    __asm__ volatile("" ::"r"(slot) : "memory");
  }
}

static const struct Case {
  const char* name;
  void (*run)(long);
  int calls;  /* in one iteration; 0: not MPI, one operation */
} cases[] = {
    {"floor", floor_stamps_and_store, 0},
    {"comm_rank", comm_rank, 1},
    {"send_recv_null", send_recv_null, 2},
    {"isend_irecv_waitall", isend_irecv_waitall, 3},
    {"allreduce_self", allreduce_self, 1},
    {"test_false", test_false, 1},
};

/* Real programs call MPI from some depth; recorders of stacks pay for it. */
__attribute__((noinline)) static void at_depth(int frames, const struct Case* which, long count) {
  if (frames > 0) {
    at_depth(frames - 1, which, count);
  } else {
    which->run(count);
  }
  __asm__ volatile("" ::: "memory");
}

static void measure(const struct Case* which, int batches, long count) {
  double ns[kMaxBatches];
  at_depth(kFrames, which, count);
  for (int batch = 0; batch < batches; ++batch) {
    const double begin = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    at_depth(kFrames, which, count);
    ns[batch] = (clock_ns(CLOCK_PROCESS_CPUTIME_ID) - begin) / (double)count / (which->calls ? which->calls : 1);
  }
  printf("%s %.4f %ld\n", which->name, quantile(ns, batches, 0.5), (batches + 1) * count * which->calls);
}

int main(int argc, char** argv) {
  const int batches = argc > 1 ? atoi(argv[1]) : 21;
  const long count = argc > 2 ? atol(argv[2]) : 20000;
  if (batches > kMaxBatches) return 2;
  MPI_Init(&argc, &argv);
  char word;
  MPI_Irecv(&word, 1, MPI_BYTE, 0, 99, MPI_COMM_SELF, &pending);
  for (size_t i = 0; batches > 0 && i < sizeof cases / sizeof *cases; ++i) {
    if (argc <= 3 || strcmp(argv[3], cases[i].name) == 0) measure(&cases[i], batches, count);
  }
  MPI_Send("x", 1, MPI_BYTE, 0, 99, MPI_COMM_SELF);
  MPI_Wait(&pending, MPI_STATUS_IGNORE);
  MPI_Finalize();
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("process_cpu_ms %.3f 0\npeak_memory_kib %ld 0\n",
         (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
             (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-3,
         usage.ru_maxrss);
  return 0;
}
