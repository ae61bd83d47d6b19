# SPDX-License-Identifier: Apache-2.0
"""On MPI_COMM_SELF the partner is the process itself, by its world rank."""

ranks = 2


def profile(r):
    return {
        "MPI_Irecv": (10, 0, 40),
        "MPI_Send": (10, 40, 0),
        "MPI_Wait": 10,
        "MPI_Allreduce": (1, 4, 4),
    }


def peers(r):
    return {("MPI_Irecv", r.rank): (10, 0, 40), ("MPI_Send", r.rank): (10, 40, 0)}


def matrix(size):
    return {(rank, rank): (10, 40) for rank in range(size)}
