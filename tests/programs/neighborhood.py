# SPDX-License-Identifier: Apache-2.0
"""Outdegree parts are sent, indegree parts received; an MPI_PROC_NULL neighbour takes and gives nothing."""

ranks = 4


def profile(r):
    left, right, far = (r.rank - 1) % r.size, (r.rank + 1) % r.size, (r.rank - 2) % r.size
    chain = 1 if r.rank in (0, r.size - 1) else 2
    neighbors = 2 + chain + 2  # of ring, chain and graph
    out = 4 * (r.rank + 1)
    ring_in, graph_in = 4 * (left + right + 2), 4 * (left + far + 2)
    varying = (2, 4 * out, ring_in + graph_in)
    return {
        "MPI_Cart_create": 2,
        "MPI_Dist_graph_create_adjacent": 1,
        "MPI_Comm_free": 3,
        # "Outdegree parts sent" holds for the allgathers too: one copy for each taker.
        "MPI_Neighbor_allgather": (3, 8 * neighbors, 8 * neighbors),
        "MPI_Neighbor_alltoall": (3, 12 * neighbors, 12 * neighbors),
        "MPI_Ineighbor_allgather": (3, 16 * neighbors, 16 * neighbors),
        "MPI_Ineighbor_alltoall": (3, 20 * neighbors, 20 * neighbors),
        "MPI_Neighbor_allgatherv": varying,
        "MPI_Neighbor_alltoallv": varying,
        "MPI_Neighbor_alltoallw": varying,
        "MPI_Ineighbor_alltoallv": varying,
        "MPI_Wait": 8,
    }
