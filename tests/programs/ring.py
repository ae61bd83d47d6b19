# SPDX-License-Identifier: Apache-2.0
"""A plain program, recorded in several ways."""

ranks = 2
sites = {"MPI_Send": "ring.c:", "MPI_Recv": "ring.c:", "MPI_Allreduce": "ring.c:"}


def profile(r):
    return {"MPI_Send": (100, 800, 0), "MPI_Recv": (100, 0, 800), "MPI_Allreduce": (1, 8, 8)}


def matrix(size):
    return {(rank, (rank + 1) % size): (100, 800) for rank in range(size)}
