// SPDX-License-Identifier: Apache-2.0
// MPI_THREAD_MULTIPLE: four threads make, use and free objects of every kind at the same time; then requests by the ten
// thousands in flight, and by the million freed without being waited for. MPI-4.1: 11.6, 3.7.3.
#include <pthread.h>

#include "check.h"

enum { kThreads = 4, kRounds = 60, kInFlight = 70000, kFreed = 1200000 };

static MPI_Comm comms[kThreads];
static int wrong;

static void add(void* in, void* inout, int* length, MPI_Datatype* type) {
  (void)type;
  for (int i = 0; i < *length; i++) ((int*)inout)[i] += ((int*)in)[i];
}
static int copy(MPI_Comm comm, int keyval, void* extra, void* value, void* copied, int* flag) {
  (void)comm, (void)keyval;
  if (extra != &wrong) __atomic_add_fetch(&wrong, 1, __ATOMIC_RELAXED);
  *(void**)copied = value;
  *flag = 1;
  return MPI_SUCCESS;
}

static int one_round(int thread, int round) {
  int bad = 0, out[2] = {rank, rank}, in[2] = {-1, -1}, counts[2] = {1, 1}, places[2] = {0, 4}, sum = 0, one = 1, keyval, flag;
  void* value;
  MPI_Comm comm = comms[thread], duplicate;
  MPI_Datatype type, types[2];
  MPI_Op operation;
  MPI_Request request;
  MPI_Group group;
  MPI_Info info;
  MPI_Op_create(add, 1, &operation);
  bad += MPI_Allreduce(&one, &sum, 1, MPI_INT, operation, comm) != MPI_SUCCESS || sum != size;
  MPI_Op_free(&operation);
  MPI_Type_contiguous(1, MPI_INT, &type);
  MPI_Type_commit(&type);
  types[0] = types[1] = type;
  bad += MPI_Ialltoallw(out, counts, places, types, in, counts, places, types, comm, &request) != MPI_SUCCESS;
  MPI_Type_free(&type);
  bad += MPI_Wait(&request, MPI_STATUS_IGNORE) != MPI_SUCCESS || in[0] != 0 || in[1] != 1;
  if (round % 10 == 0) {
    MPI_Comm_create_keyval(copy, MPI_COMM_NULL_DELETE_FN, &keyval, &wrong);
    MPI_Comm_set_attr(comm, keyval, &comms[thread]);
    bad += MPI_Comm_dup(comm, &duplicate) != MPI_SUCCESS;
    bad += MPI_Comm_get_attr(duplicate, keyval, &value, &flag) != MPI_SUCCESS || !flag || value != &comms[thread];
    MPI_Comm_free(&duplicate);
    MPI_Comm_delete_attr(comm, keyval);
    MPI_Comm_free_keyval(&keyval);
  }
  MPI_Comm_group(comm, &group);
  MPI_Group_free(&group);
  MPI_Info_create(&info);
  MPI_Info_set(info, "key", "value");
  MPI_Info_free(&info);
  return bad;
}

static void* work(void* argument) {
  int thread = (int)(long)argument, bad = 0;
  for (int round = 0; round < kRounds; round++) bad += one_round(thread, round);
  __atomic_add_fetch(&wrong, bad, __ATOMIC_RELAXED);
  return NULL;
}

static void in_flight(void) {
  MPI_Request* requests = malloc(kInFlight * sizeof *requests);
  int* in = malloc(kInFlight * sizeof *in);
  int bad = 0;
  for (int i = 0; i < kInFlight; i++) {
    in[i] = -1;
    MPI_Irecv(&in[i], 1, MPI_INT, 0, i % 1000, MPI_COMM_SELF, &requests[i]);
  }
  for (int i = 0; i < kInFlight; i++)
    for (int back = 1; back < 3 && back <= i; back++) bad += requests[i] == requests[i - back];
  for (int i = 0; i < kInFlight; i++) MPI_Send(&i, 1, MPI_INT, 0, i % 1000, MPI_COMM_SELF);
  bad += MPI_Waitall(kInFlight, requests, MPI_STATUSES_IGNORE) != MPI_SUCCESS;
  for (int i = 0; i < kInFlight; i++) bad += in[i] != i || requests[i] != MPI_REQUEST_NULL;
  CHECK_EQUAL(bad, 0);
  free(in);
  free(requests);
}

static void freed(void) {
  int bad = 0;
  MPI_Request request;
  for (int i = 0; i < kFreed; i++) {
    bad += MPI_Isend(&i, 1, MPI_INT, MPI_PROC_NULL, 0, MPI_COMM_SELF, &request) != MPI_SUCCESS;
    bad += MPI_Request_free(&request) != MPI_SUCCESS || request != MPI_REQUEST_NULL;
  }
  CHECK_EQUAL(bad, 0);
}

int main(int argc, char** argv) {
  int provided = -1, level = -1;
  pthread_t threads[kThreads];
  MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  CHECK_EQUAL(provided, MPI_THREAD_MULTIPLE);
  MPI_Query_thread(&level);
  CHECK_EQUAL(level, MPI_THREAD_MULTIPLE);
  for (int i = 0; i < kThreads; i++) MPI_Comm_dup(MPI_COMM_WORLD, &comms[i]);
  for (long i = 0; i < kThreads; i++) pthread_create(&threads[i], NULL, work, (void*)i);
  for (int i = 0; i < kThreads; i++) pthread_join(threads[i], NULL);
  CHECK_EQUAL(wrong, 0);
  for (int i = 0; i < kThreads; i++) MPI_Comm_free(&comms[i]);
  in_flight();
  freed();
  return conclude();
}
