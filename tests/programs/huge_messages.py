# SPDX-License-Identifier: Apache-2.0
"""Sizes of 2 GiB and more are neither lost nor cut."""

ranks = 2
FIRST, SECOND = 2**31, 2049 * 2**20


def profile(r):
    types = {"MPI_Type_contiguous": 1, "MPI_Type_commit": 1, "MPI_Type_free": 1}
    if r.rank == 0:
        return types | {"MPI_Send": (2, FIRST + SECOND, 0)}
    return types | {"MPI_Recv": (1, 0, FIRST), "MPI_Irecv": (1, 0, SECOND), "MPI_Wait": 1}


def matrix(size):
    return {(0, 1): (2, FIRST + SECOND)}
