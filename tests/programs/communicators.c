// SPDX-License-Identifier: Apache-2.0
// All ways to make a communicator, and a thousand that come and go.
#include "program.h"

int main(int argc, char** argv) {
  begin(&argc, &argv);
  MPI_Comm split, duplicate, with_info, created, from_group, node, idup;
  MPI_Group world_group, pair;
  MPI_Request request;
  int members[2] = {size - 1, 0}, sum;
  MPI_Comm_split(MPI_COMM_WORLD, rank == 0 ? MPI_UNDEFINED : 1, 0, &split);
  REQUIRE((split == MPI_COMM_NULL) == (rank == 0));
  MPI_Comm_dup(MPI_COMM_WORLD, &duplicate);
  MPI_Comm_set_name(duplicate, "my duplicate");
  MPI_Comm_dup_with_info(duplicate, MPI_INFO_NULL, &with_info);
  MPI_Comm_group(MPI_COMM_WORLD, &world_group);
  MPI_Group_incl(world_group, 2, members, &pair);
  MPI_Comm_create(MPI_COMM_WORLD, pair, &created);
  REQUIRE((created != MPI_COMM_NULL) == (rank == 0 || rank == size - 1));
  if (created != MPI_COMM_NULL) {
    MPI_Comm_create_group(MPI_COMM_WORLD, pair, 7, &from_group);
    MPI_Barrier(from_group);
    MPI_Comm_free(&from_group);
    MPI_Comm_free(&created);
  }
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
  MPI_Comm_idup(duplicate, &idup, &request);
  MPI_Wait(&request, MPI_STATUS_IGNORE);
  MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, idup);
  for (int i = 0; i < 1000; i++) {
    MPI_Comm churn;
    MPI_Comm_dup(MPI_COMM_SELF, &churn);
    MPI_Comm_free(&churn);
  }
  if (split != MPI_COMM_NULL) MPI_Comm_free(&split);
  MPI_Comm_free(&idup);
  MPI_Comm_free(&node);
  MPI_Comm_free(&with_info);
  MPI_Comm_free(&duplicate);
  MPI_Group_free(&pair);
  MPI_Group_free(&world_group);
  return end();
}
