// SPDX-License-Identifier: Apache-2.0
// Calls every entry of the API table once, with arguments that are right as far as one process can give them, and prints
// what each returned: run_every_entry.py compares. Procedures are found by name, so that a program of an older ABI
// asks for the newer ones too. An entry that does not return is named in the last line.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdint.h>

#include "check.h"

typedef uint64_t Word;
struct Entry {
  const char* name;
  int (*call)(void* function);
};
#define HANDLE(value) ((Word)(uintptr_t)(value))
enum { kSlots = 16, kSlotBytes = 1 << 16, kElements = 64, MPI_UNDEFINED_OR_9 = 9 };
enum Kind { kind_comm, kind_datatype, kind_request, kind_op, kind_win, kind_group, kind_info, kind_errhandler,
            kind_message, kind_session, kind_file };
enum { topology_cart, topology_graph, topology_distributed };

static const char file_name[] = "every_entry.data";
static char* no_arguments[] = {NULL};
static char slots[kSlots][kSlotBytes] __attribute__((aligned(64)));
static const char* current = "(start)";
static int handled;

static void* slot(int number) { return slots[number]; }
static void fill_ints(void* place, int value) {
  for (int i = 0; i < kElements; i++) ((int*)place)[i] = value;
}
static void fill_longs(void* place, int64_t value) {
  for (int i = 0; i < kElements; i++) ((int64_t*)place)[i] = value;
}
static void fill_handles(void* place, Word value, enum Kind kind) {
  size_t bytes = kind == kind_file ? sizeof(MPI_File) : sizeof(MPI_Comm);   // the others are all of one width
  for (int i = 0; i < kElements; i++) memcpy((char*)place + i * bytes, &value, bytes);
}

// Returns success and says nothing, whatever it is called as.
static int any_callback(void) { return MPI_SUCCESS; }
static void count_error(MPI_Comm* comm, int* code, ...) { (void)comm, (void)code, handled++; }
static void count_window_error(MPI_Win* window, int* code, ...) { (void)window, (void)code, handled++; }
static void count_file_error(MPI_File* file, int* code, ...) { (void)file, (void)code, handled++; }

