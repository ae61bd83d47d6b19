// SPDX-License-Identifier: Apache-2.0
// Conformance programs: each checks one matter of the standard and goes on after a failure, so that one run tells all.
// They use no more than any mpi.h from MPI-3.1 on has; newer parts are left out by MPI_VERSION.
#pragma once

#include "../programs/program.h"

static long check_failures;

static inline int check_that(int good, const char* file, int line, const char* what, long long first, long long second) {
  char text[1000];
  if (good) return 1;
  snprintf(text, sizeof text, "%s:%d: rank %d: not true: %s (%lld, %lld)\n", file, line, rank, what, first, second);
  if (++check_failures <= 40 && write(STDERR_FILENO, text, strlen(text)) < 0) _exit(71);
  return 0;
}
static inline int check_equal(long long first, long long second, const char* file, int line, const char* what) {
  return check_that(first == second, file, line, what, first, second);
}

// Each gives whether it holds, and evaluates its arguments once.
#define CHECK(condition) check_that(!!(condition), __FILE__, __LINE__, #condition, 0, 0)
#define CHECK_EQUAL(first, second) check_equal(first, second, __FILE__, __LINE__, #first " == " #second)
#define CHECK_GOOD(call) CHECK_EQUAL(call, MPI_SUCCESS)
// The call fails with this error class.
#define CHECK_CLASS(call, wanted) CHECK_EQUAL(class_of(call), wanted)

static inline int class_of(int code) {
  int error_class = -1;
  MPI_Error_class(code, &error_class);
  return error_class;
}

// The last line of a main function.
static inline int conclude(void) {
  MPI_Finalize();
  return check_failures == 0 ? succeed() : 1;
}
