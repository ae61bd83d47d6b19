// SPDX-License-Identifier: Apache-2.0
// Texts that MPI writes: each within the limit that the program was compiled with, ended, its length told, and nothing
// behind it touched. The limits differ between ABIs.
#include "check.h"

enum { kGuard = 64 };
static char memory[10000];

static char* guarded(int limit) {
  if (limit + 2 * kGuard > (int)sizeof memory) _exit(72);
  memset(memory, 0x7e, sizeof memory);
  return memory + kGuard;
}
static int intact(int limit) {
  for (int i = 0; i < kGuard; i++)
    if (memory[i] != 0x7e || memory[kGuard + limit + i] != 0x7e) return 0;
  return 1;
}
// `length` is what the call said, or -1.
static int good_text(const char* text, int limit, int length) {
  int own = (int)strnlen(text, limit);
  return own < limit && intact(limit) && (length == -1 || length == own);
}

static void of_the_library(void) {
  int length = -1;
  char* text = guarded(MPI_MAX_LIBRARY_VERSION_STRING);
  CHECK_GOOD(MPI_Get_library_version(text, &length));
  CHECK(good_text(text, MPI_MAX_LIBRARY_VERSION_STRING, -1) && length > 4);   // Open MPI tells another length
  text = guarded(MPI_MAX_PROCESSOR_NAME);
  CHECK_GOOD(MPI_Get_processor_name(text, &length));
  CHECK(good_text(text, MPI_MAX_PROCESSOR_NAME, length) && length > 0);
  text = guarded(MPI_MAX_ERROR_STRING);
  CHECK_GOOD(MPI_Error_string(MPI_Send(NULL, 1, MPI_INT, 99, 0, MPI_COMM_SELF), text, &length));
  CHECK(good_text(text, MPI_MAX_ERROR_STRING, length) && length > 0);
}

// A name of the full length comes back; a longer one is cut or refused.
static void of_objects(void) {
  char name[MPI_MAX_OBJECT_NAME];
  int length = -1, window_memory;
  MPI_Comm comm;
  MPI_Datatype type;
  MPI_Win window;
  for (int i = 0; i < MPI_MAX_OBJECT_NAME; i++) name[i] = (char)('a' + i % 26);
  name[MPI_MAX_OBJECT_NAME - 1] = '\0';
  MPI_Comm_dup(MPI_COMM_SELF, &comm);
  MPI_Type_dup(MPI_INT, &type);
  MPI_Win_create(&window_memory, 4, 1, MPI_INFO_NULL, MPI_COMM_WORLD, &window);
  CHECK_GOOD(MPI_Comm_set_name(comm, name));
  char* text = guarded(MPI_MAX_OBJECT_NAME);
  CHECK_GOOD(MPI_Comm_get_name(comm, text, &length));
  CHECK(good_text(text, MPI_MAX_OBJECT_NAME, length) && length > 60 && strncmp(text, name, length) == 0);
  CHECK_GOOD(MPI_Type_set_name(type, name));
  text = guarded(MPI_MAX_OBJECT_NAME);
  CHECK_GOOD(MPI_Type_get_name(type, text, &length));
  CHECK(good_text(text, MPI_MAX_OBJECT_NAME, length) && length > 60 && strncmp(text, name, length) == 0);
  CHECK_GOOD(MPI_Win_set_name(window, name));
  text = guarded(MPI_MAX_OBJECT_NAME);
  CHECK_GOOD(MPI_Win_get_name(window, text, &length));
  CHECK(good_text(text, MPI_MAX_OBJECT_NAME, length) && length > 60 && strncmp(text, name, length) == 0);
  MPI_Win_free(&window);
  MPI_Type_free(&type);
  MPI_Comm_free(&comm);
}

static void of_infos(void) {
  char key[MPI_MAX_INFO_KEY], value[MPI_MAX_INFO_VAL];
  int flag, length, keys;
  MPI_Info info, copy;
  memset(key, 'k', sizeof key - 1);
  key[sizeof key - 1] = '\0';
  memset(value, 'v', sizeof value - 1);
  value[sizeof value - 1] = '\0';
  MPI_Info_create(&info);
  CHECK_GOOD(MPI_Info_set(info, "short", "a value"));
  char* text = guarded(3 + 1);
  int cut = MPI_Info_get(info, "short", 3, text, &flag);   // MPICH calls a text that does not fit an error
  if (cut != MPI_SUCCESS) CHECK_EQUAL(class_of(cut), MPI_ERR_INFO_VALUE);
  CHECK(flag && strcmp(text, "a v") == 0 && intact(4));
  CHECK_GOOD(MPI_Info_get_valuelen(info, "short", &length, &flag));
  CHECK(flag && length == 7);
  CHECK_GOOD(MPI_Info_get(info, "missing", 3, text, &flag));
  CHECK(!flag);
  int longest = MPI_Info_set(info, "long", value);   // one of these numbers counts the end of the text, one does not
  if (longest == MPI_SUCCESS) {
    text = guarded(MPI_MAX_INFO_VAL);
    CHECK_GOOD(MPI_Info_get(info, "long", MPI_MAX_INFO_VAL - 1, text, &flag));
    CHECK(flag && good_text(text, MPI_MAX_INFO_VAL, -1) && strncmp(text, value, strlen(text)) == 0);
  } else {
    CHECK_EQUAL(class_of(longest), MPI_ERR_INFO_VALUE);
  }
  if (MPI_Info_set(info, key, "for a long key") != MPI_SUCCESS) key[0] = '\0';
  MPI_Info_get_nkeys(info, &keys);
  CHECK_EQUAL(keys, 1 + (longest == MPI_SUCCESS) + (key[0] != '\0'));
  for (int i = 0; i < keys; i++) {
    text = guarded(MPI_MAX_INFO_KEY);
    CHECK_GOOD(MPI_Info_get_nthkey(info, i, text));
    CHECK(good_text(text, MPI_MAX_INFO_KEY, -1) && text[0] != '\0');
  }
  MPI_Info_dup(info, &copy);
  MPI_Info_get_nkeys(copy, &length);
  CHECK_EQUAL(length, keys);
  CHECK_GOOD(MPI_Info_delete(copy, "short"));
  CHECK_GOOD(MPI_Info_free(&copy));
  CHECK(copy == MPI_INFO_NULL);
  MPI_Info_free(&info);
}

static void of_ports(void) {
  char* text = guarded(MPI_MAX_PORT_NAME);
  if (MPI_Open_port(MPI_INFO_NULL, text) != MPI_SUCCESS) return;   // Debian's MPICH has none
  CHECK(good_text(text, MPI_MAX_PORT_NAME, -1) && text[0] != '\0');
  CHECK_GOOD(MPI_Close_port(text));
}

static void of_types(void) {
  char* text = guarded(MPI_MAX_OBJECT_NAME);
  int length;
  CHECK_GOOD(MPI_Type_get_name(MPI_C_LONG_DOUBLE_COMPLEX, text, &length));
  CHECK(good_text(text, MPI_MAX_OBJECT_NAME, length) && strcmp(text, "MPI_C_LONG_DOUBLE_COMPLEX") == 0);
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
  of_the_library();
  of_objects();
  of_infos();
  of_ports();
  of_types();
  return conclude();
}
