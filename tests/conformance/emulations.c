// SPDX-License-Identifier: Apache-2.0
// What MPI 4 brought, also on backends that lack it: combined nonblocking send and receive, partitioned messages, process
// sets and sessions beside the world, communicators without a parent, large-count forms, info strings. MPI-4.1: 3.10,
// 4, 7.2.4, 7.4.2, 10, 11.3.
#include "check.h"

static int other;

static void send_and_receive(void) {
  enum { kLarge = 300000 };   // more than goes out without the receiver
  static int out[kLarge], in[kLarge];
  int pair[2] = {rank, rank + 10}, got[2] = {-1, -1}, count;
  MPI_Request request;
  MPI_Status status;
  CHECK_GOOD(MPI_Isendrecv(pair, 2, MPI_INT, other, 5, got, 2, MPI_INT, other, 5, MPI_COMM_WORLD, &request));
  CHECK_GOOD(MPI_Wait(&request, &status));
  CHECK(got[0] == other && got[1] == other + 10);
  CHECK(status.MPI_SOURCE == other && status.MPI_TAG == 5);
  MPI_Get_count(&status, MPI_INT, &count);
  CHECK_EQUAL(count, 2);
  for (int i = 0; i < kLarge; i++) out[i] = i + rank;
  CHECK_GOOD(MPI_Isendrecv(out, kLarge, MPI_INT, other, 6, in, kLarge, MPI_INT, MPI_ANY_SOURCE, MPI_ANY_TAG,
                           MPI_COMM_WORLD, &request));
  CHECK_GOOD(MPI_Wait(&request, &status));
  CHECK(in[0] == other && in[kLarge - 1] == kLarge - 1 + other && status.MPI_TAG == 6);
  CHECK_GOOD(MPI_Isendrecv_replace(pair, 2, MPI_INT, other, 7, other, 7, MPI_COMM_WORLD, &request));
  int flag = 0;
  while (!flag) CHECK_GOOD(MPI_Test(&request, &flag, &status));
  CHECK(pair[0] == other && pair[1] == other + 10);
  CHECK_GOOD(MPI_Isendrecv(pair, 1, MPI_INT, rank == 0 ? 1 : MPI_PROC_NULL, 8, got, 1, MPI_INT,
                           rank == 1 ? 0 : MPI_PROC_NULL, 8, MPI_COMM_WORLD, &request));
  CHECK_GOOD(MPI_Wait(&request, MPI_STATUS_IGNORE));
  if (rank == 1) CHECK_EQUAL(got[0], 1);
  CHECK_GOOD(MPI_Isendrecv_c(pair, 2, MPI_INT, other, 9, got, 2, MPI_INT, other, 9, MPI_COMM_WORLD, &request));
  CHECK_GOOD(MPI_Wait(&request, MPI_STATUS_IGNORE));
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  CHECK_CLASS(MPI_Isendrecv(pair, 1, MPI_INT, 77, 0, got, 1, MPI_INT, 0, 0, MPI_COMM_WORLD, &request), MPI_ERR_RANK);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_ARE_FATAL);
}

