// SPDX-License-Identifier: Apache-2.0
// An extension module of Python, without Python's headers, that starts MPI when it is imported.
#include <mpi.h>
#include <stdio.h>

void* PyModule_Create2(void* definition, int version);
int PyModule_AddIntConstant(void* module, const char* name, long value);

static struct {
  long references;
  void *type, *init;
  long index;
  void* copy;
  const char *name, *documentation;
  long size;
  void* others[5];
} definition = {1, 0, 0, 0, 0, "MPI", 0, -1, {0}};

void* PyInit_MPI(void) {
  int rank, size, sum, ready;
  MPI_Initialized(&ready);
  if (!ready) MPI_Init(NULL, NULL);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  void* module = PyModule_Create2(&definition, 1013);
  PyModule_AddIntConstant(module, "rank", rank);
  PyModule_AddIntConstant(module, "size", size);
  PyModule_AddIntConstant(module, "sum", sum);
  MPI_Finalize();
  return module;
}
