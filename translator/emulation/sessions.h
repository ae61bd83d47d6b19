// SPDX-License-Identifier: Apache-2.0
// Sessions on a backend that has only the world model: the first one starts the backend, which ends with the process, and
// its two process sets are the world and the process itself. MPI-4.1: 11.3, 7.2.4.
#pragma once

#include <cstdio>
#include <cstring>

#include "translator/emulation/session_state.h"
#include "translator/own/callbacks.h"
#include "translator/own/environment.h"
#include "translator/predefined.h"

namespace tulkki {

inline constexpr std::int64_t kErrSession = 60, kErrArg = 13;

// Errors go to the handler of the session, in the program's own terms.
template <class P>
int raise_in_session(Session* session, std::int64_t standard_class) {
  int code = P::front_error(standard_class);
  const auto back_class = static_cast<int>(convert_constant<Set::error_class, Standard, typename P::Back>(
      standard_class == kErrSession ? P::kErrOther : standard_class));   // older backends have no such class
  if (session == nullptr) return raise_on_world(back_class), code;
  Word front = 0;
  store_handle<typename P::Front, HandleClass::session>(
      &front, 0, P::template out<HandleClass::session>(reinterpret_cast<Word>(session)));
  if (void* function = function_of_handler(session->error_handler)) {
    reinterpret_cast<void (*)(void*, int*, ...)>(function)(&front, &code);
  } else if (session->error_handler != back_handle("MPI_ERRORS_RETURN")) {
    raise_on_world(back_class);
  }
  return code;
}
template <class P>
Session* session_in(Word front) {
  return known_session(P::template in<HandleClass::session>(front));
}

template <class P>
int fallback_MPI_Session_init(Word info, Word errhandler, void* session) {
  char level[64] = "";
  int flag = 0;
  const Word back_info = P::template in<HandleClass::info>(info);
  if (back_info != back_handle("MPI_INFO_NULL"))
    backend_function<int (*)(Word, const char*, int, char*, int*)>(Procedure::MPI_Info_get)(
        back_info, "thread_level", static_cast<int>(sizeof level) - 1, level, &flag);
  Session* made = start_session(kBackMultiple<P>, P::template in<HandleClass::errhandler>(errhandler));
  if (made == nullptr) return raise_in_session<P>(nullptr, P::kErrOther);
  std::snprintf(made->thread_level, sizeof made->thread_level, "%s", flag != 0 ? level : "MPI_THREAD_MULTIPLE");
  store_handle<typename P::Front, HandleClass::session>(
      session, 0, P::template out<HandleClass::session>(reinterpret_cast<Word>(made)));
  return 0;
}
template <class P>
int fallback_MPI_Session_finalize(void* session) {
  Session* known = session_in<P>(load_handle<typename P::Front, HandleClass::session>(session));
  if (known == nullptr) return raise_in_session<P>(nullptr, kErrSession);
  end_session(known);
  store_handle<typename P::Front, HandleClass::session>(session, 0, null_handle(HandleClass::session));
  return 0;
}

template <class P>
int fallback_MPI_Session_get_num_psets(Word session, Word, int* number) {
  if (session_in<P>(session) == nullptr) return raise_in_session<P>(nullptr, kErrSession);
  *number = kProcessSetCount;
  return 0;
}
// In `length` goes the room, out comes what is needed, both with the final null.
template <class P>
int fallback_MPI_Session_get_nth_pset(Word session, Word, int n, int* length, void* name) {
  Session* known = session_in<P>(session);
  if (known == nullptr) return raise_in_session<P>(nullptr, kErrSession);
  if (n < 0 || n >= kProcessSetCount) return raise_in_session<P>(known, kErrArg);
  if (*length > 0 && name != nullptr)
    std::snprintf(static_cast<char*>(name), static_cast<std::size_t>(*length), "%s", kProcessSets[n].name);
  *length = static_cast<int>(std::strlen(kProcessSets[n].name)) + 1;
  return 0;
}

// A new info object with one entry.
template <class P>
int single_info(const char* key, const char* value, void* info) {
  OutHandle<P, HandleClass::info> info_over(info);
  int code = backend_function<int (*)(void*)>(Procedure::MPI_Info_create)(info_over.place());
  if (code == 0)
    code = backend_function<int (*)(Word, const char*, const char*)>(Procedure::MPI_Info_set)(
        load_handle<typename P::Back, HandleClass::info>(info_over.place()), key, value);
  info_over.finish();
  return P::code(code);
}
template <class P>
int fallback_MPI_Session_get_info(Word session, void* info) {
  Session* known = session_in<P>(session);
  if (known == nullptr) return raise_in_session<P>(nullptr, kErrSession);
  return single_info<P>("thread_level", known->thread_level, info);
}
template <class P>
Word communicator_of_set(const void* name) {
  const int number = process_set_by_name(static_cast<const char*>(name));
  return number < 0 ? 0 : back_handle(kProcessSets[number].comm);
}
template <class P>
int fallback_MPI_Session_get_pset_info(Word session, const void* name, void* info) {
  Session* known = session_in<P>(session);
  if (known == nullptr) return raise_in_session<P>(nullptr, kErrSession);
  const Word comm = communicator_of_set<P>(name);
  if (comm == 0) return raise_in_session<P>(known, kErrArg);
  int size = 0;
  char text[16];
  backend_function<int (*)(Word, int*)>(Procedure::MPI_Comm_size)(comm, &size);
  std::snprintf(text, sizeof text, "%d", size);
  return single_info<P>("mpi_size", text, info);
}
template <class P>
int fallback_MPI_Group_from_session_pset(Word session, const void* name, void* group) {
  Session* known = session_in<P>(session);
  if (known == nullptr) return raise_in_session<P>(nullptr, kErrSession);
  const Word comm = communicator_of_set<P>(name);
  if (comm == 0) return raise_in_session<P>(known, kErrArg);
  OutHandle<P, HandleClass::group> group_over(group);
  const int code = backend_function<int (*)(Word, void*)>(Procedure::MPI_Comm_group)(comm, group_over.place());
  group_over.finish();
  return P::code(code);
}

// ---- error handlers: one of a communicator stands for it

template <class P>
int fallback_MPI_Session_create_errhandler(void* function, void* errhandler) {
  start_for_sessions(kBackMultiple<P>);
  void* over = trampoline(reinterpret_cast<void*>(&call_error_handler<P, HandleClass::comm>), function);
  if (over == nullptr) return P::front_error(P::kErrNoMemory);
  OutHandle<P, HandleClass::errhandler> errhandler_over(errhandler);
  const int code = backend_function<int (*)(void*, void*)>(Procedure::MPI_Comm_create_errhandler)(over,
                                                                                                 errhandler_over.place());
  if (code == 0) note_session_handler(load_handle<typename P::Back, HandleClass::errhandler>(errhandler_over.place()), function);
  errhandler_over.finish();
  return P::code(code);
}
template <class P>
int fallback_MPI_Session_set_errhandler(Word session, Word errhandler) {
  Session* known = session_in<P>(session);
  if (known == nullptr) return raise_in_session<P>(nullptr, kErrSession);
  known->error_handler = P::template in<HandleClass::errhandler>(errhandler);
  return 0;
}
template <class P>
int fallback_MPI_Session_get_errhandler(Word session, void* errhandler) {
  Session* known = session_in<P>(session);
  if (known == nullptr) return raise_in_session<P>(nullptr, kErrSession);
  store_handle<typename P::Front, HandleClass::errhandler>(
      errhandler, 0, P::template out<HandleClass::errhandler>(known->error_handler));
  return 0;
}
template <class P>
int fallback_MPI_Session_call_errhandler(Word session, int errorcode) {
  Session* known = session_in<P>(session);
  if (known == nullptr) return raise_in_session<P>(nullptr, kErrSession);
  if (void* function = function_of_handler(known->error_handler)) {
    Word front = 0;
    store_handle<typename P::Front, HandleClass::session>(&front, 0, session);
    reinterpret_cast<void (*)(void*, int*, ...)>(function)(&front, &errorcode);
  } else if (known->error_handler != back_handle("MPI_ERRORS_RETURN")) {
    raise_on_world(P::code_to_back(errorcode));
  }
  return 0;
}

// ---- communicators without a parent: among the processes of the world, told apart by the tag

template <class P>
int comm_of_group(Word group, int tag, Word info, Word errhandler, void* comm) {
  const int code = backend_function<int (*)(Word, Word, int, void*)>(Procedure::MPI_Comm_create_group)(
      back_handle("MPI_COMM_WORLD"), group, tag, comm);
  const Word made = load_handle<typename P::Back, HandleClass::comm>(comm);
  if (code != 0 || made == back_handle("MPI_COMM_NULL")) return code;
  if (info != back_handle("MPI_INFO_NULL"))
    backend_function<int (*)(Word, Word)>(Procedure::MPI_Comm_set_info)(made, info);
  return backend_function<int (*)(Word, Word)>(Procedure::MPI_Comm_set_errhandler)(made, errhandler);
}
template <class P>
int fallback_MPI_Comm_create_from_group(Word group, const void* stringtag, Word info, Word errhandler, void* newcomm) {
  OutHandle<P, HandleClass::comm> comm_over(newcomm);
  const int code = comm_of_group<P>(P::template in<HandleClass::group>(group), tag_of_text(static_cast<const char*>(stringtag)),
                                    P::template in<HandleClass::info>(info), P::template in<HandleClass::errhandler>(errhandler),
                                    comm_over.place());
  comm_over.finish();
  return P::code(code);
}
template <class P>
int fallback_MPI_Intercomm_create_from_groups(Word local_group, int local_leader, Word remote_group, int remote_leader,
                                              const void* stringtag, Word info, Word errhandler, void* newintercomm) {
  const Word world = back_handle("MPI_COMM_WORLD");
  const int tag = tag_of_text(static_cast<const char*>(stringtag));
  const Word back_info = P::template in<HandleClass::info>(info);
  const Word back_handler = P::template in<HandleClass::errhandler>(errhandler);
  Word local = 0, world_group = 0;
  int leader = P::rank(remote_leader), leader_in_world = 0;
  int code = comm_of_group<P>(P::template in<HandleClass::group>(local_group), tag, back_info, back_handler, &local);
  if (code != 0) return P::code(code);
  backend_function<int (*)(Word, void*)>(Procedure::MPI_Comm_group)(world, &world_group);
  backend_function<int (*)(Word, int, const int*, Word, int*)>(Procedure::MPI_Group_translate_ranks)(
      P::template in<HandleClass::group>(remote_group), 1, &leader, world_group, &leader_in_world);
  backend_function<int (*)(void*)>(Procedure::MPI_Group_free)(&world_group);
  OutHandle<P, HandleClass::comm> comm_over(newintercomm);
  code = backend_function<int (*)(Word, int, Word, int, int, void*)>(Procedure::MPI_Intercomm_create)(
      local, local_leader, world, leader_in_world, tag, comm_over.place());
  if (code == 0)
    backend_function<int (*)(Word, Word)>(Procedure::MPI_Comm_set_errhandler)(
        load_handle<typename P::Back, HandleClass::comm>(comm_over.place()), back_handler);
  backend_function<int (*)(void*)>(Procedure::MPI_Comm_free)(&local);
  comm_over.finish();
  return P::code(code);
}

}  // namespace tulkki
