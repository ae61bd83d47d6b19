// SPDX-License-Identifier: Apache-2.0
// One-sided operations: the assertions of each synchronisation, lock types, flavours of windows, atomic operations,
// request-based operations, shared and dynamic memory. MPI-4.1: 12.
#include "check.h"

static int other;

static int number_of(MPI_Win window, int keyval) {
  int *value = NULL, flag = 0;
  CHECK_GOOD(MPI_Win_get_attr(window, keyval, &value, &flag));
  return flag ? *value : -1;
}

static void fences(void) {
  int memory[4] = {0, 0, 0, 0}, value = 40 + rank, got = -1;
  MPI_Win window;
  CHECK_GOOD(MPI_Win_create(memory, sizeof memory, sizeof(int), MPI_INFO_NULL, MPI_COMM_WORLD, &window));
  CHECK_GOOD(MPI_Win_fence(MPI_MODE_NOPRECEDE, window));
  CHECK_GOOD(MPI_Put(&value, 1, MPI_INT, other, 1, 1, MPI_INT, window));
  CHECK_GOOD(MPI_Win_fence(0, window));
  CHECK_EQUAL(memory[1], 40 + other);
  CHECK_GOOD(MPI_Win_fence(MPI_MODE_NOSTORE | MPI_MODE_NOPUT, window));
  CHECK_GOOD(MPI_Get(&got, 1, MPI_INT, other, 1, 1, MPI_INT, window));
  CHECK_GOOD(MPI_Win_fence(MPI_MODE_NOSUCCEED | MPI_MODE_NOSTORE, window));
  CHECK_EQUAL(got, 40 + rank);
  CHECK_GOOD(MPI_Put(&value, 0, MPI_INT, MPI_PROC_NULL, 0, 0, MPI_INT, window));
  CHECK_GOOD(MPI_Win_free(&window));
  CHECK(window == MPI_WIN_NULL);
}

static void post_and_start(void) {
  int *memory, value = 70 + rank;
  MPI_Win window;
  MPI_Group world, peer;
  MPI_Comm_group(MPI_COMM_WORLD, &world);
  MPI_Group_incl(world, 1, &other, &peer);
  CHECK_GOOD(MPI_Win_allocate(4 * sizeof(int), sizeof(int), MPI_INFO_NULL, MPI_COMM_WORLD, &memory, &window));
  CHECK_EQUAL(number_of(window, MPI_WIN_CREATE_FLAVOR), MPI_WIN_FLAVOR_ALLOCATE);
  memory[0] = -1;
  CHECK_GOOD(MPI_Win_post(peer, MPI_MODE_NOSTORE, window));
  CHECK_GOOD(MPI_Win_start(peer, 0, window));
  MPI_Put(&value, 1, MPI_INT, other, 0, 1, MPI_INT, window);
  CHECK_GOOD(MPI_Win_complete(window));
  CHECK_GOOD(MPI_Win_wait(window));
  CHECK_EQUAL(memory[0], 70 + other);
  int flag = 0;
  CHECK_GOOD(MPI_Win_post(peer, MPI_MODE_NOPUT, window));
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK_GOOD(MPI_Win_start(peer, MPI_MODE_NOCHECK, window));
  MPI_Get(&value, 1, MPI_INT, other, 0, 1, MPI_INT, window);
  CHECK_GOOD(MPI_Win_complete(window));
  while (!flag) CHECK_GOOD(MPI_Win_test(window, &flag));
  CHECK_EQUAL(value, 70 + rank);
  MPI_Group_free(&peer);
  MPI_Group_free(&world);
  MPI_Win_free(&window);
}

