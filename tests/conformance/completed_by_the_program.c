// SPDX-License-Identifier: Apache-2.0
// Generalized requests (their callbacks, statuses and errors), matched probes, buffered sends, and the tool interface.
// MPI-4.1: 13.2, 3.8.2, 3.6, 15.3.
#include "check.h"

static int other, queried, released, cancelled_with;
static char state[2];

static int query(void* extra, MPI_Status* status) {
  queried += extra == state ? 1 : 100;
  MPI_Status_set_elements(status, MPI_INT, 7);
  MPI_Status_set_cancelled(status, cancelled_with == 0);
  status->MPI_SOURCE = 42;
  status->MPI_TAG = 43;
  return MPI_SUCCESS;
}
static int release(void* extra) {
  released += extra == state ? 1 : 100;
  return MPI_SUCCESS;
}
static int cancel(void* extra, int complete) {
  cancelled_with = extra == state ? complete : 100;
  return MPI_SUCCESS;
}

static void generalized(void) {
  int flag = -1, count = 0, indices[2], done = 0;
  MPI_Request request, two[2];
  MPI_Status status, statuses[2];
  cancelled_with = -1;
  CHECK_GOOD(MPI_Grequest_start(query, release, cancel, state, &request));
  CHECK_GOOD(MPI_Test(&request, &flag, &status));
  CHECK(!flag && request != MPI_REQUEST_NULL);
  CHECK_GOOD(MPI_Grequest_complete(request));
  CHECK_GOOD(MPI_Wait(&request, &status));
  CHECK(request == MPI_REQUEST_NULL && queried == 1 && released == 1);
  CHECK(status.MPI_SOURCE == 42 && status.MPI_TAG == 43);
  MPI_Get_count(&status, MPI_INT, &count);
  MPI_Test_cancelled(&status, &flag);
  CHECK(count == 7 && !flag);
  CHECK_GOOD(MPI_Grequest_start(query, release, cancel, state, &request));
  CHECK_GOOD(MPI_Cancel(&request));
  CHECK_EQUAL(cancelled_with, 0);
  MPI_Grequest_complete(request);
  MPI_Wait(&request, &status);
  MPI_Test_cancelled(&status, &flag);
  CHECK(flag && released == 2);
  cancelled_with = -1;
  for (int i = 0; i < 2; i++) MPI_Grequest_start(query, release, cancel, state, &two[i]);
  MPI_Grequest_complete(two[1]);
  CHECK_GOOD(MPI_Waitsome(2, two, &done, indices, statuses));
  CHECK(done == 1 && indices[0] == 1 && statuses[0].MPI_TAG == 43);
  MPI_Grequest_complete(two[0]);
  CHECK_GOOD(MPI_Waitall(2, two, statuses));
  CHECK_EQUAL(released, 4);
}

static void matched(void) {
  int in = -1, flag = 0, count = 0;
  MPI_Message message;
  MPI_Status status;
  MPI_Request request;
  CHECK_GOOD(MPI_Mprobe(MPI_PROC_NULL, 0, MPI_COMM_WORLD, &message, &status));
  CHECK(message == MPI_MESSAGE_NO_PROC && status.MPI_SOURCE == MPI_PROC_NULL);
  CHECK_GOOD(MPI_Mrecv(&in, 1, MPI_INT, &message, &status));
  CHECK(message == MPI_MESSAGE_NULL && status.MPI_SOURCE == MPI_PROC_NULL && in == -1);
  MPI_Isend(&rank, 1, MPI_INT, other, 3, MPI_COMM_WORLD, &request);
  while (!flag) CHECK_GOOD(MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &flag, &message, &status));
  CHECK(message != MPI_MESSAGE_NULL && status.MPI_SOURCE == other && status.MPI_TAG == 3);
  MPI_Get_count(&status, MPI_INT, &count);
  CHECK_EQUAL(count, 1);
  MPI_Wait(&request, MPI_STATUS_IGNORE);
  CHECK_GOOD(MPI_Imrecv(&in, 1, MPI_INT, &message, &request));
  CHECK(message == MPI_MESSAGE_NULL);
  CHECK_GOOD(MPI_Wait(&request, &status));
  CHECK(in == other && status.MPI_TAG == 3);
  MPI_Improbe(MPI_ANY_SOURCE, 99, MPI_COMM_WORLD, &flag, &message, &status);
  CHECK(!flag);
}

