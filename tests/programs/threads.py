# SPDX-License-Identifier: Apache-2.0
"""Each thread has its own rows; a request may be completed by another thread than the one that started it."""

ranks = 2
initialization = "MPI_Init_thread"
threads = 5  # that called MPI, by rank


def profile(r):
    return {
        "MPI_Irecv": (2004, 0, 4 * 2004),
        "MPI_Send": (2004, 4 * 2004, 0),
        "MPI_Wait": 2000,
        "MPI_Waitall": 1,
    }


def matrix(size):
    return {(0, 1): (2004, 4 * 2004), (1, 0): (2004, 4 * 2004)}
