// SPDX-License-Identifier: Apache-2.0
// A C++ program: Debian's mpicxx.openmpi links libmpi_cxx, whose constructors refer to most of the C interface.
#include <vector>

#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  std::vector<double> values(10, rank), sums(10);
  MPI_Allreduce(values.data(), sums.data(), 10, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  REQUIRE(sums[9] == size * (size - 1) / 2.0);
  return end();
}
