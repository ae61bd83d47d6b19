// SPDX-License-Identifier: Apache-2.0
// MPI_THREAD_MULTIPLE: four threads a rank talk to their twins at the same time; some requests change threads.
#include <pthread.h>

#include "program.h"

enum { kThreads = 4, kMessages = 500 };
static MPI_Request handed_over[kThreads];
static int landing[kThreads];

static void* talk(void* argument) {
  int tag = (int)(long)argument, other = 1 - rank, in = -1;
  MPI_Request request;
  for (int i = 0; i < kMessages; i++) {
    MPI_Irecv(&in, 1, MPI_INT, other, tag, MPI_COMM_WORLD, &request);
    MPI_Send(&i, 1, MPI_INT, other, tag, MPI_COMM_WORLD);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    REQUIRE(in == i);
  }
  MPI_Irecv(&landing[tag], 1, MPI_INT, other, 100 + tag, MPI_COMM_WORLD, &handed_over[tag]);
  return NULL;
}

int main(int argc, char** argv) {
  int provided;
  pthread_t threads[kThreads];
  MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  REQUIRE(provided == MPI_THREAD_MULTIPLE);
  for (long i = 0; i < kThreads; i++) pthread_create(&threads[i], NULL, talk, (void*)i);
  for (int i = 0; i < kThreads; i++) pthread_join(threads[i], NULL);
  for (int i = 0; i < kThreads; i++) MPI_Send(&i, 1, MPI_INT, 1 - rank, 100 + i, MPI_COMM_WORLD);
  MPI_Waitall(kThreads, handed_over, MPI_STATUSES_IGNORE);  // started by threads that are gone
  for (int i = 0; i < kThreads; i++) REQUIRE(landing[i] == i);
  return end();
}
