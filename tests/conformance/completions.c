// SPDX-License-Identifier: Apache-2.0
// Completion of requests: which status belongs to which request, what stays of a status, and what a null, an inactive
// and a cancelled request give. MPI-4.1: 3.7.3, 3.7.5, 3.8.4, 3.9.
#include "check.h"

enum { kMessages = 6, kMark = 12345 };

static int other;

// Message i has tag i and i + 1 integers; they are sent in the reverse order, the odd ones later.
static void send_reversed(int parity) {
  static int data[kMessages];
  for (int i = kMessages - 1; i >= 0; i--)
    if (i % 2 == parity) CHECK_GOOD(MPI_Send(data, i + 1, MPI_INT, other, i, MPI_COMM_WORLD));
}

static void check_status(const MPI_Status* status, int tag) {
  int count = -1;
  CHECK_EQUAL(status->MPI_SOURCE, other);
  CHECK_EQUAL(status->MPI_TAG, tag);
  CHECK_GOOD(MPI_Get_count((MPI_Status*)status, MPI_INT, &count));
  CHECK_EQUAL(count, tag + 1);
}

// Statuses come by position in the list of what is complete, not by request.
static void check_some(int test) {
  int in[kMessages][kMessages], indices[kMessages], done, left = kMessages;
  MPI_Request requests[kMessages];
  MPI_Status statuses[kMessages];
  for (int i = 0; i < kMessages; i++) MPI_Irecv(in[i], kMessages, MPI_INT, other, i, MPI_COMM_WORLD, &requests[i]);
  MPI_Barrier(MPI_COMM_WORLD);
  send_reversed(1);
  for (int half = 0; half < 2; half++) {
    int wanted = half == 0 ? kMessages / 2 : 0;
    while (left > wanted) {
      if (test) CHECK_GOOD(MPI_Testsome(kMessages, requests, &done, indices, statuses));
      else CHECK_GOOD(MPI_Waitsome(kMessages, requests, &done, indices, statuses));
      for (int i = 0; i < done; i++) {
        check_status(&statuses[i], indices[i]);
        CHECK(requests[indices[i]] == MPI_REQUEST_NULL);
      }
      left -= done;
    }
    if (half == 0) send_reversed(0);
  }
  CHECK_GOOD(MPI_Waitsome(kMessages, requests, &done, indices, statuses));
  CHECK_EQUAL(done, MPI_UNDEFINED);
}

// A persistent request is inactive, not null, once it is complete.
static void waitany_on_persistent(void) {
  int in[3], out[3] = {7, 8, 9}, index, flag;
  MPI_Request requests[6];
  MPI_Status status;
  for (int i = 0; i < 3; i++) {
    MPI_Recv_init(&in[i], 1, MPI_INT, other, i, MPI_COMM_WORLD, &requests[i]);
    MPI_Send_init(&out[i], 1, MPI_INT, other, i, MPI_COMM_WORLD, &requests[3 + i]);
  }
  for (int round = 0; round < 3; round++) {
    int seen = 0;
    CHECK_GOOD(MPI_Startall(6, requests));
    for (int i = 0; i < 6; i++) {
      CHECK_GOOD(MPI_Waitany(6, requests, &index, &status));
      CHECK(index >= 0 && index < 6);
      seen |= 1 << index;
      if (index < 3) CHECK_EQUAL(status.MPI_TAG, index);
      CHECK(requests[index] != MPI_REQUEST_NULL);
    }
    CHECK_EQUAL(seen, 63);
    CHECK(in[0] == 7 && in[1] == 8 && in[2] == 9);
    CHECK_GOOD(MPI_Waitany(6, requests, &index, &status));
    CHECK_EQUAL(index, MPI_UNDEFINED);
    CHECK_GOOD(MPI_Testany(6, requests, &index, &flag, &status));
    CHECK(flag && index == MPI_UNDEFINED);
  }
  for (int i = 0; i < 6; i++) {
    CHECK_GOOD(MPI_Request_free(&requests[i]));
    CHECK(requests[i] == MPI_REQUEST_NULL);
  }
}

