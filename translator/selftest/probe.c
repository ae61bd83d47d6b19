// SPDX-License-Identifier: Apache-2.0
// What `tulkki selftest` runs: asks an MPI for everything that a translation can get wrong, in a second or two. Built for
// each ABI that there is a compiler for. Rank 0 prints a line for each check; the first failed condition of any rank is
// what it says. The calls that it says it made are compared with those that were recorded.
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int g_rank, g_size, g_io_calls;
static char g_failure[200];

#define EXPECT(condition)                                                                                       \
  do {                                                                                                          \
    if (!(condition) && g_failure[0] == 0) snprintf(g_failure, sizeof g_failure, "rank %d: %s", g_rank, #condition); \
  } while (0)

// Everybody's verdict, at rank 0.
static void report(const char* check) {
  char all[200];
  int lowest = g_failure[0] != 0 ? g_rank : g_size, who;
  MPI_Allreduce(&lowest, &who, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
  if (who < g_size) {
    memcpy(all, g_failure, sizeof all);
    MPI_Bcast(all, sizeof all, MPI_CHAR, who, MPI_COMM_WORLD);
    if (g_rank == 0) printf("selftest %s failed: %s\n", check, all);
  } else if (g_rank == 0) {
    printf("selftest %s ok\n", check);
  }
  fflush(stdout);
  g_failure[0] = 0;
}

static void begin(const char* check) {
  if (g_rank == 0) printf("selftest %s begin\n", check);
  fflush(stdout);
}

static void check_versions(void) {
  struct {
    char text[MPI_MAX_LIBRARY_VERSION_STRING], behind[64];
  } library;
  struct {
    char text[MPI_MAX_PROCESSOR_NAME], behind[64];
  } processor;
  int length = -1, version, subversion;
  memset(&library, 0x5a, sizeof library);
  memset(&processor, 0x5a, sizeof processor);
  EXPECT(MPI_Get_library_version(library.text, &length) == MPI_SUCCESS);
  EXPECT(length > 0 && memchr(library.text, 0, sizeof library.text) != NULL);
  EXPECT(MPI_Get_processor_name(processor.text, &length) == MPI_SUCCESS);
  EXPECT(length > 0 && memchr(processor.text, 0, sizeof processor.text) != NULL);
  for (int i = 0; i < 64; ++i) EXPECT(library.behind[i] == 0x5a && processor.behind[i] == 0x5a);
  EXPECT(MPI_Get_version(&version, &subversion) == MPI_SUCCESS && version >= 3);
  if (g_rank == 0 && length > 0) printf("selftest library %.*s\n", (int)strcspn(library.text, "\n"), library.text);
}

static int size_of(MPI_Datatype type) {
  int bytes = -1;
  MPI_Type_size(type, &bytes);
  return bytes;
}

static void check_handles(void) {
  MPI_Comm copy, half, none = MPI_COMM_WORLD;
  MPI_Group world, one;
  MPI_Datatype vector;
  int result = -1, zero = 0;
  EXPECT(size_of(MPI_CHAR) == 1 && size_of(MPI_BYTE) == 1 && size_of(MPI_SHORT) == 2 && size_of(MPI_INT) == 4);
  EXPECT(size_of(MPI_LONG) == sizeof(long) && size_of(MPI_UNSIGNED_LONG_LONG) == 8 && size_of(MPI_FLOAT) == 4);
  EXPECT(size_of(MPI_DOUBLE) == 8 && size_of(MPI_LONG_DOUBLE) == sizeof(long double) && size_of(MPI_2INT) == 8);
  EXPECT(size_of(MPI_DOUBLE_INT) == 12 && size_of(MPI_UINT64_T) == 8 && size_of(MPI_C_DOUBLE_COMPLEX) == 16);
  EXPECT(size_of(MPI_AINT) == 8 && size_of(MPI_COUNT) == 8 && size_of(MPI_OFFSET) == 8);
  MPI_Comm_dup(MPI_COMM_WORLD, &copy);
  EXPECT(MPI_Comm_compare(MPI_COMM_WORLD, copy, &result) == MPI_SUCCESS && result == MPI_CONGRUENT);
  EXPECT(MPI_Comm_compare(MPI_COMM_WORLD, MPI_COMM_WORLD, &result) == MPI_SUCCESS && result == MPI_IDENT);
  MPI_Comm_split(copy, g_rank % 2 == 0 ? 0 : MPI_UNDEFINED, 0, &half);
  EXPECT((half == MPI_COMM_NULL) == (g_rank % 2 != 0));
  if (half != MPI_COMM_NULL) MPI_Comm_free(&half);
  MPI_Comm_split(copy, MPI_UNDEFINED, 0, &none);
  EXPECT(none == MPI_COMM_NULL);
  MPI_Comm_group(copy, &world);
  MPI_Group_incl(world, 1, &zero, &one);
  MPI_Group_compare(world, one, &result);
  EXPECT(result == (g_size == 1 ? MPI_IDENT : MPI_UNEQUAL));
  MPI_Group_rank(one, &result);
  EXPECT(result == (g_rank == 0 ? 0 : MPI_UNDEFINED));
  MPI_Group_free(&one);
  MPI_Group_free(&world);
  EXPECT(world == MPI_GROUP_NULL);
  MPI_Type_vector(3, 1, 2, MPI_DOUBLE, &vector);
  MPI_Type_commit(&vector);
  EXPECT(size_of(vector) == 24);
  MPI_Type_free(&vector);
  EXPECT(vector == MPI_DATATYPE_NULL);
  MPI_Comm_free(&copy);
  EXPECT(copy == MPI_COMM_NULL);
}

static void check_statuses(void) {
  const int next = (g_rank + 1) % g_size, before = (g_rank + g_size - 1) % g_size;
  double out[5] = {0, 1, 2, 3, (double)g_rank}, in[8];
  MPI_Request requests[2];
  MPI_Status status, statuses[2];
  int count = -1, flag = -1, index = -1;
  status.MPI_ERROR = 12345;
  MPI_Irecv(in, 8, MPI_DOUBLE, MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &requests[0]);
  MPI_Send(out, 5, MPI_DOUBLE, next, 77, MPI_COMM_WORLD);
  MPI_Wait(&requests[0], &status);
  MPI_Get_count(&status, MPI_DOUBLE, &count);
  EXPECT(status.MPI_SOURCE == before && status.MPI_TAG == 77 && count == 5);
  EXPECT(status.MPI_ERROR == 12345);   // MPI-5.0, 3.2.5: not set by calls that complete one operation
  EXPECT(requests[0] == MPI_REQUEST_NULL && in[4] == before);
  MPI_Get_count(&status, MPI_COUNT, &count);
  EXPECT(count == 5);
  MPI_Test_cancelled(&status, &flag);
  EXPECT(flag == 0);
  MPI_Recv(in, 8, MPI_DOUBLE, MPI_PROC_NULL, 5, MPI_COMM_WORLD, &status);
  MPI_Get_count(&status, MPI_DOUBLE, &count);
  EXPECT(status.MPI_SOURCE == MPI_PROC_NULL && status.MPI_TAG == MPI_ANY_TAG && count == 0);
  MPI_Irecv(in, 8, MPI_DOUBLE, before, 1, MPI_COMM_WORLD, &requests[0]);
  MPI_Isend(out, 3, MPI_DOUBLE, next, 1, MPI_COMM_WORLD, &requests[1]);
  MPI_Waitall(2, requests, statuses);
  MPI_Get_count(&statuses[0], MPI_DOUBLE, &count);
  EXPECT(count == 3 && statuses[0].MPI_SOURCE == before);
  MPI_Waitany(2, requests, &index, &status);
  EXPECT(index == MPI_UNDEFINED);
  MPI_Sendrecv(out, 2, MPI_DOUBLE, next, 3, in, 8, MPI_DOUBLE, before, 3, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
}

static int g_copied, g_deleted, g_handled;
static MPI_Comm g_expected_comm;

static void add_or_multiply(void* in, void* inout, int* length, MPI_Datatype* type) {
  EXPECT(*type == MPI_INT);
  for (int i = 0; i < *length; ++i) ((int*)inout)[i] += ((int*)in)[i] * 2;
}
static int copy_attribute(MPI_Comm comm, int keyval, void* extra, void* in, void* out, int* flag) {
  (void)keyval;
  EXPECT(comm == g_expected_comm);
  g_copied += *(int*)extra;
  *(void**)out = in;
  *flag = 1;
  return MPI_SUCCESS;
}
static int delete_attribute(MPI_Comm comm, int keyval, void* value, void* extra) {
  (void)comm, (void)keyval, (void)value;
  g_deleted += *(int*)extra;
  return MPI_SUCCESS;
}
static void handle_error(MPI_Comm* comm, int* code, ...) {
  int error_class = -1;
  MPI_Error_class(*code, &error_class);
  EXPECT(*comm == g_expected_comm && error_class == MPI_ERR_RANK);
  ++g_handled;
}

static void check_callbacks(void) {
  int value = 1, sum = 0, keyval, extra = 1, flag = 0, *found = NULL;
  MPI_Op op;
  MPI_Comm comm, copy;
  MPI_Errhandler handler;
  MPI_Op_create(add_or_multiply, 0, &op);
  MPI_Reduce_local(&value, &sum, 1, MPI_INT, op);
  EXPECT(sum == 2);
  MPI_Op_free(&op);
  EXPECT(op == MPI_OP_NULL);
  MPI_Comm_dup(MPI_COMM_WORLD, &comm);
  g_expected_comm = comm;
  MPI_Comm_create_keyval(copy_attribute, delete_attribute, &keyval, &extra);
  MPI_Comm_set_attr(comm, keyval, &value);
  MPI_Comm_dup(comm, &copy);
  MPI_Comm_get_attr(copy, keyval, &found, &flag);
  EXPECT(g_copied == 1 && flag && found == &value);
  MPI_Comm_free(&copy);
  EXPECT(g_deleted == 1);
  MPI_Comm_create_errhandler(handle_error, &handler);
  MPI_Comm_set_errhandler(comm, handler);
  MPI_Errhandler_free(&handler);
  MPI_Send(&value, 1, MPI_INT, g_size + 100, 0, comm);
  EXPECT(g_handled == 1);
  MPI_Comm_delete_attr(comm, keyval);
  MPI_Comm_free_keyval(&keyval);
  EXPECT(g_deleted == 2 && keyval == MPI_KEYVAL_INVALID);
  MPI_Comm_free(&comm);
  MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_TAG_UB, &found, &flag);
  EXPECT(flag && *found >= 32767);
}

static void check_collectives(void) {
  int sum = g_rank + 1, *all = calloc((size_t)g_size, sizeof *all);
  struct {
    double value;
    int rank;
  } place = {-(double)g_rank, g_rank};
  MPI_Request request;
  MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  EXPECT(sum == g_size * (g_size + 1) / 2);
  MPI_Allreduce(MPI_IN_PLACE, &place, 1, MPI_DOUBLE_INT, MPI_MAXLOC, MPI_COMM_WORLD);
  EXPECT(place.rank == 0);
  all[g_rank] = g_rank * 3;
  MPI_Allgather(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all, 1, MPI_INT, MPI_COMM_WORLD);
  for (int i = 0; i < g_size; ++i) EXPECT(all[i] == i * 3);
  MPI_Ibcast(all, g_size, MPI_INT, g_size - 1, MPI_COMM_WORLD, &request);
  MPI_Wait(&request, MPI_STATUS_IGNORE);
  free(all);
}

static void check_windows(void) {
  int *memory = NULL, give = g_rank + 10, *base = NULL, flag = 0;
  MPI_Win window;
  // Not just one element: MPICH 4.0 puts smaller windows of one node in the wrong place.
  MPI_Win_allocate(16 * sizeof *memory, sizeof *memory, MPI_INFO_NULL, MPI_COMM_WORLD, &memory, &window);
  *memory = -1;
  MPI_Barrier(MPI_COMM_WORLD);
  MPI_Win_fence(MPI_MODE_NOPRECEDE, window);
  MPI_Put(&give, 1, MPI_INT, (g_rank + 1) % g_size, 0, 1, MPI_INT, window);
  MPI_Win_fence(MPI_MODE_NOSUCCEED | MPI_MODE_NOSTORE, window);
  EXPECT(*memory == (g_rank + g_size - 1) % g_size + 10);
  MPI_Win_get_attr(window, MPI_WIN_BASE, &base, &flag);
  EXPECT(flag && base == memory);
  MPI_Win_free(&window);
  EXPECT(window == MPI_WIN_NULL);
}

// A strided view makes the library communicate by itself: what it calls must not come to us.
static void check_io(const char* path) {
  int data[64], sizes[1] = {64 * g_size}, part[1] = {64}, start[1] = {64 * g_rank}, count = -1, mode = 0;
  char representation[MPI_MAX_DATAREP_STRING];
  MPI_File file;
  MPI_Datatype view, etype, filetype;
  MPI_Status status;
  MPI_Offset displacement, bytes;
  for (int i = 0; i < 64; ++i) data[i] = g_rank * 1000 + i;
  EXPECT(MPI_File_open(MPI_COMM_WORLD, path, MPI_MODE_CREATE | MPI_MODE_RDWR | MPI_MODE_DELETE_ON_CLOSE, MPI_INFO_NULL, &file) == MPI_SUCCESS);
  if (g_failure[0] != 0) return;
  MPI_Type_create_subarray(1, sizes, part, start, MPI_ORDER_C, MPI_INT, &view);
  MPI_Type_commit(&view);
  MPI_File_set_view(file, 0, MPI_INT, view, "native", MPI_INFO_NULL);
  MPI_File_write_all(file, data, 64, MPI_INT, &status);
  MPI_Get_count(&status, MPI_INT, &count);
  EXPECT(count == 64);
  memset(data, 0, sizeof data);
  MPI_File_seek(file, 0, MPI_SEEK_SET);
  MPI_File_read_all(file, data, 64, MPI_INT, &status);
  MPI_Get_count(&status, MPI_INT, &count);
  EXPECT(count == 64);
  for (int i = 0; i < 64; ++i) EXPECT(data[i] == g_rank * 1000 + i);
  MPI_File_get_view(file, &displacement, &etype, &filetype, representation);
  EXPECT(displacement == 0 && etype == MPI_INT && strcmp(representation, "native") == 0);
  if (filetype != view) MPI_Type_free(&filetype);
  MPI_File_get_amode(file, &mode);
  EXPECT(mode == (MPI_MODE_CREATE | MPI_MODE_RDWR | MPI_MODE_DELETE_ON_CLOSE));
  MPI_File_sync(file);
  MPI_Barrier(MPI_COMM_WORLD);
  MPI_File_get_size(file, &bytes);
  EXPECT(bytes == (MPI_Offset)sizeof data * g_size);
  MPI_Type_free(&view);
  MPI_File_close(&file);
  EXPECT(file == MPI_FILE_NULL);
  g_io_calls = 1;
  EXPECT(MPI_File_open(MPI_COMM_SELF, "/nonexistent/selftest", MPI_MODE_RDONLY, MPI_INFO_NULL, &file) != MPI_SUCCESS);
}

static void check_errors(void) {
  char text[MPI_MAX_ERROR_STRING];
  int length = 0, error_class = -1, own_class = -1, own_code = -1;
  MPI_Comm comm;
  MPI_Comm_dup(MPI_COMM_WORLD, &comm);
  MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN);
  const int code = MPI_Send(&length, -1, MPI_INT, 0, 0, comm);
  MPI_Error_class(code, &error_class);
  EXPECT(code != MPI_SUCCESS && error_class == MPI_ERR_COUNT);
  EXPECT(MPI_Error_string(code, text, &length) == MPI_SUCCESS && length > 0 && length < MPI_MAX_ERROR_STRING);
  MPI_Add_error_class(&own_class);
  MPI_Add_error_code(own_class, &own_code);
  MPI_Add_error_string(own_code, "of the selftest");
  MPI_Error_string(own_code, text, &length);
  MPI_Error_class(own_code, &error_class);
  EXPECT(own_class > MPI_ERR_LASTCODE || own_class > 0);
  EXPECT(strcmp(text, "of the selftest") == 0 && error_class == own_class);
  MPI_Comm_free(&comm);
}

int main(int argc, char** argv) {
  int before = -1, after = -1, provided = -1;
  MPI_Initialized(&before);
  MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &g_rank);
  MPI_Comm_size(MPI_COMM_WORLD, &g_size);
  begin("start");
  EXPECT(before == 0 && provided >= MPI_THREAD_SINGLE && provided <= MPI_THREAD_MULTIPLE);
  check_versions();
  report("start");
#define RUN(name, call)   \
  begin(name), call, report(name)
  RUN("handles", check_handles());
  RUN("statuses", check_statuses());
  RUN("callbacks", check_callbacks());
  RUN("collectives", check_collectives());
  RUN("errors", check_errors());
  RUN("windows", check_windows());
  RUN("MPI-IO", check_io(argc > 1 ? argv[1] : "tulkki-selftest.tmp"));
  // report() is all that calls MPI_Bcast, and twice here does a check call MPI_Allreduce.
  if (g_rank == 0) printf("selftest calls MPI_File_write_all %d MPI_File_read_all %d MPI_Allreduce %d\n", g_io_calls, g_io_calls, 8 + 2);
  fflush(stdout);
  begin("end");
  MPI_Finalize();
  MPI_Finalized(&after);
  if (g_rank == 0) printf("selftest end %s\n", after ? "ok" : "failed: MPI_Finalized says no");
  return 0;
}
