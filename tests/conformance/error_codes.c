// SPDX-License-Identifier: Apache-2.0
// Error classes, codes and strings: each class of the standard keeps its number, codes of the library keep their texts,
// classes and codes that the program adds come back as given. MPI-4.1: 9.4, 9.5.
#include "check.h"

static const int kClasses[] = {
    MPI_ERR_BUFFER, MPI_ERR_COUNT, MPI_ERR_TYPE, MPI_ERR_TAG, MPI_ERR_COMM, MPI_ERR_RANK, MPI_ERR_REQUEST,
    MPI_ERR_ROOT, MPI_ERR_GROUP, MPI_ERR_OP, MPI_ERR_TOPOLOGY, MPI_ERR_DIMS, MPI_ERR_ARG, MPI_ERR_UNKNOWN,
    MPI_ERR_TRUNCATE, MPI_ERR_OTHER, MPI_ERR_INTERN, MPI_ERR_PENDING, MPI_ERR_IN_STATUS, MPI_ERR_ACCESS,
    MPI_ERR_AMODE, MPI_ERR_ASSERT, MPI_ERR_BAD_FILE, MPI_ERR_BASE, MPI_ERR_CONVERSION, MPI_ERR_DISP,
    MPI_ERR_DUP_DATAREP, MPI_ERR_FILE_EXISTS, MPI_ERR_FILE_IN_USE, MPI_ERR_FILE, MPI_ERR_INFO_KEY,
    MPI_ERR_INFO_NOKEY, MPI_ERR_INFO_VALUE, MPI_ERR_INFO, MPI_ERR_IO, MPI_ERR_KEYVAL, MPI_ERR_LOCKTYPE,
    MPI_ERR_NAME, MPI_ERR_NO_MEM, MPI_ERR_NOT_SAME, MPI_ERR_NO_SPACE, MPI_ERR_NO_SUCH_FILE, MPI_ERR_PORT,
    MPI_ERR_QUOTA, MPI_ERR_READ_ONLY, MPI_ERR_RMA_ATTACH, MPI_ERR_RMA_CONFLICT, MPI_ERR_RMA_RANGE,
    MPI_ERR_RMA_SHARED, MPI_ERR_RMA_SYNC, MPI_ERR_SERVICE, MPI_ERR_SIZE, MPI_ERR_SPAWN,
    MPI_ERR_UNSUPPORTED_DATAREP, MPI_ERR_UNSUPPORTED_OPERATION, MPI_ERR_WIN, MPI_ERR_RMA_FLAVOR};

// A text within the limit, ended within the limit; nothing written behind it.
static int has_text(int code) {
  char text[MPI_MAX_ERROR_STRING + 16];
  int length = -1, good;
  memset(text, 'x', sizeof text);
  good = MPI_Error_string(code, text, &length) == MPI_SUCCESS;
  for (int i = MPI_MAX_ERROR_STRING; i < MPI_MAX_ERROR_STRING + 16; i++) good &= text[i] == 'x';
  return good && length > 0 && length < MPI_MAX_ERROR_STRING && text[length] == '\0' && (int)strlen(text) == length;
}

static void of_the_standard(void) {
  for (unsigned i = 0; i < sizeof kClasses / sizeof *kClasses; i++) {
    CHECK_EQUAL(class_of(kClasses[i]), kClasses[i]);
    CHECK(has_text(kClasses[i]));
    CHECK(kClasses[i] <= MPI_ERR_LASTCODE);
  }
#ifdef MPI_ERR_ABI   // of MPI-5.0, and newer than any library that one finds below
  static const int kNewer[] = {MPI_ERR_PROC_ABORTED, MPI_ERR_VALUE_TOO_LARGE, MPI_ERR_SESSION, MPI_ERR_ERRHANDLER,
                               MPI_ERR_ABI};
  for (unsigned i = 0; i < sizeof kNewer / sizeof *kNewer; i++) {
    CHECK_EQUAL(class_of(kNewer[i]), kNewer[i]);
    CHECK(has_text(kNewer[i]));
  }
#endif
  CHECK_EQUAL(class_of(MPI_SUCCESS), MPI_SUCCESS);
  CHECK(has_text(MPI_SUCCESS));
}

