// SPDX-License-Identifier: Apache-2.0
// Start, end, time, address arithmetic and whatever returns no error code.
#pragma once

#include <cstdio>

#include "translator/arrays.h"
#include "translator/emulation/copied_send.h"
#include "translator/emulation/session_state.h"

namespace tulkki {

template <class P>
inline constexpr int kBackMultiple = static_cast<int>(convert_constant<Set::thread_level, Standard, typename P::Back>(4096));

// ---- start and end. Where sessions are emulated, one of them may have started the backend (translator/emulation/).

template <class P>
int own_MPI_Init(int* argc, void* argv) {
  if (g_world.started_by_session) return g_world.initialized = true, 0;
  return P::code(backend_function<int (*)(int*, void*)>(Procedure::MPI_Init)(argc, argv));
}
template <class P>
int own_MPI_Init_thread(int* argc, void* argv, int required, int* provided) {
  if (g_world.started_by_session) {
    g_world.initialized = true;
    const int level = backend_function<int (*)(int*)>(Procedure::MPI_Query_thread)(provided);
    *provided = P::template constant_out<Set::thread_level>(*provided);
    return P::code(level);
  }
  const int code = backend_function<int (*)(int*, void*, int, int*)>(Procedure::MPI_Init_thread)(
      argc, argv, P::template constant<Set::thread_level>(required), provided);
  if (code == 0 && provided != nullptr) *provided = P::template constant_out<Set::thread_level>(*provided);
  return P::code(code);
}
template <class P>
int own_MPI_Finalize() {
  finish_copied_sends();
  if (g_world.started_by_session) return g_world.finalized = true, 0;   // sessions may go on
  return P::code(backend_function<int (*)()>(Procedure::MPI_Finalize)());
}
template <class P>
int own_MPI_Initialized(int* flag) {
  if (g_world.started_by_session) return *flag = g_world.initialized ? 1 : 0, 0;
  return P::code(backend_function<int (*)(int*)>(Procedure::MPI_Initialized)(flag));
}
template <class P>
int own_MPI_Finalized(int* flag) {
  if (g_world.started_by_session) return *flag = g_world.finalized ? 1 : 0, 0;
  return P::code(backend_function<int (*)(int*)>(Procedure::MPI_Finalized)(flag));
}
// A program of MPI 4 makes one for its first session.
template <class P>
int own_MPI_Info_create(void* info) {
  if (!backend_has(Procedure::MPI_Session_init)) start_for_sessions(kBackMultiple<P>);
  OutHandle<P, HandleClass::info> info_over(info);
  const int code = backend_function<int (*)(void*)>(Procedure::MPI_Info_create)(info_over.place());
  info_over.finish();
  return P::code(code);
}
// ---- errors that the backend does not know

template <class P>
int own_MPI_Error_class(int code, int* error_class) {
  if (P::only_in_front(code)) return *error_class = code, 0;
  const int result = backend_function<int (*)(int, int*)>(Procedure::MPI_Error_class)(P::code_to_back(code), error_class);
  if (result == 0) *error_class = P::code(*error_class);
  return P::code(result);
}
template <class P>
int own_MPI_Error_string(int code, void* string, int* length) {
  if (P::only_in_front(code)) {
    *length = std::snprintf(static_cast<char*>(string), limit<typename P::Front>(Limit::MPI_MAX_ERROR_STRING),
                            "error class %d, for which the MPI library below has no text", code);
    return 0;
  }
  OutString<P, Limit::MPI_MAX_ERROR_STRING> string_over(string, length);
  const int result = backend_function<int (*)(int, void*, int*)>(Procedure::MPI_Error_string)(
      P::code_to_back(code), string_over.place(), length);
  string_over.finish();
  return P::code(result);
}

// The level that the program was compiled for: its MPI_VERSION is a constant in it.
template <class P>
int own_MPI_Get_version(int* version, int* subversion) {
  *version = static_cast<int>(limit<typename P::Front>(Limit::MPI_VERSION));
  *subversion = static_cast<int>(limit<typename P::Front>(Limit::MPI_SUBVERSION));
  return 0;
}
template <class P>
double own_MPI_Wtime() {
  return backend_function<double (*)()>(Procedure::MPI_Wtime)();
}
template <class P>
double own_MPI_Wtick() {
  return backend_function<double (*)()>(Procedure::MPI_Wtick)();
}
// Profiling tools give it a meaning; no library does.
template <class P>
int own_MPI_Pcontrol(int, ...) {
  return 0;
}
template <class P>
std::int64_t own_MPI_Aint_add(std::int64_t base, std::int64_t displacement) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(base) + static_cast<std::uint64_t>(displacement));
}
template <class P>
std::int64_t own_MPI_Aint_diff(std::int64_t first, std::int64_t second) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(first) - static_cast<std::uint64_t>(second));
}
template <class P>
int own_MPIX_Query_cuda_support() {
  return 0;
}
template <class P>
int own_MPIX_Query_ze_support() {
  return 0;
}
template <class P>
int own_MPIX_Query_hip_support() {
  return 0;
}

