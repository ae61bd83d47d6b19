// SPDX-License-Identifier: Apache-2.0
// hwloc is in the program's scope, as it is when an MPI is linked to the program: its plugins look for it there and find
// no devices otherwise.
#include <dlfcn.h>

#include "check.h"

int main(int argc, char** argv) {
  void* program = dlopen(NULL, RTLD_LAZY);
  begin(&argc, &argv);
  CHECK(dlsym(program, "hwloc_topology_init") != NULL);
  return conclude();
}
