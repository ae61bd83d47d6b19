// SPDX-License-Identifier: Apache-2.0
// Keys of info objects belong to the program and to the MPI library: whoever stands between hands them through, those of
// MPI 4.1 (mpi_memory_alloc_kinds) and of nobody alike. Prints what came back, to be compared with the MPI's own program.
#include "check.h"

static const char* const kGiven[][2] = {
    {"mpi_memory_alloc_kinds", "system,mpi:alloc_mem,cuda:device:host"}, {"mpi_assert_no_any_tag", "true"},
    {"tulkki_key_of_nobody", "a value, with = and ; and spaces"}, {"no_locks", "false"}, {"cb_nodes", "1"}};
enum { kCount = sizeof kGiven / sizeof *kGiven };

static MPI_Info make(void) {
  MPI_Info info;
  MPI_Info_create(&info);
  for (int i = 0; i < kCount; ++i) CHECK_GOOD(MPI_Info_set(info, kGiven[i][0], kGiven[i][1]));
  return info;
}

// Values that differ between launches are left out.
static void tell(const char* of, MPI_Info info, int values) {
  int keys = 0;
  CHECK_GOOD(MPI_Info_get_nkeys(info, &keys));
  for (int i = 0; i < keys; ++i) {
    char key[MPI_MAX_INFO_KEY + 1], value[MPI_MAX_INFO_VAL + 1] = "";
    int there = 0;
    CHECK_GOOD(MPI_Info_get_nthkey(info, i, key));
    CHECK_GOOD(MPI_Info_get(info, key, MPI_MAX_INFO_VAL, value, &there));
    CHECK(there);
    if (rank == 0) printf("INFO %s %s=%s\n", of, key, values ? value : "");
  }
}

int main(int argc, char** argv) {
  MPI_Info given, got;
  MPI_Comm comm;
  MPI_Win window;
  void* memory;
  begin(&argc, &argv);
  given = make();
  CHECK_GOOD(MPI_Info_dup(given, &got));
  for (int i = 0; i < kCount; ++i) {
    char value[MPI_MAX_INFO_VAL + 1] = "";
    int there = 0, length = 0;
    CHECK_GOOD(MPI_Info_get(got, kGiven[i][0], MPI_MAX_INFO_VAL, value, &there));
    CHECK(there && strcmp(value, kGiven[i][1]) == 0);
    CHECK_GOOD(MPI_Info_get_valuelen(got, kGiven[i][0], &length, &there));
    CHECK_EQUAL(length, (int)strlen(kGiven[i][1]));
  }
  MPI_Info_free(&got);
  tell("env", MPI_INFO_ENV, 0);
  CHECK_GOOD(MPI_Comm_dup_with_info(MPI_COMM_WORLD, given, &comm));
  CHECK_GOOD(MPI_Comm_set_info(comm, given));
  CHECK_GOOD(MPI_Comm_get_info(comm, &got));
  tell("comm", got, 1);
  MPI_Info_free(&got);
  CHECK_GOOD(MPI_Win_allocate(64, 1, given, comm, &memory, &window));
  CHECK_GOOD(MPI_Win_get_info(window, &got));
  tell("win", got, 1);
  MPI_Info_free(&got);
  MPI_Win_free(&window);
#if MPI_VERSION >= 4
  MPI_Session session;
  if (MPI_Session_init(given, MPI_ERRORS_RETURN, &session) == MPI_SUCCESS) {
    CHECK_GOOD(MPI_Session_get_info(session, &got));
    MPI_Info_free(&got);   // emulated on Open MPI 4.1, whose own programs have none to compare with
    MPI_Session_finalize(&session);
  }
#endif
  MPI_Comm_free(&comm);
  MPI_Info_free(&given);
  return conclude();
}