static void buffered(void) {
  enum { kMessages = 4 };
  char memory[kMessages * (sizeof(int) + MPI_BSEND_OVERHEAD)];   // what the program was compiled with must do
  void* detached = NULL;
  int bytes = 0, in[kMessages];
  CHECK_GOOD(MPI_Buffer_attach(memory, sizeof memory));
  for (int i = 0; i < kMessages; i++) CHECK_GOOD(MPI_Bsend(&i, 1, MPI_INT, other, i, MPI_COMM_WORLD));
  for (int i = 0; i < kMessages; i++) MPI_Recv(&in[i], 1, MPI_INT, other, i, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  CHECK(in[0] == 0 && in[3] == 3);
  CHECK_GOOD(MPI_Buffer_detach(&detached, &bytes));
  CHECK(detached == memory && bytes == sizeof memory);
}

static void control_variables(void) {
  char name[200], description[2000];
  int variables = 0, read = 0, provided;
  CHECK_GOOD(MPI_T_init_thread(MPI_THREAD_SINGLE, &provided));
  CHECK_GOOD(MPI_T_cvar_get_num(&variables));
  CHECK(variables > 0);
  for (int i = 0; i < variables; i++) {
    int name_length = sizeof name, text_length = sizeof description, verbosity, binding, scope, count = 0, index = -1;
    MPI_Datatype type = MPI_DATATYPE_NULL;
    MPI_T_enum enumeration = MPI_T_ENUM_NULL;
    MPI_T_cvar_handle handle;
    char value[4096];
    if (MPI_T_cvar_get_info(i, name, &name_length, &verbosity, &type, &enumeration, description, &text_length, &binding,
                            &scope) != MPI_SUCCESS)
      continue;
    CHECK(verbosity == MPI_T_VERBOSITY_USER_BASIC || verbosity == MPI_T_VERBOSITY_USER_DETAIL ||
          verbosity == MPI_T_VERBOSITY_USER_ALL || verbosity == MPI_T_VERBOSITY_TUNER_BASIC ||
          verbosity == MPI_T_VERBOSITY_TUNER_DETAIL || verbosity == MPI_T_VERBOSITY_TUNER_ALL ||
          verbosity == MPI_T_VERBOSITY_MPIDEV_BASIC || verbosity == MPI_T_VERBOSITY_MPIDEV_DETAIL ||
          verbosity == MPI_T_VERBOSITY_MPIDEV_ALL);
    CHECK(scope == MPI_T_SCOPE_CONSTANT || scope == MPI_T_SCOPE_READONLY || scope == MPI_T_SCOPE_LOCAL ||
          scope == MPI_T_SCOPE_GROUP || scope == MPI_T_SCOPE_GROUP_EQ || scope == MPI_T_SCOPE_ALL ||
          scope == MPI_T_SCOPE_ALL_EQ);
    CHECK(type == MPI_INT || type == MPI_UNSIGNED || type == MPI_UNSIGNED_LONG || type == MPI_UNSIGNED_LONG_LONG ||
          type == MPI_COUNT || type == MPI_CHAR || type == MPI_DOUBLE || type == MPI_DATATYPE_NULL || type == MPI_C_BOOL ||
          type == MPI_LONG || type == MPI_INT32_T || type == MPI_INT64_T || type == MPI_UINT32_T || type == MPI_UINT64_T);
    if (i % 16 == 0 && MPI_T_cvar_get_index(name, &index) == MPI_SUCCESS) CHECK(index >= 0 && index < variables);
    if (binding != MPI_T_BIND_NO_OBJECT || type != MPI_INT || read > 20) continue;
    CHECK_GOOD(MPI_T_cvar_handle_alloc(i, NULL, &handle, &count));
    if (count * sizeof(int) <= sizeof value) CHECK_GOOD(MPI_T_cvar_read(handle, value));
    CHECK_GOOD(MPI_T_cvar_handle_free(&handle));
    CHECK(handle == MPI_T_CVAR_HANDLE_NULL);
    read++;
  }
  CHECK(read > 0);
  CHECK(MPI_T_cvar_get_index("no such variable", &read) == MPI_T_ERR_INVALID_NAME);
}

static void performance_variables(void) {
  int variables = 0;
  MPI_T_pvar_session session;
  CHECK_GOOD(MPI_T_pvar_get_num(&variables));
  CHECK_GOOD(MPI_T_pvar_session_create(&session));
  for (int i = 0; i < variables && i < 50; i++) {
    char name[200], description[2000], value[4096];
    int name_length = sizeof name, text_length = sizeof description, verbosity, kind, binding, readonly, continuous, atomic;
    int count = 0;
    MPI_Datatype type;
    MPI_T_enum enumeration;
    MPI_T_pvar_handle handle;
    MPI_Comm comm = MPI_COMM_WORLD;
    if (MPI_T_pvar_get_info(i, name, &name_length, &verbosity, &kind, &type, &enumeration, description, &text_length,
                            &binding, &readonly, &continuous, &atomic) != MPI_SUCCESS)
      continue;
    CHECK(kind == MPI_T_PVAR_CLASS_STATE || kind == MPI_T_PVAR_CLASS_LEVEL || kind == MPI_T_PVAR_CLASS_SIZE ||
          kind == MPI_T_PVAR_CLASS_PERCENTAGE || kind == MPI_T_PVAR_CLASS_HIGHWATERMARK ||
          kind == MPI_T_PVAR_CLASS_LOWWATERMARK || kind == MPI_T_PVAR_CLASS_COUNTER ||
          kind == MPI_T_PVAR_CLASS_AGGREGATE || kind == MPI_T_PVAR_CLASS_TIMER || kind == MPI_T_PVAR_CLASS_GENERIC);
    if (strncmp(name, "mtl_", 4) == 0) continue;   // Open MPI's of networks that are not there crash
    if (binding != MPI_T_BIND_NO_OBJECT && binding != MPI_T_BIND_MPI_COMM) continue;
    if (MPI_T_pvar_handle_alloc(session, i, binding == MPI_T_BIND_MPI_COMM ? &comm : NULL, &handle, &count) != MPI_SUCCESS)
      continue;
    if (!continuous) MPI_T_pvar_start(session, handle);
    if (count * 8 <= (int)sizeof value) MPI_T_pvar_read(session, handle, value);
    if (!continuous) MPI_T_pvar_stop(session, handle);
    CHECK_GOOD(MPI_T_pvar_handle_free(session, &handle));
  }
  CHECK_GOOD(MPI_T_pvar_session_free(&session));
  CHECK(session == MPI_T_PVAR_SESSION_NULL);
  MPI_T_finalize();
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  other = 1 - rank;
  generalized();
  matched();
  buffered();
  control_variables();
  performance_variables();
  return conclude();
}