static Word fresh_comm(void) {
  MPI_Comm comm;
  MPI_Comm_dup(MPI_COMM_SELF, &comm);
  return HANDLE(comm);
}
static Word plain_comm(void) {
  static Word comm;
  return comm != 0 ? comm : (comm = fresh_comm());
}
static Word comm_with(int topology) {
  static Word made[3];
  MPI_Comm comm = MPI_COMM_NULL;
  int one = 1, zero = 0;
  if (made[topology] != 0) return made[topology];
  if (topology == topology_cart) MPI_Cart_create(MPI_COMM_SELF, 1, &one, &one, 0, &comm);
  if (topology == topology_graph) MPI_Graph_create(MPI_COMM_SELF, 1, &one, &zero, 0, &comm);
  if (topology == topology_distributed)
    MPI_Dist_graph_create_adjacent(MPI_COMM_SELF, 1, &zero, MPI_UNWEIGHTED, 1, &zero, MPI_UNWEIGHTED, MPI_INFO_NULL, 0, &comm);
  return made[topology] = HANDLE(comm);
}
static Word fresh_datatype(void) {
  MPI_Datatype type;
  MPI_Type_contiguous(2, MPI_INT, &type);
  return HANDLE(type);
}
static Word fresh_op(void) {
  MPI_Op operation;
  MPI_Op_create((MPI_User_function*)any_callback, 1, &operation);
  return HANDLE(operation);
}
static Word fresh_group(void) {
  MPI_Group group;
  MPI_Comm_group(MPI_COMM_SELF, &group);
  return HANDLE(group);
}
static Word plain_group(void) {
  static Word group;
  return group != 0 ? group : (group = fresh_group());
}
static Word fresh_info(void) {
  MPI_Info info;
  MPI_Info_create(&info);
  MPI_Info_set(info, "key", "value");
  return HANDLE(info);
}
static Word plain_info(void) { return fresh_info(); }
static Word fresh_errhandler(void) {
  MPI_Errhandler handler;
  MPI_Comm_create_errhandler(count_error, &handler);
  return HANDLE(handler);
}
static Word fresh_window(void) {
  static char memory[4096];
  static MPI_Errhandler handler;
  static int made;
  MPI_Win window;
  if (!made++) MPI_Win_create_errhandler(count_window_error, &handler);
  MPI_Win_create(memory, sizeof memory, 1, MPI_INFO_NULL, MPI_COMM_SELF, &window);
  MPI_Win_set_errhandler(window, handler);
  return HANDLE(window);
}
static Word plain_window(void) {
  static Word window;
  return window != 0 ? window : (window = fresh_window());
}
static Word fresh_file(void) {
  static MPI_Errhandler handler;
  static int made;
  MPI_File file = MPI_FILE_NULL;
  if (!made++) MPI_File_create_errhandler(count_file_error, &handler);
  MPI_File_open(MPI_COMM_SELF, file_name, MPI_MODE_RDWR | MPI_MODE_CREATE, MPI_INFO_NULL, &file);
  MPI_File_set_errhandler(file, handler);
  return HANDLE(file);
}
static Word plain_file(void) {
  static Word file;
  return file != 0 ? file : (file = fresh_file());
}
static Word fresh_session(void) {
  Word session = 0, info = HANDLE(MPI_INFO_NULL), handler = HANDLE(MPI_ERRORS_RETURN);
  void* function = dlsym(RTLD_DEFAULT, "MPI_Session_init");
  if (function != NULL) ((int (*)(Word, Word, Word*))function)(info, handler, &session);
  return session;
}
static Word plain_session(void) {
  static Word session;
  return session != 0 ? session : (session = fresh_session());
}
static Word persistent_request(void) {
  static char data[64];
  MPI_Request request;
  MPI_Recv_init(data, 1, MPI_INT, MPI_PROC_NULL, 0, MPI_COMM_SELF, &request);
  return HANDLE(request);
}
static Word generalized_request(void) {
  MPI_Request request;
  MPI_Grequest_start((MPI_Grequest_query_function*)any_callback, (MPI_Grequest_free_function*)any_callback,
                     (MPI_Grequest_cancel_function*)any_callback, NULL, &request);
  return HANDLE(request);
}
static int fresh_keyval(int kind) {
  int keyval = MPI_KEYVAL_INVALID;
  if (kind == 0) MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, MPI_COMM_NULL_DELETE_FN, &keyval, NULL);
  if (kind == 1) MPI_Type_create_keyval(MPI_TYPE_NULL_COPY_FN, MPI_TYPE_NULL_DELETE_FN, &keyval, NULL);
  if (kind == 2) MPI_Win_create_keyval(MPI_WIN_NULL_COPY_FN, MPI_WIN_NULL_DELETE_FN, &keyval, NULL);
  return keyval;
}
static int plain_keyval(int kind) {
  static int made[3], keyvals[3];
  if (!made[kind]++) keyvals[kind] = fresh_keyval(kind);
  return keyvals[kind];
}
static int fresh_error_class(void) {
  int error_class = 0;
  MPI_Add_error_class(&error_class);
  return error_class;
}
static void* allocated_memory(void) {
  void* memory = NULL;
  MPI_Alloc_mem(100, MPI_INFO_NULL, &memory);
  return memory;
}

