// SPDX-License-Identifier: Apache-2.0
// Attributes: what the callbacks are given, MPI calls and errors inside of them, their order, thousands of keys, and the
// attributes that MPI itself keeps. MPI-4.1: 7.7, 8.1.2, 11.2.6.
#include "check.h"

enum { kChurn = 3000, kOwnError = 17 };

static char state[4];
static int copies, deletions, wrong, refuse_copy, refuse_delete;
static MPI_Comm expected_comm;
static int expected_keyval;
static int order[8], ordered;

static int copy(MPI_Comm comm, int keyval, void* extra, void* value, void* copied, int* flag) {
  int members = 0, result = MPI_UNEQUAL, found = 0;
  void* stored = NULL;
  wrong += comm != expected_comm || keyval != expected_keyval || extra != &state[1] || value != &state[2];
  MPI_Comm_size(comm, &members);
  MPI_Comm_compare(comm, expected_comm, &result);
  MPI_Comm_get_attr(comm, keyval, &stored, &found);
  wrong += members != size || result != MPI_IDENT || !found || stored != value;
  copies++;
  if (refuse_copy) return kOwnError;
  *(void**)copied = &state[3];
  *flag = 1;
  return MPI_SUCCESS;
}

static int delete_value(MPI_Comm comm, int keyval, void* value, void* extra) {
  int number = -1;
  wrong += comm != expected_comm || keyval != expected_keyval || extra != &state[1];
  wrong += value != &state[2] && value != &state[3];
  MPI_Comm_rank(comm, &number);
  wrong += number != rank;
  deletions++;
  return refuse_delete ? kOwnError : MPI_SUCCESS;
}

static void of_communicators(void) {
  MPI_Comm comm, duplicate = MPI_COMM_NULL;
  void* value = NULL;
  int flag = 0, keyval = MPI_KEYVAL_INVALID;
  CHECK_GOOD(MPI_Comm_dup(MPI_COMM_WORLD, &comm));
  MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN);
  CHECK_GOOD(MPI_Comm_create_keyval(copy, delete_value, &keyval, &state[1]));
  CHECK(keyval != MPI_KEYVAL_INVALID);
  expected_keyval = keyval;
  expected_comm = comm;
  CHECK_GOOD(MPI_Comm_get_attr(comm, keyval, &value, &flag));
  CHECK(!flag);
  CHECK_GOOD(MPI_Comm_set_attr(comm, keyval, &state[2]));
  CHECK_GOOD(MPI_Comm_get_attr(comm, keyval, &value, &flag));
  CHECK(flag && value == &state[2]);
  CHECK_GOOD(MPI_Comm_dup(comm, &duplicate));
  CHECK_EQUAL(copies, 1);
  MPI_Comm_get_attr(duplicate, keyval, &value, &flag);
  CHECK(flag && value == &state[3]);
  expected_comm = duplicate;
  CHECK_GOOD(MPI_Comm_free(&duplicate));
  CHECK_EQUAL(deletions, 1);
  expected_comm = comm;
  CHECK_GOOD(MPI_Comm_set_attr(comm, keyval, &state[3]));   // replacing deletes
  CHECK_EQUAL(deletions, 2);
  CHECK_GOOD(MPI_Comm_delete_attr(comm, keyval));
  CHECK_EQUAL(deletions, 3);
  // Errors of the functions become errors of the call.
  MPI_Comm_set_attr(comm, keyval, &state[2]);
  refuse_copy = 1;
  CHECK(MPI_Comm_dup(comm, &duplicate) != MPI_SUCCESS);
  refuse_copy = 0;
  refuse_delete = 1;
  CHECK(MPI_Comm_delete_attr(comm, keyval) != MPI_SUCCESS);
  refuse_delete = 0;
  MPI_Comm_get_attr(comm, keyval, &value, &flag);
  if (flag) CHECK_GOOD(MPI_Comm_delete_attr(comm, keyval));
  CHECK_GOOD(MPI_Comm_free_keyval(&keyval));
  CHECK_EQUAL(keyval, MPI_KEYVAL_INVALID);
  CHECK_GOOD(MPI_Comm_free(&comm));
  CHECK_EQUAL(wrong, 0);
}

static MPI_Datatype expected_type;
static MPI_Win expected_window;

