# SPDX-License-Identifier: Apache-2.0
"""What arrives is booked under the procedure that posted the receive, whoever completes it."""

ranks = 2
ROUND = sum(100 * (i + 1) for i in range(8))


def profile(r):
    return {
        "MPI_Irecv": (40, 0, 5 * ROUND),
        "MPI_Isend": (40, 5 * ROUND, 0),
        "MPI_Wait": 17,
        "MPI_Waitall": 4,
        "MPI_Waitany": 16,
        "MPI_Waitsome": r.printed["waitsome"],
    }


def peers(r):
    return {
        ("MPI_Irecv", 1 - r.rank): (40, 0, 5 * ROUND),
        ("MPI_Isend", 1 - r.rank): (40, 5 * ROUND, 0),
    }


def matrix(size):
    return {(0, 1): (40, 5 * ROUND), (1, 0): (40, 5 * ROUND)}
