// SPDX-License-Identifier: Apache-2.0
// Topologies: kinds, neighbours that are none, weights that are none or empty, neighbourhood collectives with types.
// MPI-4.1: 8.5, 8.6.
#include "check.h"

static int kind_of(MPI_Comm comm) {
  int kind = -1;
  CHECK_GOOD(MPI_Topo_test(comm, &kind));
  return kind;
}

static void cartesian(void) {
  int dims[2] = {0, 1}, periods[2] = {0, 1}, below, above, coordinates[2], kept[2] = {1, 0}, got_dims[2], got_periods[2];
  int number;
  MPI_Comm grid, row;
  CHECK_EQUAL(kind_of(MPI_COMM_WORLD), MPI_UNDEFINED);
  CHECK_GOOD(MPI_Dims_create(size, 2, dims));
  CHECK(dims[0] == size && dims[1] == 1);
  CHECK_GOOD(MPI_Cart_create(MPI_COMM_WORLD, 2, dims, periods, 0, &grid));
  CHECK_EQUAL(kind_of(grid), MPI_CART);
  MPI_Cart_shift(grid, 0, 1, &below, &above);
  CHECK_EQUAL(below, rank == 0 ? MPI_PROC_NULL : rank - 1);
  CHECK_EQUAL(above, rank == size - 1 ? MPI_PROC_NULL : rank + 1);
  MPI_Cart_shift(grid, 1, 1, &below, &above);
  CHECK(below == rank && above == rank);
  MPI_Cart_get(grid, 2, got_dims, got_periods, coordinates);
  CHECK(got_dims[0] == size && got_periods[1] && !got_periods[0] && coordinates[0] == rank);
  MPI_Cart_rank(grid, coordinates, &number);
  CHECK_EQUAL(number, rank);
  CHECK_GOOD(MPI_Cart_sub(grid, kept, &row));
  MPI_Cartdim_get(row, &number);
  CHECK_EQUAL(number, 1);
  CHECK_GOOD(MPI_Cart_map(MPI_COMM_WORLD, 2, dims, periods, &number));
  CHECK(number == MPI_UNDEFINED || (number >= 0 && number < size));
  MPI_Comm_free(&row);
  MPI_Comm_free(&grid);
  int one = 1;   // a grid of one process: the other is left out
  CHECK_GOOD(MPI_Cart_create(MPI_COMM_WORLD, 1, &one, &one, 0, &grid));
  CHECK((grid == MPI_COMM_NULL) == (rank != 0));
  if (grid != MPI_COMM_NULL) MPI_Comm_free(&grid);
}

static void graph(void) {
  int index[2] = {1, 2}, edges[2] = {1, 0}, nodes, number, neighbour = -1;
  MPI_Comm comm;
  CHECK_GOOD(MPI_Graph_create(MPI_COMM_WORLD, 2, index, edges, 0, &comm));
  CHECK_EQUAL(kind_of(comm), MPI_GRAPH);
  MPI_Graphdims_get(comm, &nodes, &number);
  CHECK(nodes == 2 && number == 2);
  MPI_Graph_neighbors_count(comm, rank, &number);
  MPI_Graph_neighbors(comm, rank, 1, &neighbour);
  CHECK(number == 1 && neighbour == 1 - rank);
  MPI_Comm_free(&comm);
}

static void check_adjacent(MPI_Comm comm, int in, int out, int weighted, int in_weight, int out_weight) {
  int got_in = -1, got_out = -1, got_weighted = -1, sources[2] = {-9, -9}, targets[2] = {-9, -9};
  int source_weights[2] = {-9, -9}, target_weights[2] = {-9, -9};
  CHECK_EQUAL(kind_of(comm), MPI_DIST_GRAPH);
  CHECK_GOOD(MPI_Dist_graph_neighbors_count(comm, &got_in, &got_out, &got_weighted));
  CHECK(got_in == in && got_out == out && !got_weighted == !weighted);
  if (weighted) {
    CHECK_GOOD(MPI_Dist_graph_neighbors(comm, in, sources, source_weights, out, targets, target_weights));
    CHECK(in == 0 || source_weights[0] == in_weight);
    CHECK(out == 0 || target_weights[0] == out_weight);
  } else {
    CHECK_GOOD(MPI_Dist_graph_neighbors(comm, in, sources, MPI_UNWEIGHTED, out, targets, MPI_UNWEIGHTED));
  }
  CHECK(in == 0 || sources[0] == 1 - rank);
  CHECK(out == 0 || targets[0] == 1 - rank);
}

