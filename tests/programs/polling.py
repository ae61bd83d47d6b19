# SPDX-License-Identifier: Apache-2.0
"""Floods of failed polls are counted one by one and stored as one record."""

ranks = 2
most_trace_events = 200


def profile(r):
    return {
        "MPI_Irecv": (1, 0, 4),
        "MPI_Test": 20000 + r.printed["tests"],
        "MPI_Iprobe": 20000,
        "MPI_Barrier": 1,
        "MPI_Send": (1, 4, 0),
    }


def matrix(size):
    return {(0, 1): (1, 4), (1, 0): (1, 4)}
