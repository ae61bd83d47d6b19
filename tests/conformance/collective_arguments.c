// SPDX-License-Identifier: Apache-2.0
// What is special about the arguments of collectives: buffers that are in place or null, empty ones, arrays of types that
// live on, absolute addresses. MPI-4.1: 6, 5.1.12.
#include "check.h"

static int other;

static void alltoallw_in_flight(void) {
  enum { kFlights = 8 };
  int out[kFlights][2], in[kFlights][2], counts[2] = {1, 1}, places[2] = {0, 4};
  double wide_out[2] = {rank + 0.5, rank + 0.25}, wide_in[2] = {0, 0};
  int wide_places[2] = {0, 8};
  MPI_Datatype types[2], wide_types[2] = {MPI_DOUBLE, MPI_DOUBLE};
  MPI_Request requests[kFlights + 1];
  for (int i = 0; i < kFlights; i++) {
    MPI_Datatype type;
    for (int j = 0; j < 2; j++) out[i][j] = 100 * i + 10 * rank + j, in[i][j] = -1;
    MPI_Type_contiguous(1, MPI_INT, &type);   // another one each time
    MPI_Type_commit(&type);
    types[0] = type, types[1] = MPI_INT;
    CHECK_GOOD(MPI_Ialltoallw(out[i], counts, places, types, in[i], counts, places, types, MPI_COMM_WORLD, &requests[i]));
    MPI_Type_free(&type);
    if (i == 3)
      CHECK_GOOD(MPI_Ialltoallw(wide_out, counts, wide_places, wide_types, wide_in, counts, wide_places, wide_types,
                                MPI_COMM_WORLD, &requests[kFlights]));
  }
  CHECK_GOOD(MPI_Waitall(kFlights + 1, requests, MPI_STATUSES_IGNORE));
  for (int i = 0; i < kFlights; i++) CHECK(in[i][0] == 100 * i + rank && in[i][1] == 100 * i + 10 + rank);
  CHECK(wide_in[0] == (rank == 0 ? 0.5 : 0.25) && wide_in[1] == (rank == 0 ? 1.5 : 1.25));
}

static void empty_and_null(void) {
  int zeros[2] = {0, 0}, places[2] = {0, 0}, in_place[2] = {10 * rank, 10 * rank + 1}, counts[2] = {1, 1};
  int byte_places[2] = {0, 4};
  MPI_Datatype types[2] = {MPI_INT, MPI_DOUBLE}, same[2] = {MPI_INT, MPI_INT};
  MPI_Request request;
  CHECK_GOOD(MPI_Ialltoallw(in_place, zeros, places, types, NULL, zeros, places, types, MPI_COMM_WORLD, &request));
  CHECK_GOOD(MPI_Wait(&request, MPI_STATUS_IGNORE));
  CHECK_GOOD(MPI_Alltoallw(in_place, zeros, places, types, NULL, zeros, places, types, MPI_COMM_WORLD));
  // In place, the arrays of the sender mean nothing.
  CHECK_GOOD(MPI_Alltoallw(MPI_IN_PLACE, NULL, NULL, NULL, in_place, counts, byte_places, same, MPI_COMM_WORLD));
  CHECK(in_place[0] == (rank == 0 ? 0 : 1) && in_place[1] == (rank == 0 ? 10 : 11));
  for (int i = 0; i < 2; i++) in_place[i] = 10 * rank + i;
  CHECK_GOOD(MPI_Ialltoallw(MPI_IN_PLACE, NULL, NULL, NULL, in_place, counts, byte_places, same, MPI_COMM_WORLD, &request));
  CHECK_GOOD(MPI_Wait(&request, MPI_STATUS_IGNORE));
  CHECK(in_place[0] == (rank == 0 ? 0 : 1) && in_place[1] == (rank == 0 ? 10 : 11));
  for (int i = 0; i < 2; i++) in_place[i] = 10 * rank + i;
  CHECK_GOOD(MPI_Alltoall(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, in_place, 1, MPI_INT, MPI_COMM_WORLD));
  CHECK(in_place[0] == (rank == 0 ? 0 : 1) && in_place[1] == (rank == 0 ? 10 : 11));
  in_place[rank] = rank + 5;
  CHECK_GOOD(MPI_Allgather(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, in_place, 1, MPI_INT, MPI_COMM_WORLD));
  CHECK(in_place[0] == 5 && in_place[1] == 6);
  CHECK_GOOD(MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, in_place, counts, (int[]){0, 1}, MPI_INT, MPI_COMM_WORLD));
}

