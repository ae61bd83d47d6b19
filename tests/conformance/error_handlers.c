// SPDX-License-Identifier: Apache-2.0
// Error handlers of communicators, windows and files: what they are given, freed while in use, set and asked for, and
// the handlers that MPI has. MPI-4.1: 9.3.
#include "check.h"

static int comm_errors, window_errors, file_errors, wrong;
static MPI_Comm expected_comm;
static MPI_Win expected_window;
static MPI_File expected_file;
static int expected_class;

static void on_comm(MPI_Comm* comm, int* code, ...) {
  char text[MPI_MAX_ERROR_STRING];
  int length = 0, result = MPI_UNEQUAL;
  comm_errors++;
  wrong += *comm != expected_comm || class_of(*code) != expected_class;
  MPI_Comm_compare(*comm, expected_comm, &result);   // a call inside of the handler
  MPI_Error_string(*code, text, &length);
  wrong += result != MPI_IDENT || length <= 0 || (int)strlen(text) != length;
}
static void on_comm_too(MPI_Comm* comm, int* code, ...) {
  (void)comm, (void)code;
  comm_errors += 100;
}
static void on_window(MPI_Win* window, int* code, ...) {
  window_errors++;
  wrong += *window != expected_window || class_of(*code) != expected_class;
}
static void on_file(MPI_File* file, int* code, ...) {
  file_errors++;
  wrong += *file != expected_file || class_of(*code) != expected_class;
}

static void of_communicators(void) {
  MPI_Comm comm, duplicate;
  MPI_Errhandler handler, second, found;
  int value = 0;
  MPI_Comm_dup(MPI_COMM_WORLD, &comm);
  CHECK_GOOD(MPI_Comm_create_errhandler(on_comm, &handler));
  CHECK_GOOD(MPI_Comm_create_errhandler(on_comm_too, &second));
  CHECK(handler != second && handler != MPI_ERRHANDLER_NULL);
  CHECK_GOOD(MPI_Comm_set_errhandler(comm, handler));
  CHECK_GOOD(MPI_Comm_get_errhandler(comm, &found));
  CHECK(found == handler);
  MPI_Errhandler_free(&found);
  CHECK(found == MPI_ERRHANDLER_NULL);
  CHECK_GOOD(MPI_Errhandler_free(&handler));   // stays with the communicator
  CHECK(handler == MPI_ERRHANDLER_NULL);
  expected_comm = comm;
  expected_class = MPI_ERR_RANK;
  CHECK_CLASS(MPI_Send(&value, 1, MPI_INT, size + 5, 0, comm), MPI_ERR_RANK);
  CHECK_EQUAL(comm_errors, 1);
  expected_class = MPI_ERR_TAG;
  CHECK_CLASS(MPI_Send(&value, 1, MPI_INT, 0, -25, comm), MPI_ERR_TAG);
  CHECK_EQUAL(comm_errors, 2);
  expected_class = MPI_ERR_COUNT;
  CHECK_CLASS(MPI_Send(&value, -1, MPI_INT, 0, 0, comm), MPI_ERR_COUNT);
  expected_class = MPI_ERR_TYPE;
  CHECK_CLASS(MPI_Send(&value, 1, MPI_DATATYPE_NULL, 0, 0, comm), MPI_ERR_TYPE);
  expected_class = MPI_ERR_ROOT;
  CHECK_CLASS(MPI_Bcast(&value, 1, MPI_INT, size, comm), MPI_ERR_ROOT);
  CHECK_EQUAL(comm_errors, 5);
  // Duplicates take the handler along.
  MPI_Comm_dup(comm, &duplicate);
  expected_comm = duplicate;
  expected_class = MPI_ERR_RANK;
  MPI_Send(&value, 1, MPI_INT, -77, 0, duplicate);
  CHECK_EQUAL(comm_errors, 6);
  MPI_Comm_set_errhandler(duplicate, second);
  MPI_Errhandler_free(&second);
  MPI_Send(&value, 1, MPI_INT, -77, 0, duplicate);
  CHECK_EQUAL(comm_errors, 106);
  MPI_Comm_free(&duplicate);
  expected_comm = comm;
  expected_class = MPI_ERR_OTHER;
  CHECK_GOOD(MPI_Comm_call_errhandler(comm, MPI_ERR_OTHER));
  CHECK_EQUAL(comm_errors, 107);
  MPI_Comm_free(&comm);
}