// Calls that complete one operation leave MPI_ERROR as it was.
static void error_field_is_kept(void) {
  int in, index, flag;
  MPI_Request request;
  MPI_Status status;
#define EXCHANGE(complete)                                               \
  do {                                                                   \
    status.MPI_ERROR = kMark;                                            \
    MPI_Irecv(&in, 1, MPI_INT, other, 0, MPI_COMM_WORLD, &request);      \
    MPI_Send(&rank, 1, MPI_INT, other, 0, MPI_COMM_WORLD);               \
    complete;                                                            \
    CHECK_EQUAL(status.MPI_SOURCE, other);                               \
    CHECK_EQUAL(status.MPI_ERROR, kMark);                                \
  } while (0)
  EXCHANGE(MPI_Wait(&request, &status));
  EXCHANGE(for (flag = 0; !flag;) MPI_Test(&request, &flag, &status));
  EXCHANGE(MPI_Waitany(1, &request, &index, &status));
  EXCHANGE(for (flag = 0; !flag;) MPI_Testany(1, &request, &index, &flag, &status));
  status.MPI_ERROR = kMark;
  MPI_Sendrecv(&rank, 1, MPI_INT, other, 0, &in, 1, MPI_INT, other, 0, MPI_COMM_WORLD, &status);
  CHECK_EQUAL(status.MPI_ERROR, kMark);
}

static void check_empty(MPI_Status* status) {
  int count = -1, cancelled = -1;
  CHECK_EQUAL(status->MPI_SOURCE, MPI_ANY_SOURCE);
  CHECK_EQUAL(status->MPI_TAG, MPI_ANY_TAG);
  CHECK_GOOD(MPI_Get_count(status, MPI_INT, &count));
  CHECK_EQUAL(count, 0);
  CHECK_GOOD(MPI_Test_cancelled(status, &cancelled));
  CHECK_EQUAL(cancelled, 0);
}

static void nothing_to_complete(void) {
  int flag = -1, index = -1, in = 0;
  MPI_Request null = MPI_REQUEST_NULL, inactive, both[2];
  MPI_Status status, statuses[2];
  memset(&status, 0x55, sizeof status);
  MPI_Wait(&null, &status);
  check_empty(&status);
  memset(&status, 0x55, sizeof status);
  MPI_Test(&null, &flag, &status);
  CHECK(flag);
  check_empty(&status);
  memset(&status, 0x55, sizeof status);
  MPI_Waitany(1, &null, &index, &status);
  CHECK_EQUAL(index, MPI_UNDEFINED);
  check_empty(&status);
  MPI_Recv_init(&in, 1, MPI_INT, other, 0, MPI_COMM_WORLD, &inactive);
  memset(&status, 0x55, sizeof status);
  MPI_Wait(&inactive, &status);
  check_empty(&status);
  both[0] = null;
  both[1] = inactive;
  memset(statuses, 0x55, sizeof statuses);
  CHECK_GOOD(MPI_Waitall(2, both, statuses));
  check_empty(&statuses[0]);
  check_empty(&statuses[1]);
  MPI_Request_free(&inactive);
}