static void distributed(void) {
  int other = 1 - rank, weight = 5 + rank, one = 1;
  MPI_Comm comm;
  CHECK_GOOD(MPI_Dist_graph_create_adjacent(MPI_COMM_WORLD, 1, &other, MPI_UNWEIGHTED, 1, &other, MPI_UNWEIGHTED,
                                            MPI_INFO_NULL, 0, &comm));
  check_adjacent(comm, 1, 1, 0, 0, 0);
  MPI_Comm_free(&comm);
  // Rank 0 has no sources, rank 1 no targets: empty weights.
  CHECK_GOOD(MPI_Dist_graph_create_adjacent(MPI_COMM_WORLD, rank, &other, rank == 0 ? MPI_WEIGHTS_EMPTY : &weight,
                                            1 - rank, &other, rank == 1 ? MPI_WEIGHTS_EMPTY : &weight, MPI_INFO_NULL, 0,
                                            &comm));
  check_adjacent(comm, rank, 1 - rank, 1, weight, weight);
  MPI_Comm_free(&comm);
  CHECK_GOOD(MPI_Dist_graph_create(MPI_COMM_WORLD, 1, &rank, &one, &other, &weight, MPI_INFO_NULL, 0, &comm));
  check_adjacent(comm, 1, 1, 1, 5 + other, 5 + rank);
  MPI_Comm_free(&comm);
  CHECK_GOOD(MPI_Dist_graph_create(MPI_COMM_WORLD, 1, &rank, &one, &other, MPI_UNWEIGHTED, MPI_INFO_NULL, 0, &comm));
  check_adjacent(comm, 1, 1, 0, 0, 0);
  MPI_Comm_free(&comm);
  // All edges from rank 0.
  int both[2] = {0, 1}, degrees[2] = {1, 1}, ends[2] = {1, 0};
  CHECK_GOOD(MPI_Dist_graph_create(MPI_COMM_WORLD, rank == 0 ? 2 : 0, both, degrees, ends,
                                   rank == 0 ? MPI_UNWEIGHTED : MPI_UNWEIGHTED, MPI_INFO_NULL, 0, &comm));
  check_adjacent(comm, 1, 1, 0, 0, 0);
  MPI_Comm_free(&comm);
}

// Types differ by neighbour; at the ends of an open chain a neighbour is MPI_PROC_NULL.
static void neighbours_with_types(void) {
  int no = 0, out[2] = {10 * rank, 10 * rank + 1}, counts[2] = {1, 1};
  short in[4] = {-1, -1, -1, -1};
  double wide[2] = {-1, -1};
  MPI_Aint places[2] = {0, sizeof(int)}, wide_places[2] = {0, sizeof(double)};
  MPI_Datatype types[2] = {MPI_INT, MPI_INT}, twice[2];
  MPI_Comm chain;
  MPI_Request requests[2];
  MPI_Cart_create(MPI_COMM_WORLD, 1, &size, &no, 0, &chain);
  CHECK_GOOD(MPI_Neighbor_alltoallw(out, counts, places, types, in, counts, places, types, chain));
  int* numbers = (int*)in;
  CHECK_EQUAL(numbers[1 - rank], rank == 0 ? 10 : 1);
  CHECK_EQUAL(numbers[rank], -1);
  // Two in flight, and the arrays of types are the program's to change at once.
  int again[2] = {-1, -1};
  MPI_Type_contiguous(2, MPI_FLOAT, &twice[0]);
  MPI_Type_commit(&twice[0]);
  twice[1] = twice[0];
  CHECK_GOOD(MPI_Ineighbor_alltoallw(out, counts, places, types, again, counts, places, types, chain, &requests[0]));
  double wide_out[2] = {rank + 0.5, rank + 0.25};
  CHECK_GOOD(MPI_Ineighbor_alltoallw(wide_out, counts, wide_places, twice, wide, counts, wide_places, twice, chain,
                                     &requests[1]));
  MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
  CHECK_EQUAL(again[1 - rank], rank == 0 ? 10 : 1);
  CHECK(wide[1 - rank] == (rank == 0 ? 1.5 : 0.25));
  MPI_Type_free(&twice[0]);
  MPI_Comm_free(&chain);
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  cartesian();
  graph();
  distributed();
  neighbours_with_types();
  return conclude();
}
