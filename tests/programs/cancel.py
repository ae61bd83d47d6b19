# SPDX-License-Identifier: Apache-2.0
"""A cancelled receive brings nothing."""

ranks = 2


def profile(r):
    return {
        "MPI_Irecv": (3, 0, 4),
        "MPI_Send": (1, 4, 0),
        "MPI_Cancel": 2,
        "MPI_Wait": 1,
        "MPI_Waitall": 1,
        "MPI_Test_cancelled": 2,
        "MPI_Barrier": 1,
    }


def matrix(size):
    return {(0, 1): (1, 4), (1, 0): (1, 4)}
