# SPDX-License-Identifier: Apache-2.0
"""Both halves of a nonblocking send-receive count."""

ranks = 3


def profile(r):
    left = (r.rank - 1) % r.size
    return {
        "MPI_Isendrecv": (3, 3 * 4 * (5 + r.rank), 3 * 4 * (5 + left)),
        "MPI_Isendrecv_replace": (1, 8, 8),
        "MPI_Wait": 4,
    }


def matrix(size):
    return {(rank, (rank + 1) % size): (4, 3 * 4 * (5 + rank) + 8) for rank in range(size)}
