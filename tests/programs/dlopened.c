// SPDX-License-Identifier: Apache-2.0
// A program without MPI that loads a shared library which has it (argument 1), as Python does: RTLD_LOCAL.
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  void* part = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (part == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  int (*run)(void) = (int (*)(void))dlsym(part, "run");
  return run != NULL ? run() : 1;
}