static void predefined(void) {
  MPI_Errhandler found;
  CHECK_GOOD(MPI_Comm_get_errhandler(MPI_COMM_WORLD, &found));
  CHECK(found == MPI_ERRORS_ARE_FATAL);
  CHECK_GOOD(MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN));
  MPI_Comm_get_errhandler(MPI_COMM_SELF, &found);
  CHECK(found == MPI_ERRORS_RETURN);
  MPI_File_get_errhandler(MPI_FILE_NULL, &found);
  CHECK(found == MPI_ERRORS_RETURN);
}

static void of_windows(void) {
  int memory[4];
  MPI_Win window;
  MPI_Errhandler handler, found;
  MPI_Win_create(memory, sizeof memory, sizeof(int), MPI_INFO_NULL, MPI_COMM_WORLD, &window);
  CHECK_GOOD(MPI_Win_create_errhandler(on_window, &handler));
  CHECK_GOOD(MPI_Win_set_errhandler(window, handler));
  CHECK_GOOD(MPI_Win_get_errhandler(window, &found));
  CHECK(found == handler);
  MPI_Errhandler_free(&found);
  CHECK_GOOD(MPI_Errhandler_free(&handler));
  expected_window = window;
  expected_class = MPI_ERR_OTHER;
  CHECK_GOOD(MPI_Win_call_errhandler(window, MPI_ERR_OTHER));
  CHECK_EQUAL(window_errors, 1);
  MPI_Win_fence(0, window);
  expected_class = MPI_ERR_RANK;
  CHECK_CLASS(MPI_Put(memory, 1, MPI_INT, size + 3, 0, 1, MPI_INT, window), MPI_ERR_RANK);
  CHECK_EQUAL(window_errors, 2);
  MPI_Win_fence(0, window);
  MPI_Win_set_errhandler(window, MPI_ERRORS_RETURN);
  MPI_Win_free(&window);
}

static void of_files(void) {
  MPI_File file;
  MPI_Errhandler handler, found;
  char name[100];
  int value;
  snprintf(name, sizeof name, "error_handlers.%d", rank);
  CHECK_GOOD(MPI_File_create_errhandler(on_file, &handler));
  CHECK_GOOD(MPI_File_set_errhandler(MPI_FILE_NULL, handler));
  expected_file = MPI_FILE_NULL;
  expected_class = MPI_ERR_NO_SUCH_FILE;
  CHECK_CLASS(MPI_File_open(MPI_COMM_SELF, "no/such/file", MPI_MODE_RDONLY, MPI_INFO_NULL, &file),
              MPI_ERR_NO_SUCH_FILE);
  CHECK_EQUAL(file_errors, 1);
  MPI_File_set_errhandler(MPI_FILE_NULL, MPI_ERRORS_RETURN);
  CHECK_GOOD(MPI_File_open(MPI_COMM_SELF, name, MPI_MODE_CREATE | MPI_MODE_WRONLY | MPI_MODE_DELETE_ON_CLOSE,
                           MPI_INFO_NULL, &file));
  CHECK_GOOD(MPI_File_set_errhandler(file, handler));
  CHECK_GOOD(MPI_File_get_errhandler(file, &found));
  CHECK(found == handler);
  MPI_Errhandler_free(&found);
  CHECK_GOOD(MPI_Errhandler_free(&handler));
  expected_file = file;
  expected_class = MPI_ERR_ACCESS;
  CHECK_CLASS(MPI_File_read_at(file, 0, &value, 1, MPI_INT, MPI_STATUS_IGNORE), MPI_ERR_ACCESS);
  CHECK_EQUAL(file_errors, 2);
  expected_class = MPI_ERR_OTHER;
  CHECK_GOOD(MPI_File_call_errhandler(file, MPI_ERR_OTHER));
  CHECK_EQUAL(file_errors, 3);
  CHECK_GOOD(MPI_File_close(&file));
  CHECK(file == MPI_FILE_NULL);
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  predefined();
  of_communicators();
  of_windows();
  of_files();
  CHECK_EQUAL(wrong, 0);
  return conclude();
}