// ---- dynamic processes. The children need our variables: the launcher of the backend passes the environment on.

template <class P>
void convert_codes(int* codes, std::int64_t count) {
  for (std::int64_t i = 0; codes != nullptr && i < count; ++i) codes[i] = P::code(codes[i]);
}
template <class P>
int own_MPI_Comm_spawn(const void* command, void* argv, int maxprocs, Word info, int root, Word comm, void* intercomm,
                       int* errcodes) {
  OutHandle<P, HandleClass::comm> intercomm_over(intercomm);
  const int code = backend_function<int (*)(const void*, void*, int, Word, int, Word, void*, int*)>(
      Procedure::MPI_Comm_spawn)(command, argv, maxprocs, P::template in<HandleClass::info>(info), P::rank(root),
                                 P::template in<HandleClass::comm>(comm), intercomm_over.place(), errcodes);
  intercomm_over.finish();
  if (code == 0) convert_codes<P>(errcodes, maxprocs);
  return P::code(code);
}
template <class P>
int own_MPI_Comm_spawn_multiple(int count, void* commands, void* argvs, const int* maxprocs, const void* infos, int root,
                                Word comm, void* intercomm, int* errcodes) {
  int rank = -1;
  const Word back_comm = P::template in<HandleClass::comm>(comm);
  backend_function<int (*)(Word, int*)>(Procedure::MPI_Comm_rank)(back_comm, &rank);
  const bool at_root = rank == root;   // the other arguments mean nothing elsewhere
  InHandles<P, HandleClass::info> infos_over(at_root ? infos : nullptr, at_root ? count : 0);
  OutHandle<P, HandleClass::comm> intercomm_over(intercomm);
  const int code = backend_function<int (*)(int, void*, void*, const int*, const void*, int, Word, void*, int*)>(
      Procedure::MPI_Comm_spawn_multiple)(count, commands, argvs, maxprocs, infos_over.place(), P::rank(root), back_comm,
                                          intercomm_over.place(), errcodes);
  intercomm_over.finish();
  if (code == 0 && at_root) convert_codes<P>(errcodes, sum_of(maxprocs, count));
  return P::code(code);
}

// ---- tool interface: the object that a variable is bound to is given by its address

