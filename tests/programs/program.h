// SPDX-License-Identifier: Apache-2.0
// What every test program shares: a start, an end, numbers said to the runner, and a condition that must hold.
// begin() and end() account for MPI_Init, MPI_Comm_rank, MPI_Comm_size and MPI_Finalize, once each.
#pragma once

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int rank = -1, size = -1;

#define REQUIRE(condition)                                                          \
  do {                                                                              \
    if (!(condition)) {                                                             \
      fprintf(stderr, "%s:%d: rank %d: not true: %s\n", __FILE__, __LINE__, rank, #condition); \
      _exit(70);                                                                    \
    }                                                                               \
  } while (0)

static inline void begin(int* argc, char*** argv) {
  MPI_Init(argc, argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
}

// One write a line: launchers mix what ranks say, but not inside a write.
static inline void say_line(const char* line) {
  if (write(STDOUT_FILENO, line, strlen(line)) < 0) _exit(71);
}

// A count that only the program can know (of polls, say); the expectation reads it as printed["name"].
static inline void say_number(const char* name, long value) {
  char line[200];
  snprintf(line, sizeof line, "NUMBER %d %s %ld\n", rank, name, value);
  say_line(line);
}

static inline int succeed(void) {
  say_line("EXIT-SUCCESS\n");
  return 0;
}

static inline int end(void) {
  MPI_Finalize();
  return succeed();
}