static void proc_null(void) {
  int in = 5, count = -1;
  MPI_Status status;
  MPI_Request request;
  memset(&status, 0x55, sizeof status);
  MPI_Recv(&in, 1, MPI_INT, MPI_PROC_NULL, 3, MPI_COMM_WORLD, &status);
  CHECK_EQUAL(status.MPI_SOURCE, MPI_PROC_NULL);
  CHECK_EQUAL(status.MPI_TAG, MPI_ANY_TAG);
  MPI_Get_count(&status, MPI_INT, &count);
  CHECK_EQUAL(count, 0);
  MPI_Irecv(&in, 1, MPI_INT, MPI_PROC_NULL, MPI_ANY_TAG, MPI_COMM_WORLD, &request);
  CHECK_GOOD(MPI_Wait(&request, &status));   // MPICH 4.0 gives rank 0 as the source
  CHECK_EQUAL(in, 5);
  memset(&status, 0x55, sizeof status);
  MPI_Probe(MPI_PROC_NULL, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
  CHECK_EQUAL(status.MPI_SOURCE, MPI_PROC_NULL);
}

static void cancelled(void) {
  int in, flag = 0, count;
  MPI_Request request;
  MPI_Status status;
  MPI_Irecv(&in, 1, MPI_INT, other, 99, MPI_COMM_WORLD, &request);
  CHECK_GOOD(MPI_Cancel(&request));
  CHECK_GOOD(MPI_Wait(&request, &status));
  CHECK_GOOD(MPI_Test_cancelled(&status, &flag));
  CHECK(flag);
  MPI_Status_set_cancelled(&status, 0);
  MPI_Test_cancelled(&status, &flag);
  CHECK(!flag);
  MPI_Status_set_elements(&status, MPI_INT, 17);
  MPI_Get_elements(&status, MPI_INT, &count);
  CHECK_EQUAL(count, 17);
  MPI_Status_set_cancelled(&status, 1);
  MPI_Test_cancelled(&status, &flag);
  CHECK(flag);
}

static void counts_and_elements(void) {
  struct { double number; int kind; } out[3] = {{1, 2}, {3, 4}, {5, 6}}, in[3];
  int lengths[2] = {1, 1}, count;
  MPI_Aint places[2] = {0, 8};
  MPI_Datatype parts[2] = {MPI_DOUBLE, MPI_INT}, type, pair;
  MPI_Status status;
  MPI_Count elements;
  MPI_Type_create_struct(2, lengths, places, parts, &type);
  MPI_Type_create_resized(type, 0, 16, &pair);
  MPI_Type_free(&type);
  MPI_Type_commit(&pair);
  MPI_Sendrecv(out, 2, pair, other, 0, in, 3, pair, other, 0, MPI_COMM_WORLD, &status);
  MPI_Get_count(&status, pair, &count);
  CHECK_EQUAL(count, 2);
  MPI_Get_elements(&status, pair, &count);
  CHECK_EQUAL(count, 4);
  MPI_Get_elements_x(&status, pair, &elements);
  CHECK_EQUAL(elements, 4);
  MPI_Get_count(&status, MPI_BYTE, &count);
  CHECK_EQUAL(count, 24);
  // One double of one pair: part of an item.
  MPI_Sendrecv(out, 1, MPI_DOUBLE, other, 0, in, 3, pair, other, 0, MPI_COMM_WORLD, &status);
  MPI_Get_count(&status, pair, &count);
  CHECK_EQUAL(count, MPI_UNDEFINED);
  MPI_Get_elements(&status, pair, &count);
  CHECK_EQUAL(count, 1);
  MPI_Type_free(&pair);
}

// One of two receives is too small: each status tells of its own.
static void error_in_status(void) {
  int small, large[4], out[4] = {1, 2, 3, 4};
  MPI_Request requests[2];
  MPI_Status statuses[2];
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Irecv(&small, 1, MPI_INT, other, 0, MPI_COMM_WORLD, &requests[0]);
  MPI_Irecv(large, 4, MPI_INT, other, 1, MPI_COMM_WORLD, &requests[1]);
  MPI_Barrier(MPI_COMM_WORLD);
  MPI_Send(out, 4, MPI_INT, other, 1, MPI_COMM_WORLD);
  MPI_Send(out, 4, MPI_INT, other, 0, MPI_COMM_WORLD);
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK_CLASS(MPI_Waitall(2, requests, statuses), MPI_ERR_IN_STATUS);
  CHECK_CLASS(statuses[0].MPI_ERROR, MPI_ERR_TRUNCATE);
  CHECK(statuses[1].MPI_ERROR == MPI_SUCCESS || statuses[1].MPI_ERROR == MPI_ERR_PENDING);
  if (requests[1] != MPI_REQUEST_NULL) MPI_Wait(&requests[1], MPI_STATUS_IGNORE);
  CHECK_EQUAL(large[3], 4);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_ARE_FATAL);
}

static void status_without_freeing(void) {
  int in, flag = 0;
  MPI_Request request;
  MPI_Status status;
  MPI_Irecv(&in, 1, MPI_INT, other, 5, MPI_COMM_WORLD, &request);
  MPI_Send(&rank, 1, MPI_INT, other, 5, MPI_COMM_WORLD);
  while (!flag) CHECK_GOOD(MPI_Request_get_status(request, &flag, &status));
  CHECK_EQUAL(status.MPI_TAG, 5);
  CHECK(request != MPI_REQUEST_NULL);
  MPI_Wait(&request, MPI_STATUS_IGNORE);
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  other = 1 - rank;
  check_some(0);
  check_some(1);
  waitany_on_persistent();
  error_field_is_kept();
  nothing_to_complete();
  proc_null();
  cancelled();
  counts_and_elements();
  error_in_status();
  status_without_freeing();
  return conclude();
}
