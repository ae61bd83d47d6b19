// SPDX-License-Identifier: Apache-2.0
// Neighbourhood collectives on a periodic ring, an open chain and a distributed graph (a directed ring of two steps).
#include "program.h"

static int out[100], in[100];

static void call_fixed(MPI_Comm comm) {
  MPI_Request request;
  MPI_Neighbor_allgather(out, 2, MPI_INT, in, 2, MPI_INT, comm);
  MPI_Neighbor_alltoall(out, 3, MPI_INT, in, 3, MPI_INT, comm);
  MPI_Ineighbor_allgather(out, 4, MPI_INT, in, 4, MPI_INT, comm, &request);
  MPI_Wait(&request, MPI_STATUS_IGNORE);
  MPI_Ineighbor_alltoall(out, 5, MPI_INT, in, 5, MPI_INT, comm, &request);
  MPI_Wait(&request, MPI_STATUS_IGNORE);
}

// Rank r sends r + 1 integers to each neighbour.
static void call_varying(MPI_Comm comm, const int* sources, int indegree, int outdegree) {
  int sent[4], received[4], places[4] = {0, 20, 40, 60};
  MPI_Aint byte_places[4] = {0, 80, 160, 240};
  MPI_Datatype types[4] = {MPI_INT, MPI_INT, MPI_INT, MPI_INT};
  MPI_Request request;
  for (int i = 0; i < outdegree; i++) sent[i] = rank + 1;
  for (int i = 0; i < indegree; i++) received[i] = sources[i] + 1;
  MPI_Neighbor_allgatherv(out, rank + 1, MPI_INT, in, received, places, MPI_INT, comm);
  MPI_Neighbor_alltoallv(out, sent, places, MPI_INT, in, received, places, MPI_INT, comm);
  MPI_Neighbor_alltoallw(out, sent, byte_places, types, in, received, byte_places, types, comm);
  MPI_Ineighbor_alltoallv(out, sent, places, MPI_INT, in, received, places, MPI_INT, comm, &request);
  MPI_Wait(&request, MPI_STATUS_IGNORE);
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  int yes = 1, no = 0;
  int left = (rank + size - 1) % size, right = (rank + 1) % size, both[2] = {left, right};
  MPI_Comm ring, chain, graph;
  MPI_Cart_create(MPI_COMM_WORLD, 1, &size, &yes, 0, &ring);
  MPI_Cart_create(MPI_COMM_WORLD, 1, &size, &no, 0, &chain);
  // In from the left and from two to the left; out to the right and to two to the right.
  int sources[2] = {left, (rank + size - 2) % size}, targets[2] = {right, (rank + 2) % size};
  MPI_Dist_graph_create_adjacent(MPI_COMM_WORLD, 2, sources, MPI_UNWEIGHTED, 2, targets, MPI_UNWEIGHTED, MPI_INFO_NULL,
                                 0, &graph);
  call_fixed(ring);
  call_varying(ring, both, 2, 2);
  call_fixed(chain);  // the ends have one neighbour: the other is MPI_PROC_NULL
  call_fixed(graph);
  call_varying(graph, sources, 2, 2);
  MPI_Comm_free(&ring);
  MPI_Comm_free(&chain);
  MPI_Comm_free(&graph);
  return end();
}
