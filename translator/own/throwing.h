// SPDX-License-Identifier: Apache-2.0
// MPI::ERRORS_THROW_EXCEPTIONS, an error handler that only the C++ libraries of the fronts know: MPICH's takes it for
// MPI_ERRORS_RETURN and asks afterwards which one is set, Open MPI's has put functions that throw into the object.
// MPI-2.2: 16.1.
#pragma once

#include "translator/own/callbacks.h"
#include "translator/predefined.h"

namespace tulkki {

extern Word g_throwing_front;     // the front's handle; 0 where the program has none
extern Word g_throwing_back[3];   // communicators, files, windows: made when they are wanted

template <HandleClass kKind>
constexpr int throwing_place() {
  return kKind == HandleClass::comm ? 0 : kKind == HandleClass::file ? 1 : 2;
}

template <class P, HandleClass kKind>
void call_throwing(void* object, int* code, ...) {
  if constexpr (P::Front::kName == AbiName::openmpi) {
    constexpr Word kFunctions = 0x58;   // eh_comm_fn, eh_file_fn, eh_win_fn in ompi_errhandler_t, Open MPI 4.1
    void* function = reinterpret_cast<void* const*>(g_throwing_front + kFunctions)[throwing_place<kKind>()];
    if (function != nullptr) call_error_handler<P, kKind>(object, code, nullptr, nullptr, function);
  }
}

template <class P, HandleClass kKind>
Word throwing_back() {
  constexpr Procedure kProcedure = kKind == HandleClass::comm   ? Procedure::MPI_Comm_create_errhandler
                                   : kKind == HandleClass::file ? Procedure::MPI_File_create_errhandler
                                                                : Procedure::MPI_Win_create_errhandler;
  Word& known = g_throwing_back[throwing_place<kKind>()];
  Word made = 0;
  if (known == 0 && backend_function<int (*)(void*, void*)>(kProcedure)(
                        reinterpret_cast<void*>(&call_throwing<P, kKind>), &made) == 0)
    known = load_handle<typename P::Back, HandleClass::errhandler>(&made);
  return known;
}

// MPICH gives up its count of the default handler of files when a file is closed, but takes none when it is opened
// (predefined handlers are not counted). So many are taken here.
inline void keep_for_files(Word file) {
  constexpr int kFiles = 1 << 16;
  Word ignored = 0;
  for (int i = 0; i < kFiles; ++i)
    backend_function<int (*)(Word, void*)>(Procedure::MPI_File_get_errhandler)(file, &ignored);
}

template <class P, HandleClass kKind>
int set_error_handler(Procedure procedure, Word object, Word errhandler) {
  const bool throwing = g_throwing_front != 0 && errhandler == g_throwing_front;
  const bool first = throwing && g_throwing_back[throwing_place<kKind>()] == 0;
  const Word back_object = P::template in<kKind>(object);
  const Word back = throwing ? throwing_back<P, kKind>() : P::template in<HandleClass::errhandler>(errhandler);
  const int code = backend_function<int (*)(Word, Word)>(procedure)(back_object, back);
  if constexpr (kKind == HandleClass::file && P::Back::kName == AbiName::mpich)
    if (first && code == 0) keep_for_files(back_object);
  return P::code(code);
}

template <class P, HandleClass kKind>
int get_error_handler(Procedure procedure, Word object, void* errhandler) {
  if (errhandler == nullptr)
    return P::code(backend_function<int (*)(Word, void*)>(procedure)(P::template in<kKind>(object), nullptr));
  Word got = 0;
  const int code = backend_function<int (*)(Word, void*)>(procedure)(P::template in<kKind>(object), &got);
  if (code != 0) return P::code(code);
  const Word back = load_handle<typename P::Back, HandleClass::errhandler>(&got);
  const Word throwing = g_throwing_back[throwing_place<kKind>()];
  Word front = throwing != 0 && back == throwing ? g_throwing_front : P::template out<HandleClass::errhandler>(back);
  if constexpr (P::Front::kName == AbiName::openmpi)
    if (const ErrhandlerObject* made = find_errhandler_object(back)) front = reinterpret_cast<Word>(made);
  store_handle<typename P::Front, HandleClass::errhandler>(errhandler, 0, front);
  return P::code(code);
}

template <class P>
int own_MPI_Comm_set_errhandler(Word comm, Word errhandler) {
  return set_error_handler<P, HandleClass::comm>(Procedure::MPI_Comm_set_errhandler, comm, errhandler);
}
template <class P>
int own_MPI_Comm_get_errhandler(Word comm, void* errhandler) {
  return get_error_handler<P, HandleClass::comm>(Procedure::MPI_Comm_get_errhandler, comm, errhandler);
}
template <class P>
int own_MPI_Win_set_errhandler(Word win, Word errhandler) {
  return set_error_handler<P, HandleClass::win>(Procedure::MPI_Win_set_errhandler, win, errhandler);
}
template <class P>
int own_MPI_Win_get_errhandler(Word win, void* errhandler) {
  return get_error_handler<P, HandleClass::win>(Procedure::MPI_Win_get_errhandler, win, errhandler);
}
template <class P>
int own_MPI_File_set_errhandler(Word file, Word errhandler) {
  return set_error_handler<P, HandleClass::file>(Procedure::MPI_File_set_errhandler, file, errhandler);
}
template <class P>
int own_MPI_File_get_errhandler(Word file, void* errhandler) {
  return get_error_handler<P, HandleClass::file>(Procedure::MPI_File_get_errhandler, file, errhandler);
}

// The backend keeps its own: others may use it.
template <class P>
int own_MPI_Errhandler_free(void* errhandler) {
  using Front = typename P::Front;
  if (errhandler != nullptr && g_throwing_front != 0 &&
      load_handle<Front, HandleClass::errhandler>(errhandler) == g_throwing_front) {
    store_handle<Front, HandleClass::errhandler>(errhandler, 0, null_handle(HandleClass::errhandler));
    return 0;
  }
  InOutHandle<P, HandleClass::errhandler> errhandler_over(errhandler);
  const int code = backend_function<int (*)(void*)>(Procedure::MPI_Errhandler_free)(errhandler_over.place());
  errhandler_over.finish();
  return P::code(code);
}

}  // namespace tulkki