// Errors of calls: their class, and a text for the very code.
static void of_calls(void) {
  int value = 0, ranks[1] = {77}, dims[1] = {3}, keyval = MPI_KEYVAL_INVALID, code;
  MPI_Group group, part;
  MPI_Comm comm;
  MPI_Datatype type = MPI_INT;
  MPI_Info info;
  MPI_Request request = MPI_REQUEST_NULL;
#define FAILS(call, wanted)            \
  do {                                 \
    code = call;                       \
    CHECK_EQUAL(class_of(code), wanted); \
    CHECK(has_text(code));             \
  } while (0)
  FAILS(MPI_Send(&value, 1, MPI_INT, 55, 0, MPI_COMM_WORLD), MPI_ERR_RANK);
  FAILS(MPI_Comm_rank(MPI_COMM_NULL, &value), MPI_ERR_COMM);
  FAILS(MPI_Recv(&value, 1, MPI_INT, 0, -33, MPI_COMM_WORLD, MPI_STATUS_IGNORE), MPI_ERR_TAG);
  FAILS(MPI_Reduce(&value, &code, 1, MPI_INT, MPI_SUM, 9, MPI_COMM_WORLD), MPI_ERR_ROOT);
  FAILS(MPI_Cart_create(MPI_COMM_WORLD, 1, dims, dims, 0, &comm), class_of(code));   // argument or dimensions
  FAILS(MPI_Comm_get_attr(MPI_COMM_WORLD, keyval, &value, &value), class_of(code));
  FAILS(MPI_Start(&request), MPI_ERR_REQUEST);
  MPI_Comm_group(MPI_COMM_WORLD, &group);
  FAILS(MPI_Group_incl(group, 1, ranks, &part), MPI_ERR_RANK);
  FAILS(MPI_Group_size(MPI_GROUP_NULL, &value), MPI_ERR_GROUP);
  MPI_Group_free(&group);
  FAILS(MPI_Type_free(&type), MPI_ERR_TYPE);
  FAILS(MPI_Type_contiguous(-1, MPI_INT, &type), class_of(code));
  MPI_Info_create(&info);
  FAILS(MPI_Info_delete(info, "no such key"), MPI_ERR_INFO_NOKEY);
  MPI_Info_free(&info);
}

static int seen_code;
static void note_code(MPI_Comm* comm, int* code, ...) {
  (void)comm;
  seen_code = *code;
}

static void of_the_program(void) {
  char text[MPI_MAX_ERROR_STRING];
  int error_class, second_class, code, second_code, length, *last, flag;
  MPI_Errhandler handler;
  CHECK_GOOD(MPI_Add_error_class(&error_class));
  CHECK(error_class > MPI_ERR_LASTCODE);
  CHECK_GOOD(MPI_Add_error_code(error_class, &code));
  CHECK_GOOD(MPI_Add_error_code(MPI_ERR_TRUNCATE, &second_code));
  CHECK_GOOD(MPI_Add_error_class(&second_class));
  CHECK(second_class != error_class && code != error_class && second_code != code);
  CHECK_GOOD(MPI_Add_error_string(error_class, "a class of mine"));
  CHECK_GOOD(MPI_Add_error_string(code, "a code of mine"));
  CHECK_EQUAL(class_of(code), error_class);
  CHECK_EQUAL(class_of(second_code), MPI_ERR_TRUNCATE);
  CHECK_GOOD(MPI_Error_string(error_class, text, &length));
  CHECK(strcmp(text, "a class of mine") == 0);
  CHECK_GOOD(MPI_Error_string(code, text, &length));
  CHECK(strcmp(text, "a code of mine") == 0 && length == (int)strlen(text));
  CHECK_GOOD(MPI_Add_error_string(code, "another text"));
  MPI_Error_string(code, text, &length);
  CHECK(strcmp(text, "another text") == 0);
  CHECK_GOOD(MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_LASTUSEDCODE, &last, &flag));
  CHECK(flag && *last >= second_class && *last >= MPI_ERR_LASTCODE);
  // Through an error handler and back.
  MPI_Comm_create_errhandler(note_code, &handler);
  MPI_Comm_set_errhandler(MPI_COMM_SELF, handler);
  CHECK_GOOD(MPI_Comm_call_errhandler(MPI_COMM_SELF, code));
  CHECK_EQUAL(seen_code, code);
  CHECK_GOOD(MPI_Comm_call_errhandler(MPI_COMM_SELF, error_class));
  CHECK_EQUAL(seen_code, error_class);
  CHECK_GOOD(MPI_Comm_call_errhandler(MPI_COMM_SELF, second_code));
  CHECK_EQUAL(seen_code, second_code);
  for (unsigned i = 0; i < sizeof kClasses / sizeof *kClasses; i++) {
    MPI_Comm_call_errhandler(MPI_COMM_SELF, kClasses[i]);
    CHECK_EQUAL(seen_code, kClasses[i]);
  }
  MPI_Errhandler_free(&handler);
  MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
  of_the_standard();
  of_calls();
  of_the_program();
  return conclude();
}
