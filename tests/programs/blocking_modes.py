# SPDX-License-Identifier: Apache-2.0
"""Received bytes come from the status: every receive here posts more than arrives."""

ranks = 2
SENT = sum(8 * i for i in range(10))


def profile(r):
    if r.rank == 0:
        return {
            "MPI_Send": (10, SENT, 0),
            "MPI_Ssend": (1, 800, 0),
            "MPI_Bsend": (2, 403, 0),
            "MPI_Rsend": (1, 28, 0),
            "MPI_Recv": (1, 0, 4),
            "MPI_Buffer_attach": 1,
            "MPI_Buffer_detach": 1,
        }
    return {
        "MPI_Recv": (13, 0, SENT + 800 + 403),
        "MPI_Irecv": (1, 0, 28),
        "MPI_Send": (1, 4, 0),
        "MPI_Get_count": 10,
        "MPI_Wait": 1,
    }


def matrix(size):
    return {(0, 1): (14, SENT + 800 + 403 + 28), (1, 0): (1, 4)}
