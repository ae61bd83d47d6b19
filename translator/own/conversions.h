// SPDX-License-Identifier: Apache-2.0
// Handles and statuses as integers: for Fortran (MPI-5.0: 19.3.4, 19.3.5) and for the standard ABI (20.4). In the
// MPICH ABI the integer is the handle; in the others a number of ours stands for it.
#pragma once

#include "translator/integers.h"
#include "translator/pair.h"

namespace tulkki {

template <class P, HandleClass kKind>
int handle_to_integer(Word front) {
  if constexpr (P::Front::handle_bytes(kKind) == 4) return static_cast<int>(front);
  else return integer_of_handle(P::Front::kName, kKind, front);
}
template <class P, HandleClass kKind>
Word integer_to_handle(int integer) {
  if constexpr (P::Front::handle_bytes(kKind) == 4) return static_cast<std::uint32_t>(integer);
  else return handle_of_integer(P::Front::kName, kKind, integer);
}

template <class P>
int own_MPI_Comm_c2f(Word handle) { return handle_to_integer<P, HandleClass::comm>(handle); }
template <class P>
Word own_MPI_Comm_f2c(int integer) { return integer_to_handle<P, HandleClass::comm>(integer); }
template <class P>
int own_MPI_Comm_toint(Word handle) { return handle_to_integer<P, HandleClass::comm>(handle); }
template <class P>
Word own_MPI_Comm_fromint(int integer) { return integer_to_handle<P, HandleClass::comm>(integer); }
template <class P>
int own_MPI_Errhandler_c2f(Word handle) { return handle_to_integer<P, HandleClass::errhandler>(handle); }
template <class P>
Word own_MPI_Errhandler_f2c(int integer) { return integer_to_handle<P, HandleClass::errhandler>(integer); }
template <class P>
int own_MPI_Errhandler_toint(Word handle) { return handle_to_integer<P, HandleClass::errhandler>(handle); }
template <class P>
Word own_MPI_Errhandler_fromint(int integer) { return integer_to_handle<P, HandleClass::errhandler>(integer); }
template <class P>
int own_MPI_File_c2f(Word handle) { return handle_to_integer<P, HandleClass::file>(handle); }
template <class P>
Word own_MPI_File_f2c(int integer) { return integer_to_handle<P, HandleClass::file>(integer); }
template <class P>
int own_MPI_File_toint(Word handle) { return handle_to_integer<P, HandleClass::file>(handle); }
template <class P>
Word own_MPI_File_fromint(int integer) { return integer_to_handle<P, HandleClass::file>(integer); }
template <class P>
int own_MPI_Group_c2f(Word handle) { return handle_to_integer<P, HandleClass::group>(handle); }
template <class P>
Word own_MPI_Group_f2c(int integer) { return integer_to_handle<P, HandleClass::group>(integer); }
template <class P>
int own_MPI_Group_toint(Word handle) { return handle_to_integer<P, HandleClass::group>(handle); }
template <class P>
Word own_MPI_Group_fromint(int integer) { return integer_to_handle<P, HandleClass::group>(integer); }
template <class P>
int own_MPI_Info_c2f(Word handle) { return handle_to_integer<P, HandleClass::info>(handle); }
template <class P>
Word own_MPI_Info_f2c(int integer) { return integer_to_handle<P, HandleClass::info>(integer); }
template <class P>
int own_MPI_Info_toint(Word handle) { return handle_to_integer<P, HandleClass::info>(handle); }
template <class P>
Word own_MPI_Info_fromint(int integer) { return integer_to_handle<P, HandleClass::info>(integer); }
template <class P>
int own_MPI_Message_c2f(Word handle) { return handle_to_integer<P, HandleClass::message>(handle); }
template <class P>
Word own_MPI_Message_f2c(int integer) { return integer_to_handle<P, HandleClass::message>(integer); }
template <class P>
int own_MPI_Message_toint(Word handle) { return handle_to_integer<P, HandleClass::message>(handle); }
template <class P>
Word own_MPI_Message_fromint(int integer) { return integer_to_handle<P, HandleClass::message>(integer); }
template <class P>
int own_MPI_Op_c2f(Word handle) { return handle_to_integer<P, HandleClass::op>(handle); }
template <class P>
Word own_MPI_Op_f2c(int integer) { return integer_to_handle<P, HandleClass::op>(integer); }
template <class P>
int own_MPI_Op_toint(Word handle) { return handle_to_integer<P, HandleClass::op>(handle); }
template <class P>
Word own_MPI_Op_fromint(int integer) { return integer_to_handle<P, HandleClass::op>(integer); }
template <class P>
int own_MPI_Request_c2f(Word handle) { return handle_to_integer<P, HandleClass::request>(handle); }
template <class P>
Word own_MPI_Request_f2c(int integer) { return integer_to_handle<P, HandleClass::request>(integer); }
template <class P>
int own_MPI_Request_toint(Word handle) { return handle_to_integer<P, HandleClass::request>(handle); }
template <class P>
Word own_MPI_Request_fromint(int integer) { return integer_to_handle<P, HandleClass::request>(integer); }
template <class P>
int own_MPI_Session_c2f(Word handle) { return handle_to_integer<P, HandleClass::session>(handle); }
template <class P>
Word own_MPI_Session_f2c(int integer) { return integer_to_handle<P, HandleClass::session>(integer); }
template <class P>
int own_MPI_Session_toint(Word handle) { return handle_to_integer<P, HandleClass::session>(handle); }
template <class P>
Word own_MPI_Session_fromint(int integer) { return integer_to_handle<P, HandleClass::session>(integer); }
template <class P>
int own_MPI_Type_c2f(Word handle) { return handle_to_integer<P, HandleClass::datatype>(handle); }
template <class P>
Word own_MPI_Type_f2c(int integer) { return integer_to_handle<P, HandleClass::datatype>(integer); }
template <class P>
int own_MPI_Type_toint(Word handle) { return handle_to_integer<P, HandleClass::datatype>(handle); }
template <class P>
Word own_MPI_Type_fromint(int integer) { return integer_to_handle<P, HandleClass::datatype>(integer); }
template <class P>
int own_MPI_Win_c2f(Word handle) { return handle_to_integer<P, HandleClass::win>(handle); }
template <class P>
Word own_MPI_Win_f2c(int integer) { return integer_to_handle<P, HandleClass::win>(integer); }
template <class P>
int own_MPI_Win_toint(Word handle) { return handle_to_integer<P, HandleClass::win>(handle); }
template <class P>
Word own_MPI_Win_fromint(int integer) { return integer_to_handle<P, HandleClass::win>(integer); }

// A Fortran status of the front is its C status as integers; the TYPE of mpi_f08 has the same fields.
template <class P>
int copy_status(const void* from, void* to) {
  if (from == nullptr || to == nullptr || P::ignored(from)) return P::front_error(P::kErrOther);
  __builtin_memcpy(to, from, sizeof(typename P::Front::Status));
  return 0;
}
template <class P>
int own_MPI_Status_c2f(const void* status, int* fortran) { return copy_status<P>(status, fortran); }
template <class P>
int own_MPI_Status_f2c(const int* fortran, void* status) { return copy_status<P>(fortran, status); }
template <class P>
int own_MPI_Status_c2f08(const void* status, void* f08) { return copy_status<P>(status, f08); }
template <class P>
int own_MPI_Status_f082c(const void* f08, void* status) { return copy_status<P>(f08, status); }
template <class P>
int own_MPI_Status_f2f08(const int* fortran, void* f08) { return copy_status<P>(fortran, f08); }
template <class P>
int own_MPI_Status_f082f(const void* f08, int* fortran) { return copy_status<P>(f08, fortran); }

}  // namespace tulkki