static void locks(void) {
  long *memory, one = 1, old = -1, compare = 0, swap = 9, twelve[12] = {0};
  MPI_Win window;
  MPI_Request request;
  CHECK_GOOD(MPI_Win_allocate(4 * sizeof(long), sizeof(long), MPI_INFO_NULL, MPI_COMM_WORLD, &memory, &window));
  for (int i = 0; i < 4; i++) memory[i] = 0;
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK_GOOD(MPI_Win_lock(MPI_LOCK_EXCLUSIVE, 0, 0, window));
  CHECK_GOOD(MPI_Accumulate(&one, 1, MPI_LONG, 0, 0, 1, MPI_LONG, MPI_SUM, window));
  CHECK_GOOD(MPI_Win_flush(0, window));
  CHECK_GOOD(MPI_Win_unlock(0, window));
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK_GOOD(MPI_Win_lock(MPI_LOCK_SHARED, 0, MPI_MODE_NOCHECK, window));
  CHECK_GOOD(MPI_Fetch_and_op(NULL, &old, MPI_LONG, 0, 0, MPI_NO_OP, window));
  MPI_Win_unlock(0, window);
  CHECK_EQUAL(old, size);
  CHECK_GOOD(MPI_Win_lock_all(0, window));
  CHECK_GOOD(MPI_Fetch_and_op(&one, &old, MPI_LONG, 0, 1, MPI_SUM, window));
  CHECK_GOOD(MPI_Win_flush_all(window));
  CHECK(old >= 0 && old < size);
  if (rank == 1) {
    CHECK_GOOD(MPI_Compare_and_swap(&swap, &compare, &old, MPI_LONG, 0, 2, window));
    CHECK_GOOD(MPI_Win_flush(0, window));
    CHECK_EQUAL(old, 0);
    CHECK_GOOD(MPI_Get_accumulate(&one, 1, MPI_LONG, &old, 1, MPI_LONG, 0, 2, 1, MPI_LONG, MPI_REPLACE, window));
    CHECK_GOOD(MPI_Win_flush_local_all(window));
    CHECK_GOOD(MPI_Win_flush(0, window));
    CHECK_EQUAL(old, 9);
    // What comes from here is ignored, its type too.
    CHECK_GOOD(MPI_Get_accumulate(NULL, 1, MPI_DATATYPE_NULL, &old, 1, MPI_LONG, 0, 2, 1, MPI_LONG, MPI_NO_OP, window));
    CHECK_GOOD(MPI_Win_flush(0, window));
    CHECK_EQUAL(old, 1);
    CHECK_GOOD(MPI_Rput(&swap, 1, MPI_LONG, 0, 3, 1, MPI_LONG, window, &request));
    CHECK_GOOD(MPI_Wait(&request, MPI_STATUS_IGNORE));
    MPI_Win_flush(0, window);
    CHECK_GOOD(MPI_Rget(twelve, 4, MPI_LONG, 0, 0, 4, MPI_LONG, window, &request));
    CHECK_GOOD(MPI_Wait(&request, MPI_STATUS_IGNORE));
    CHECK(twelve[2] == 1 && twelve[3] == 9);
    CHECK_GOOD(MPI_Raccumulate(&one, 1, MPI_LONG, 0, 3, 1, MPI_LONG, MPI_SUM, window, &request));
    CHECK_GOOD(MPI_Wait(&request, MPI_STATUS_IGNORE));
    CHECK_GOOD(MPI_Win_flush_local(0, window));
  }
  CHECK_GOOD(MPI_Win_sync(window));
  CHECK_GOOD(MPI_Win_unlock_all(window));
  MPI_Barrier(MPI_COMM_WORLD);
  MPI_Win_lock(MPI_LOCK_SHARED, 0, 0, window);
  MPI_Get(twelve, 4, MPI_LONG, 0, 0, 4, MPI_LONG, window);
  MPI_Win_unlock(0, window);
  CHECK_EQUAL(twelve[3], 10);
  MPI_Win_free(&window);
}

static void shared(void) {
  int *mine, *theirs, unit = 0, model;
  MPI_Aint bytes;
  MPI_Win window;
  MPI_Info info, used;
  MPI_Info_create(&info);
  MPI_Info_set(info, "alloc_shared_noncontig", "true");
  CHECK_GOOD(MPI_Win_allocate_shared(sizeof(int), sizeof(int), info, MPI_COMM_WORLD, &mine, &window));
  MPI_Info_free(&info);
  CHECK_EQUAL(number_of(window, MPI_WIN_CREATE_FLAVOR), MPI_WIN_FLAVOR_SHARED);
  model = number_of(window, MPI_WIN_MODEL);
  CHECK(model == MPI_WIN_UNIFIED || model == MPI_WIN_SEPARATE);
  CHECK_GOOD(MPI_Win_shared_query(window, other, &bytes, &unit, &theirs));
  CHECK(bytes >= (MPI_Aint)sizeof(int) && unit == sizeof(int));
  *mine = rank + 300;
  MPI_Win_fence(0, window);
  CHECK_EQUAL(*theirs, other + 300);
  MPI_Win_fence(0, window);
  CHECK_GOOD(MPI_Win_shared_query(window, MPI_PROC_NULL, &bytes, &unit, &theirs));
  CHECK(theirs != NULL && *theirs == 300);   // the first process that has memory
  CHECK_GOOD(MPI_Win_get_info(window, &used));
  MPI_Info_free(&used);
  MPI_Win_free(&window);
}

static void dynamic(void) {
  int memory[2] = {rank, rank}, value = 90 + rank;
  MPI_Aint here, there;
  MPI_Win window;
  CHECK_GOOD(MPI_Win_create_dynamic(MPI_INFO_NULL, MPI_COMM_WORLD, &window));
  CHECK_EQUAL(number_of(window, MPI_WIN_CREATE_FLAVOR), MPI_WIN_FLAVOR_DYNAMIC);
  CHECK_GOOD(MPI_Win_attach(window, memory, sizeof memory));
  MPI_Get_address(memory, &here);
  MPI_Sendrecv(&here, 1, MPI_AINT, other, 0, &there, 1, MPI_AINT, other, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  MPI_Win_fence(0, window);
  CHECK_GOOD(MPI_Put(&value, 1, MPI_INT, other, MPI_Aint_add(there, sizeof(int)), 1, MPI_INT, window));
  MPI_Win_fence(0, window);
  CHECK_EQUAL(memory[1], 90 + other);
  CHECK_GOOD(MPI_Win_detach(window, memory));
  CHECK_GOOD(MPI_Win_set_name(window, "dynamic"));
  char name[MPI_MAX_OBJECT_NAME];
  int length;
  MPI_Win_get_name(window, name, &length);
  CHECK(strcmp(name, "dynamic") == 0 && length == 7);
  MPI_Win_free(&window);
}

static void allocated(void) {
  double* memory = NULL;
  CHECK_GOOD(MPI_Alloc_mem(1000, MPI_INFO_NULL, &memory));
  CHECK(memory != NULL);
  memory[100] = 1;
  CHECK_GOOD(MPI_Free_mem(memory));
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  other = 1 - rank;
  fences();
  post_and_start();
  locks();
  shared();
  dynamic();
  allocated();
  return conclude();
}
