# SPDX-License-Identifier: Apache-2.0
"""A freed send still counts, and its receive finds it."""

ranks = 2
DATA = sum(800 * (i + 1) for i in range(5))


def profile(r):
    if r.rank == 0:
        return {"MPI_Isend": (5, DATA, 0), "MPI_Request_free": 5, "MPI_Recv": (1, 0, 4)}
    return {"MPI_Recv": (5, 0, DATA), "MPI_Send": (1, 4, 0)}


def matrix(size):
    return {(0, 1): (5, DATA), (1, 0): (1, 4)}
