// SPDX-License-Identifier: Apache-2.0
// Opens a plug-in (argument 1) as argument 2 says, and calls its `work`. With LINKED, MPI is the host's own.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#ifdef LINKED
#include <mpi.h>
#endif

int main(int argc, char** argv) {
  const char* how = argv[2];
  int flags = strcmp(how, "lazy") == 0 ? RTLD_LAZY : strcmp(how, "deep") == 0 ? RTLD_LAZY | RTLD_DEEPBIND : RTLD_NOW;
#ifdef LINKED
  MPI_Init(&argc, &argv);
#endif
  void* plugin = strcmp(how, "space") == 0 ? dlmopen(LM_ID_NEWLM, argv[1], RTLD_NOW)
                                           : dlopen(argv[1], flags | RTLD_LOCAL);
  if (plugin == NULL) {
    puts(dlerror());
    return 3;
  }
  printf("%d\n", ((int (*)(void))dlsym(plugin, "work"))());
#ifdef LINKED
  MPI_Finalize();
#endif
  return 0;
}