// Partitions made ready in any order, several rounds, beside a plain message of the same tag.
static void partitions(void) {
  enum { kPartitions = 4, kEach = 3 };
  int out[kPartitions * kEach] = {0}, in[kPartitions * kEach], plain = -1, flag = 0, list[2] = {3, 0};
  MPI_Request send, receive;
  CHECK_GOOD(MPI_Psend_init(out, kPartitions, kEach, MPI_INT, other, 4, MPI_COMM_WORLD, MPI_INFO_NULL, &send));
  CHECK_GOOD(MPI_Precv_init(in, kPartitions, kEach, MPI_INT, other, 4, MPI_COMM_WORLD, MPI_INFO_NULL, &receive));
  for (int round = 0; round < 3; round++) {
    memset(in, 0, sizeof in);
    CHECK_GOOD(MPI_Start(&receive));
    CHECK_GOOD(MPI_Start(&send));
    CHECK_GOOD(MPI_Test(&send, &flag, MPI_STATUS_IGNORE));
    CHECK(!flag);
    for (int i = 0; i < kPartitions * kEach; i++) out[i] = 1000 * round + 100 * rank + i;
    CHECK_GOOD(MPI_Pready_list(2, list, send));
    MPI_Sendrecv(&rank, 1, MPI_INT, other, 4, &plain, 1, MPI_INT, other, 4, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    CHECK_EQUAL(plain, other);
    if (round == 0) {
      CHECK_GOOD(MPI_Pready_range(1, 2, send));
    } else {
      CHECK_GOOD(MPI_Pready(2, send));
      CHECK_GOOD(MPI_Pready(1, send));
    }
    for (flag = 0; !flag;) CHECK_GOOD(MPI_Parrived(receive, 1, &flag));
    CHECK_EQUAL(in[kEach], 1000 * round + 100 * other + kEach);
    CHECK_GOOD(MPI_Wait(&send, MPI_STATUS_IGNORE));
    CHECK_GOOD(MPI_Wait(&receive, MPI_STATUS_IGNORE));
    for (int i = 0; i < kPartitions * kEach; i++) CHECK_EQUAL(in[i], 1000 * round + 100 * other + i);
  }
  CHECK_GOOD(MPI_Request_free(&send));
  CHECK_GOOD(MPI_Request_free(&receive));
}

static int session_errors;
static MPI_Session expected_session;
static void on_session_error(MPI_Session* session, int* code, ...) {
  session_errors += *session == expected_session && class_of(*code) != MPI_SUCCESS ? 1 : 100;
}

static void sessions_beside_the_world(void) {
  MPI_Session session, second;
  MPI_Errhandler handler, found;
  MPI_Group world, self;
  MPI_Comm comm;
  MPI_Info info;
  char name[100];
  int number, length, worlds = 0, selves = 0, flag, sum, result;
  CHECK_GOOD(MPI_Session_create_errhandler(on_session_error, &handler));
  CHECK_GOOD(MPI_Session_init(MPI_INFO_NULL, handler, &session));
  CHECK_GOOD(MPI_Session_init(MPI_INFO_NULL, MPI_ERRORS_RETURN, &second));
  CHECK(session != MPI_SESSION_NULL && session != second);
  expected_session = session;
  CHECK_GOOD(MPI_Session_get_errhandler(session, &found));
  CHECK(found == handler);
  CHECK_GOOD(MPI_Session_get_num_psets(session, MPI_INFO_NULL, &number));
  CHECK(number >= 2);
  for (int i = 0; i < number; i++) {
    length = 0;
    CHECK_GOOD(MPI_Session_get_nth_pset(session, MPI_INFO_NULL, i, &length, NULL));
    CHECK(length > 1 && length <= (int)sizeof name);
    CHECK_GOOD(MPI_Session_get_nth_pset(session, MPI_INFO_NULL, i, &length, name));
    worlds += strcmp(name, "mpi://WORLD") == 0;
    selves += strcmp(name, "mpi://SELF") == 0;
  }
  CHECK(worlds == 1 && selves == 1);
  CHECK_GOOD(MPI_Session_get_pset_info(session, "mpi://WORLD", &info));
  MPI_Info_get(info, "mpi_size", 20, name, &flag);
  CHECK(flag && atoi(name) == size);
  MPI_Info_free(&info);
  CHECK_GOOD(MPI_Session_get_info(session, &info));
  MPI_Info_free(&info);
  CHECK_GOOD(MPI_Group_from_session_pset(session, "mpi://WORLD", &world));
  CHECK_GOOD(MPI_Group_from_session_pset(second, "mpi://SELF", &self));
  MPI_Group_size(self, &number);
  CHECK_EQUAL(number, 1);
  CHECK_GOOD(MPI_Comm_create_from_group(world, "org.tulkki.a", MPI_INFO_NULL, MPI_ERRORS_RETURN, &comm));
  MPI_Comm_get_errhandler(comm, &found);
  CHECK(found == MPI_ERRORS_RETURN);
  MPI_Comm_compare(comm, MPI_COMM_WORLD, &result);
  CHECK_EQUAL(result, MPI_CONGRUENT);
  CHECK_GOOD(MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, comm));
  CHECK_EQUAL(sum, 1);
  MPI_Comm_free(&comm);
  CHECK(MPI_Group_from_session_pset(session, "no such set", &self) != MPI_SUCCESS);
  CHECK_EQUAL(session_errors, 1);
  CHECK_GOOD(MPI_Session_call_errhandler(session, MPI_ERR_OTHER));
  CHECK_EQUAL(session_errors, 2);

  int ends[2] = {0, 1};
  MPI_Group low, high;
  MPI_Group_incl(world, 1, &ends[0], &low);
  MPI_Group_incl(world, 1, &ends[1], &high);
  CHECK_GOOD(MPI_Intercomm_create_from_groups(rank == 0 ? low : high, 0, rank == 0 ? high : low, 0, "org.tulkki.b",
                                              MPI_INFO_NULL, MPI_ERRORS_RETURN, &comm));
  MPI_Comm_test_inter(comm, &flag);
  MPI_Comm_remote_size(comm, &number);
  CHECK(flag && number == 1);
  MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, comm);
  CHECK_EQUAL(sum, other);
  MPI_Comm_free(&comm);
  MPI_Group_free(&low);
  MPI_Group_free(&high);
  MPI_Group_free(&world);
  CHECK_GOOD(MPI_Session_finalize(&session));
  CHECK(session == MPI_SESSION_NULL);
  CHECK_GOOD(MPI_Session_finalize(&second));
  MPI_Errhandler_free(&handler);
}

static void communicators(void) {
  MPI_Comm copy;
  MPI_Request request;
  MPI_Info info;
  int sum;
  MPI_Info_create(&info);
  MPI_Info_set(info, "mpi_assert_no_any_tag", "false");
  CHECK_GOOD(MPI_Comm_idup_with_info(MPI_COMM_WORLD, info, &copy, &request));
  CHECK_GOOD(MPI_Wait(&request, MPI_STATUS_IGNORE));
  MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, copy);
  CHECK_EQUAL(sum, 1);
  MPI_Comm_free(&copy);
  MPI_Info_free(&info);
}

