# SPDX-License-Identifier: Apache-2.0
"""Requests keep their identity across the recorder's buffers: each completion finds its start, with the true size."""

ranks = 2
WINDOW = 16
DATA = sum(4 * ((window + i) % 64) for window in range(2000) for i in range(WINDOW))


def profile(r):
    return {
        "MPI_Irecv": (2000 * WINDOW + 5, 0, DATA + 20),
        "MPI_Isend": (2000 * WINDOW, DATA, 0),
        "MPI_Send": (5, 20, 0),
        "MPI_Waitall": 2001,
    }


def matrix(size):
    return {(0, 1): (2000 * WINDOW + 5, DATA + 20), (1, 0): (2000 * WINDOW + 5, DATA + 20)}
