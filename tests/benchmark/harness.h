// SPDX-License-Identifier: Apache-2.0
// What both benchmark programs share: clocks and order statistics. C, because the programs must not carry more than
// a user's would.
#ifndef TULKKI_TESTS_BENCHMARK_HARNESS_H
#define TULKKI_TESTS_BENCHMARK_HARNESS_H

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

static inline double clock_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static inline int compare_doubles(const void* left, const void* right) {
  const double a = *(const double*)left, b = *(const double*)right;
  return (a > b) - (a < b);
}

/* Sorts `values`; share 0.5 gives the median. */
static inline double quantile(double* values, int count, double share) {
  qsort(values, (size_t)count, sizeof *values, compare_doubles);
  return values[(int)(share * (count - 1) + 0.5)];
}

#endif
