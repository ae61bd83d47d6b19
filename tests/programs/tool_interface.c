// SPDX-License-Identifier: Apache-2.0
// The tool interface, before and beside MPI proper.
#include "program.h"

int main(int argc, char** argv) {
  int provided, variables;
  MPI_T_init_thread(MPI_THREAD_SINGLE, &provided);
  MPI_T_cvar_get_num(&variables);
  REQUIRE(variables > 0);
  begin(&argc, &argv);
  MPI_T_pvar_get_num(&variables);
  MPI_T_finalize();
  return end();
}