template <class P>
Word bound_object(const void* object, std::int64_t standard_binding) {
  switch (standard_binding) {
    case 2: return P::template in<HandleClass::comm>(load_handle<typename P::Front, HandleClass::comm>(object));
    case 3: return P::template in<HandleClass::datatype>(load_handle<typename P::Front, HandleClass::datatype>(object));
    case 4: return P::template in<HandleClass::errhandler>(load_handle<typename P::Front, HandleClass::errhandler>(object));
    case 5: return P::template in<HandleClass::file>(load_handle<typename P::Front, HandleClass::file>(object));
    case 6: return P::template in<HandleClass::group>(load_handle<typename P::Front, HandleClass::group>(object));
    case 7: return P::template in<HandleClass::op>(load_handle<typename P::Front, HandleClass::op>(object));
    case 8: return P::template in<HandleClass::request>(load_handle<typename P::Front, HandleClass::request>(object));
    case 9: return P::template in<HandleClass::win>(load_handle<typename P::Front, HandleClass::win>(object));
    case 10: return P::template in<HandleClass::message>(load_handle<typename P::Front, HandleClass::message>(object));
    case 11: return P::template in<HandleClass::info>(load_handle<typename P::Front, HandleClass::info>(object));
    default: return 0;
  }
}

// An object's handle as the backend reads it; null objects stay null.
template <class P>
class BoundObject {
 public:
  BoundObject(void* object, int back_binding) : object_(object) {
    if (object == nullptr) return;
    const auto kind = convert_constant<Set::binding, typename P::Back, Standard>(back_binding);
    const Word back = bound_object<P>(object, kind);
    if (P::Back::handle_bytes(kind == 5 ? HandleClass::file : HandleClass::comm) == 4)
      store_handle<Mpich, HandleClass::comm>(&back_, 0, back);
    else back_ = back;
  }
  void* place() { return object_ == nullptr ? nullptr : &back_; }

 private:
  void* object_;
  Word back_ = 0;
};

template <class P>
int own_MPI_T_cvar_handle_alloc(int index, void* object, void* handle, int* count) {
  int length = 0, verbosity = 0, binding = 0, scope = 0, length2 = 0;
  Word datatype = 0, enumeration = 0;
  backend_function<int (*)(int, void*, int*, int*, void*, void*, void*, int*, int*, int*)>(Procedure::MPI_T_cvar_get_info)(
      index, nullptr, &length, &verbosity, &datatype, &enumeration, nullptr, &length2, &binding, &scope);
  BoundObject<P> over(object, binding);
  return P::code(backend_function<int (*)(int, void*, void*, int*)>(Procedure::MPI_T_cvar_handle_alloc)(
      index, over.place(), handle, count));
}
template <class P>
int own_MPI_T_pvar_handle_alloc(Word session, int index, void* object, void* handle, int* count) {
  int length = 0, verbosity = 0, binding = 0, kind = 0, length2 = 0, flags[3];
  Word datatype = 0, enumeration = 0;
  backend_function<int (*)(int, void*, int*, int*, int*, void*, void*, void*, int*, int*, int*, int*, int*)>(
      Procedure::MPI_T_pvar_get_info)(index, nullptr, &length, &verbosity, &kind, &datatype, &enumeration, nullptr,
                                      &length2, &binding, &flags[0], &flags[1], &flags[2]);
  BoundObject<P> over(object, binding);
  return P::code(backend_function<int (*)(Word, int, void*, void*, int*)>(Procedure::MPI_T_pvar_handle_alloc)(
      session, index, over.place(), handle, count));
}
// Events are new and no backend of today has any: their callbacks are not translated.
template <class P>
int own_MPI_T_event_handle_alloc(int, void*, Word, void*) {
  return refuse<P>(Procedure::MPI_T_event_handle_alloc);
}
template <class P>
int own_MPI_T_event_register_callback(Word, int, Word, void*, void*) {
  return refuse<P>(Procedure::MPI_T_event_register_callback);
}
template <class P>
int own_MPI_T_event_handle_free(Word, void*, void*) {
  return refuse<P>(Procedure::MPI_T_event_handle_free);
}
template <class P>
int own_MPI_T_event_set_dropped_handler(Word, void*) {
  return refuse<P>(Procedure::MPI_T_event_set_dropped_handler);
}

}  // namespace tulkki