static int copy_type(MPI_Datatype type, int keyval, void* extra, void* value, void* copied, int* flag) {
  int bytes = 0;
  MPI_Type_size(type, &bytes);
  wrong += type != expected_type || bytes != 12 || extra != &state[0];
  (void)keyval;
  *(void**)copied = value;
  *flag = 1;
  copies++;
  return MPI_SUCCESS;
}
static int delete_type(MPI_Datatype type, int keyval, void* value, void* extra) {
  (void)keyval;
  wrong += value != &state[2] || extra != &state[0] || type != expected_type;
  deletions++;
  return MPI_SUCCESS;
}
static int delete_window(MPI_Win window, int keyval, void* value, void* extra) {
  MPI_Group group;
  wrong += window != expected_window || value != &state[2] || extra != &state[0];
  (void)keyval;
  if (MPI_Win_get_group(window, &group) == MPI_SUCCESS) MPI_Group_free(&group);
  else wrong++;
  deletions++;
  return MPI_SUCCESS;
}

static void of_types_and_windows(void) {
  MPI_Datatype type, duplicate;
  MPI_Win window;
  void* value;
  int keyval, flag, before = deletions;
  MPI_Type_contiguous(3, MPI_INT, &type);
  expected_type = type;
  copies = 0;
  CHECK_GOOD(MPI_Type_create_keyval(copy_type, delete_type, &keyval, &state[0]));
  CHECK_GOOD(MPI_Type_set_attr(type, keyval, &state[2]));
  CHECK_GOOD(MPI_Type_dup(type, &duplicate));
  CHECK_EQUAL(copies, 1);
  CHECK_GOOD(MPI_Type_get_attr(duplicate, keyval, &value, &flag));
  CHECK(flag && value == &state[2]);
  CHECK_GOOD(MPI_Type_delete_attr(type, keyval));
  CHECK_GOOD(MPI_Type_free(&type));
  expected_type = duplicate;
  CHECK_GOOD(MPI_Type_delete_attr(duplicate, keyval));
  CHECK_EQUAL(deletions, before + 2);
  MPI_Type_free(&duplicate);
  CHECK_GOOD(MPI_Type_free_keyval(&keyval));
  // A named type can have attributes too.
  expected_type = MPI_INT;
  MPI_Type_create_keyval(MPI_TYPE_NULL_COPY_FN, delete_type, &keyval, &state[0]);
  CHECK_GOOD(MPI_Type_set_attr(MPI_INT, keyval, &state[2]));
  CHECK_GOOD(MPI_Type_delete_attr(MPI_INT, keyval));
  CHECK_EQUAL(deletions, before + 3);
  MPI_Type_free_keyval(&keyval);

  MPI_Win_create(state, sizeof state, 1, MPI_INFO_NULL, MPI_COMM_WORLD, &window);
  expected_window = window;
  CHECK_GOOD(MPI_Win_create_keyval(MPI_WIN_NULL_COPY_FN, delete_window, &keyval, &state[0]));
  CHECK_GOOD(MPI_Win_set_attr(window, keyval, &state[2]));
  CHECK_GOOD(MPI_Win_get_attr(window, keyval, &value, &flag));
  CHECK(flag && value == &state[2]);
  CHECK_GOOD(MPI_Win_free_keyval(&keyval));   // while it is in use
  CHECK_GOOD(MPI_Win_free(&window));
  CHECK_EQUAL(deletions, before + 4);
  CHECK_EQUAL(wrong, 0);
}

// The predefined functions: copied, not copied.
static void predefined_functions(void) {
  MPI_Comm duplicate;
  void* value;
  int keep, drop, flag;
  MPI_Comm_create_keyval(MPI_COMM_DUP_FN, MPI_COMM_NULL_DELETE_FN, &keep, NULL);
  MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, MPI_COMM_NULL_DELETE_FN, &drop, NULL);
  MPI_Comm_set_attr(MPI_COMM_SELF, keep, &state[1]);
  MPI_Comm_set_attr(MPI_COMM_SELF, drop, &state[1]);
  MPI_Comm_dup(MPI_COMM_SELF, &duplicate);
  MPI_Comm_get_attr(duplicate, keep, &value, &flag);
  CHECK(flag && value == &state[1]);
  MPI_Comm_get_attr(duplicate, drop, &value, &flag);
  CHECK(!flag);
  MPI_Comm_free(&duplicate);
  MPI_Comm_delete_attr(MPI_COMM_SELF, keep);
  MPI_Comm_delete_attr(MPI_COMM_SELF, drop);
  MPI_Comm_free_keyval(&keep);
  MPI_Comm_free_keyval(&drop);
}

