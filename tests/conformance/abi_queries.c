// SPDX-License-Identifier: Apache-2.0
// What a program of the standard ABI may ask about its ABI, whatever is underneath. MPI-5.0: 20.4.
#include "check.h"

static void expect(MPI_Info info, const char* key, const char* expected) {
  char value[32] = "none";
  int length = sizeof value, flag = 0;
  CHECK_GOOD(MPI_Info_get_string(info, key, &length, value, &flag));
  CHECK(flag);
  CHECK(strcmp(value, expected) == 0);
}

int main(int argc, char** argv) {
  int major = 0, minor = -1, logical_true = 7, logical_false = 7, is_set = 0;
  MPI_Info info;
  CHECK_GOOD(MPI_Abi_get_version(&major, &minor));
  CHECK(major == MPI_ABI_VERSION && minor == MPI_ABI_SUBVERSION);
  CHECK_GOOD(MPI_Abi_get_info(&info));
  expect(info, "mpi_aint_size", "8");
  MPI_Info_free(&info);
  begin(&argc, &argv);
  CHECK_GOOD(MPI_Abi_get_info(&info));
  expect(info, "mpi_aint_size", "8");
  expect(info, "mpi_count_size", "8");
  expect(info, "mpi_offset_size", "8");
  MPI_Info_free(&info);
  CHECK_GOOD(MPI_Abi_get_fortran_info(&info));
  expect(info, "mpi_logical_size", "4");
  expect(info, "mpi_integer_size", "4");
  expect(info, "mpi_double_precision_size", "8");
  expect(info, "mpi_integer8_supported", "true");
  expect(info, "mpi_real2_supported", "false");
  MPI_Info_free(&info);
  CHECK_GOOD(MPI_Abi_get_fortran_booleans(sizeof logical_true, &logical_true, &logical_false, &is_set));
  CHECK(is_set && logical_true == 1 && logical_false == 0);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  CHECK_CLASS(MPI_Abi_get_fortran_booleans(2, &logical_true, &logical_false, &is_set), MPI_ERR_ARG);
  CHECK_CLASS(MPI_Abi_set_fortran_info(MPI_INFO_NULL), MPI_ERR_ABI);
  CHECK_CLASS(MPI_Abi_set_fortran_booleans(sizeof logical_true, &logical_true, &logical_false), MPI_ERR_ABI);
  return conclude();
}
