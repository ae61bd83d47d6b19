# SPDX-License-Identifier: Apache-2.0
"""A persistent request moves bytes each time it is started: they belong to MPI_Start and MPI_Startall."""

ranks = 2
ROUND = 4 + 8 + 12 + 16


def profile(r):
    return {
        "MPI_Buffer_attach": 1,
        "MPI_Buffer_detach": 1,
        "MPI_Send_init": 1,
        "MPI_Ssend_init": 1,
        "MPI_Bsend_init": 1,
        "MPI_Rsend_init": 1,
        "MPI_Recv_init": 4,
        "MPI_Wait": 1,
        "MPI_Startall": (5, 0, 5 * ROUND),
        "MPI_Start": (20, 5 * ROUND, 0),
        "MPI_Barrier": 5,
        "MPI_Waitall": 15,
        "MPI_Request_free": 8,
    }


def received_from(r):
    return {1 - r.rank: (20, 5 * ROUND)}


def matrix(size):
    return {(0, 1): (20, 5 * ROUND), (1, 0): (20, 5 * ROUND)}