static void churn(void) {
  int keyval, bad = 0, flag;
  void* value;
  for (int i = 0; i < kChurn; i++) {
    bad += MPI_Comm_create_keyval(MPI_COMM_DUP_FN, MPI_COMM_NULL_DELETE_FN, &keyval, &state[i % 4]) != MPI_SUCCESS;
    MPI_Comm_set_attr(MPI_COMM_SELF, keyval, &state[i % 3]);
    MPI_Comm_get_attr(MPI_COMM_SELF, keyval, &value, &flag);
    bad += !flag || value != &state[i % 3];
    MPI_Comm_delete_attr(MPI_COMM_SELF, keyval);
    MPI_Comm_free_keyval(&keyval);
  }
  CHECK_EQUAL(bad, 0);
}

static int* number_of(int keyval) {
  int flag = 0;
  int* value = NULL;
  CHECK_GOOD(MPI_Comm_get_attr(MPI_COMM_WORLD, keyval, &value, &flag));
  return flag ? value : NULL;
}

static void predefined_attributes(void) {
  int* value = number_of(MPI_TAG_UB);
  CHECK(value != NULL && *value >= 32767);
  value = number_of(MPI_IO);
  CHECK(value != NULL && (*value == MPI_ANY_SOURCE || *value == rank || *value == MPI_PROC_NULL));
  value = number_of(MPI_WTIME_IS_GLOBAL);
  CHECK(value == NULL || *value == 0 || *value == 1);
  value = number_of(MPI_LASTUSEDCODE);
  CHECK(value != NULL && *value >= MPI_ERR_LASTCODE);
  value = number_of(MPI_UNIVERSE_SIZE);
  CHECK(value == NULL || *value >= size);

  double memory[8];
  MPI_Win window;
  int flag;
  void* base;
  MPI_Aint* bytes;
  MPI_Win_create(memory, sizeof memory, sizeof(double), MPI_INFO_NULL, MPI_COMM_WORLD, &window);
  MPI_Win_get_attr(window, MPI_WIN_BASE, &base, &flag);
  CHECK(flag && base == memory);
  MPI_Win_get_attr(window, MPI_WIN_SIZE, &bytes, &flag);
  CHECK(flag && *bytes == sizeof memory);
  MPI_Win_get_attr(window, MPI_WIN_DISP_UNIT, &value, &flag);
  CHECK(flag && *value == sizeof(double));
  MPI_Win_get_attr(window, MPI_WIN_CREATE_FLAVOR, &value, &flag);
  CHECK(flag && *value == MPI_WIN_FLAVOR_CREATE);
  MPI_Win_get_attr(window, MPI_WIN_MODEL, &value, &flag);
  CHECK(flag && (*value == MPI_WIN_UNIFIED || *value == MPI_WIN_SEPARATE));
  MPI_Win_free(&window);
}

static int note_order(MPI_Comm comm, int keyval, void* value, void* extra) {
  int done = -1, member = -1;
  (void)keyval, (void)extra;
  MPI_Finalized(&done);
  MPI_Comm_rank(comm, &member);
  wrong += done != 0 || member != 0 || comm != MPI_COMM_SELF;
  if (ordered < 8) order[ordered++] = (int)((char*)value - state);
  return MPI_SUCCESS;
}

int main(int argc, char** argv) {
  int keyval;
  begin(&argc, &argv);
  of_communicators();
  of_types_and_windows();
  predefined_functions();
  churn();
  predefined_attributes();
  // Those of MPI_COMM_SELF go first in MPI_Finalize, the last one first.
  for (int i = 0; i < 3; i++) {
    MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, note_order, &keyval, NULL);
    MPI_Comm_set_attr(MPI_COMM_SELF, keyval, &state[i]);
  }
  MPI_Finalize();
  CHECK_EQUAL(ordered, 3);
  CHECK(order[0] == 2 && order[1] == 1 && order[2] == 0);
  CHECK_EQUAL(wrong, 0);
  return check_failures == 0 ? succeed() : 1;
}