// Handles of the tool interface: a variable of each kind, a session, an enumeration. Without one, null is given, and
// the entry is not called.
static int no_tool_handle;
static Word fresh_tool_session(void) {
  MPI_T_pvar_session session;
  MPI_T_pvar_session_create(&session);
  return HANDLE(session);
}
static Word any_enumeration(void) {
  int variables = 0;
  MPI_T_cvar_get_num(&variables);
  for (int i = 0; i < variables; i++) {
    int name = 0, description = 0, verbosity, binding, scope;
    MPI_Datatype type;
    MPI_T_enum enumeration = MPI_T_ENUM_NULL;
    MPI_T_cvar_get_info(i, NULL, &name, &verbosity, &type, &enumeration, NULL, &description, &binding, &scope);
    if (enumeration != MPI_T_ENUM_NULL) return HANDLE(enumeration);
  }
  return 0;
}
static Word tool_handle(int kind) {
  static Word session;
  MPI_T_cvar_handle control;
  MPI_T_pvar_handle performance;
  int count, number = 0;
  Word found = 0;
  if (session == 0) session = fresh_tool_session();
  if (kind == 2) return session;
  if (kind == 4) found = getenv("EVERY_ENTRY_EVENTS") != NULL;   // of a library that has no events and must not look
  if (kind == 3) found = any_enumeration();
  if (kind == 0) MPI_T_cvar_get_num(&number);
  if (kind == 1) MPI_T_pvar_get_num(&number);
  if (kind == 0 && number > 0 && MPI_T_cvar_handle_alloc(0, NULL, &control, &count) == MPI_SUCCESS) found = HANDLE(control);
  if (kind == 1 && number > 0 &&
      MPI_T_pvar_handle_alloc((MPI_T_pvar_session)session, 0, NULL, &performance, &count) == MPI_SUCCESS)
    found = HANDLE(performance);
  no_tool_handle = found == 0;
  return found;
}

static void finish_request(int code, void* place, int persistent) {
  MPI_Request request;
  memcpy(&request, place, sizeof request);
  if (code != MPI_SUCCESS || strstr(current, "Grequest") != NULL) return;
  if (persistent) MPI_Request_free(&request);
  else MPI_Wait(&request, MPI_STATUS_IGNORE);
}

// A split collective file access that was begun.
static void end_split(const char* name) {
  void* function = dlsym(RTLD_DEFAULT, name);
  ((int (*)(Word, void*, MPI_Status*))function)(plain_file(), slot(2), MPI_STATUS_IGNORE);
}

#include "every_entry.inc"

static void say_end(int number) {
  char line[200];
  snprintf(line, sizeof line, "ENTRY %s DIED signal %d\n", current, number);
  say_line(line);
  _exit(70);
}

static void call_entry(const struct Entry* entry, const char* prefix) {
  char line[200], name[100];
  snprintf(name, sizeof name, "%s%s", prefix, entry->name);
  void* function = dlsym(RTLD_DEFAULT, name);
  // What a backend lacks is found by libraries that are linked to it, and so by whoever asks for its version.
  if (function == NULL) function = dlvsym(RTLD_DEFAULT, name, "TULKKI_NOT_IN_THE_PROGRAMS_MPI");
  current = entry->name;
  if (function == NULL) {
    snprintf(line, sizeof line, "ENTRY %s absent\n", name);
  } else {
    for (int i = 0; i < kSlots; i++) memset(slots[i], 0, kSlotBytes / 4);
    handled = no_tool_handle = 0;
    int code = entry->call(function);
    snprintf(line, sizeof line, "ENTRY %s %s %d %d\n", name, no_tool_handle ? "unasked" : "class", class_of(code), handled);
  }
  say_line(line);
}

int main(int argc, char** argv) {
  const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGABRT, SIGFPE, SIGALRM};
  MPI_Errhandler handler;
  int provided;
  const char* only = argc > 1 ? argv[1] : NULL;
  begin(&argc, &argv);
  MPI_T_init_thread(MPI_THREAD_SINGLE, &provided);
  for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], say_end);
  alarm(100);
  MPI_Comm_create_errhandler(count_error, &handler);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, handler);
  MPI_Comm_set_errhandler(MPI_COMM_SELF, handler);
  for (unsigned i = 0; i < sizeof kEntries / sizeof *kEntries; i++)
    if (only == NULL || strcmp(only, kEntries[i].name) == 0) call_entry(&kEntries[i], i % 2 ? "P" : "");
  current = "MPI_Finalize";
  return conclude();
}