static void info_strings(void) {
  char value[20] = "";
  int length = 0, flag = 0;
  MPI_Info info;
  MPI_Info_create(&info);
  MPI_Info_set(info, "key", "a value");
  CHECK_GOOD(MPI_Info_get_string(info, "key", &length, NULL, &flag));
  CHECK(flag && length == 8);
  length = 4;
  CHECK_GOOD(MPI_Info_get_string(info, "key", &length, value, &flag));
  CHECK(flag && length == 8 && strcmp(value, "a v") == 0);
  length = sizeof value;
  CHECK_GOOD(MPI_Info_get_string(info, "key", &length, value, &flag));
  CHECK(flag && strcmp(value, "a value") == 0);
  MPI_Info_free(&info);
  char* arguments[] = {(char*)"program", NULL};
  CHECK_GOOD(MPI_Info_create_env(1, arguments, &info));
  MPI_Info_free(&info);
}

static int large_elements;
static void add(void* in, void* inout, MPI_Count* length, MPI_Datatype* type) {
  large_elements += *type == MPI_INT ? (int)*length : 1000;
  for (MPI_Count i = 0; i < *length; i++) ((int*)inout)[i] += ((int*)in)[i];
}

// More than an int counts, of what is small in memory: a type without data, and a huge type that is never sent.
static void beyond_int(void) {
  const MPI_Count huge = 5000000011;
  MPI_Count bytes = 0, low = -1, extent = 0, count = -1;
  MPI_Datatype type, empty;
  MPI_Status status;
  char nothing = 0;
  CHECK_GOOD(MPI_Type_contiguous_c(huge, MPI_SHORT, &type));
  CHECK_GOOD(MPI_Type_size_c(type, &bytes));
  CHECK_EQUAL(bytes, 2 * huge);
  CHECK_GOOD(MPI_Type_get_extent_c(type, &low, &extent));
  CHECK(low == 0 && extent == 2 * huge);
  MPI_Type_free(&type);
  MPI_Type_contiguous(0, MPI_INT, &empty);
  MPI_Type_commit(&empty);
  CHECK_GOOD(MPI_Sendrecv_c(&nothing, huge, empty, other, 0, &nothing, huge, empty, other, 0, MPI_COMM_WORLD, &status));
  CHECK_GOOD(MPI_Get_count_c(&status, MPI_BYTE, &count));
  CHECK_EQUAL(count, 0);
  MPI_Type_free(&empty);
  CHECK_GOOD(MPI_Send_c(&nothing, huge, MPI_BYTE, MPI_PROC_NULL, 0, MPI_COMM_WORLD));
  CHECK_GOOD(MPI_Status_set_elements_x(&status, MPI_BYTE, huge));
  CHECK_GOOD(MPI_Get_count_c(&status, MPI_BYTE, &count));
  CHECK_EQUAL(count, huge);
}

static void large_counts(void) {
  int out[3] = {rank, 1, 2}, in[3] = {0}, combiner;
  MPI_Count count = 0, numbers[4] = {-1, -1, -1, -1}, large[1], bytes = 0;
  MPI_Status status;
  MPI_Datatype type, types[1];
  MPI_Aint addresses[1];
  MPI_Op sum;
  int integers[4];
  CHECK_GOOD(MPI_Sendrecv_c(out, 3, MPI_INT, other, 0, in, 3, MPI_INT, other, 0, MPI_COMM_WORLD, &status));
  CHECK_EQUAL(in[0], other);
  CHECK_GOOD(MPI_Get_count_c(&status, MPI_INT, &count));
  CHECK_EQUAL(count, 3);
  CHECK_GOOD(MPI_Op_create_c(add, 1, &sum));
  CHECK_GOOD(MPI_Allreduce_c(out, in, 3, MPI_INT, sum, MPI_COMM_WORLD));
  CHECK(in[0] == 1 && in[2] == 4);
  CHECK(large_elements > 0 && large_elements < 1000);
  MPI_Op_free(&sum);
  CHECK_GOOD(MPI_Type_vector(2, 1, 3, MPI_INT, &type));
  CHECK_GOOD(MPI_Type_get_envelope_c(type, &numbers[0], &numbers[1], &numbers[2], &numbers[3], &combiner));
  CHECK(combiner == MPI_COMBINER_VECTOR && numbers[0] + numbers[2] == 3 && numbers[3] == 1);
  CHECK_GOOD(MPI_Type_get_contents_c(type, numbers[0], numbers[1], numbers[2], numbers[3], integers, addresses, large, types));
  CHECK(integers[0] == 2 && integers[2] == 3 && types[0] == MPI_INT);
  CHECK_GOOD(MPI_Type_size_c(type, &bytes));
  CHECK_EQUAL(bytes, 8);
  MPI_Type_free(&type);
  beyond_int();
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  other = 1 - rank;
  send_and_receive();
  partitions();
  sessions_beside_the_world();
  communicators();
  info_strings();
  large_counts();
  return conclude();
}
