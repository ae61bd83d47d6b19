// SPDX-License-Identifier: Apache-2.0
// Threads that make and free communicators at the same time: a handle freed by one is given to another at once, and
// MPI_Comm_create_group by the same members at the same time is told apart by its tag alone.
#include <pthread.h>

#include "program.h"

enum { kThreads = 4, kRounds = 100 };
static MPI_Comm own[kThreads];
static MPI_Group world_group;

static void* make_and_free(void* argument) {
  int number = (int)(long)argument;
  for (int i = 0; i < kRounds; i++) {
    MPI_Comm comm;
    MPI_Comm_create(own[number], world_group, &comm);
    MPI_Barrier(comm);
    MPI_Comm_free(&comm);
    MPI_Comm_create_group(MPI_COMM_WORLD, world_group, number, &comm);
    MPI_Barrier(comm);
    MPI_Comm_free(&comm);
  }
  return NULL;
}

int main(int argc, char** argv) {
  int provided;
  pthread_t threads[kThreads];
  MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  REQUIRE(provided == MPI_THREAD_MULTIPLE);
  MPI_Comm_group(MPI_COMM_WORLD, &world_group);
  for (int i = 0; i < kThreads; i++) MPI_Comm_dup(MPI_COMM_WORLD, &own[i]);
  for (long i = 0; i < kThreads; i++) pthread_create(&threads[i], NULL, make_and_free, (void*)i);
  for (int i = 0; i < kThreads; i++) pthread_join(threads[i], NULL);
  for (int i = 0; i < kThreads; i++) MPI_Comm_free(&own[i]);
  MPI_Group_free(&world_group);
  return end();
}