// Only the root may say that its part is in place; the others give no receive buffer.
static void rooted(void) {
  int parts[2] = {rank + 1, rank + 1}, sum = rank + 1, got = -1, counts[2] = {1, 1}, places[2] = {0, 1};
  for (int root = 0; root < 2; root++) {
    parts[root] = root + 1;
    if (rank == root)
      CHECK_GOOD(MPI_Gather(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, parts, 1, MPI_INT, root, MPI_COMM_WORLD));
    else
      CHECK_GOOD(MPI_Gather(&sum, 1, MPI_INT, NULL, 0, MPI_DATATYPE_NULL, root, MPI_COMM_WORLD));
    if (rank == root) CHECK(parts[0] == 1 && parts[1] == 2);
    if (rank == root)
      CHECK_GOOD(MPI_Scatterv(parts, counts, places, MPI_INT, MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, root, MPI_COMM_WORLD));
    else
      CHECK_GOOD(MPI_Scatterv(NULL, NULL, NULL, MPI_DATATYPE_NULL, &got, 1, MPI_INT, root, MPI_COMM_WORLD));
    if (rank != root) CHECK_EQUAL(got, rank + 1);
    sum = rank + 1;
    CHECK_GOOD(rank == root ? MPI_Reduce(MPI_IN_PLACE, &sum, 1, MPI_INT, MPI_SUM, root, MPI_COMM_WORLD)
                            : MPI_Reduce(&sum, NULL, 1, MPI_INT, MPI_SUM, root, MPI_COMM_WORLD));
    CHECK_EQUAL(sum, rank == root ? 3 : rank + 1);
    sum = rank + 1;
  }
  CHECK_GOOD(MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD));
  CHECK_EQUAL(sum, 3);
  CHECK_GOOD(MPI_Scan(MPI_IN_PLACE, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD));
  CHECK_EQUAL(sum, 3 * (rank + 1));
  int both[2] = {1, 2};
  CHECK_GOOD(MPI_Reduce_scatter_block(MPI_IN_PLACE, both, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD));
  CHECK_EQUAL(both[0], rank == 0 ? 2 : 4);
}

static void absolute_addresses(void) {
  int numbers[3] = {rank, rank + 1, rank + 2}, length = 3, sum[3];
  MPI_Aint address;
  MPI_Datatype base = MPI_INT, absolute;
  MPI_Get_address(numbers, &address);
  MPI_Type_create_struct(1, &length, &address, &base, &absolute);
  MPI_Type_commit(&absolute);
  CHECK_GOOD(MPI_Bcast(MPI_BOTTOM, 1, absolute, 1, MPI_COMM_WORLD));
  CHECK(numbers[0] == 1 && numbers[2] == 3);
  CHECK_GOOD(MPI_Sendrecv(numbers, 3, MPI_INT, other, 0, sum, 3, MPI_INT, other, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE));
  MPI_Request requests[2];
  numbers[0] = 50 + rank;
  int in[3] = {0};
  MPI_Irecv(in, 3, MPI_INT, other, 1, MPI_COMM_WORLD, &requests[0]);
  CHECK_GOOD(MPI_Isend(MPI_BOTTOM, 1, absolute, other, 1, MPI_COMM_WORLD, &requests[1]));
  MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
  CHECK_EQUAL(in[0], 50 + other);
  MPI_Type_free(&absolute);
}

#if MPI_VERSION >= 4
// The arrays of types belong to the program again after the call, and the request is started many times.
static void persistent_alltoallw(void) {
  int out[2] = {0, 0}, in[2], counts[2] = {1, 1}, places[2] = {0, 4};
  MPI_Datatype types[2] = {MPI_INT, MPI_INT};
  MPI_Request request;
  CHECK_GOOD(MPI_Alltoallw_init(out, counts, places, types, in, counts, places, types, MPI_COMM_WORLD, MPI_INFO_NULL,
                                &request));
  types[0] = types[1] = MPI_DATATYPE_NULL;
  for (int round = 0; round < 5; round++) {
    for (int i = 0; i < 2; i++) out[i] = 100 * round + 10 * rank + i;
    CHECK_GOOD(MPI_Start(&request));
    CHECK_GOOD(MPI_Wait(&request, MPI_STATUS_IGNORE));
    CHECK(in[0] == 100 * round + rank && in[1] == 100 * round + 10 + rank);
  }
  CHECK_GOOD(MPI_Request_free(&request));
  MPI_Request sum;
  int total = 0;
  CHECK_GOOD(MPI_Allreduce_init(&rank, &total, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD, MPI_INFO_NULL, &sum));
  MPI_Start(&sum);
  MPI_Wait(&sum, MPI_STATUS_IGNORE);
  CHECK_EQUAL(total, 1);
  MPI_Request_free(&sum);
}
#endif

int main(int argc, char** argv) {
  begin(&argc, &argv);
  other = 1 - rank;
  alltoallw_in_flight();
  empty_and_null();
  rooted();
  absolute_addresses();
#if MPI_VERSION >= 4
  persistent_alltoallw();
#endif
  return conclude();
}
