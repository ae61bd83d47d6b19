# SPDX-License-Identifier: Apache-2.0
"""The true source is known for every message, though the program never asked for it."""

ranks = 3


def profile(r):
    if r.rank > 0:
        return {"MPI_Send": (4, 40 * r.rank, 0)}
    senders = r.size - 1
    return {
        "MPI_Recv": (2 * senders, 0, r.anything),
        "MPI_Irecv": (2 * senders, 0, r.anything),
        "MPI_Wait": senders,
        "MPI_Waitall": 1,
    }


def received_from(r):
    """Bytes and messages by true source, over all procedures: which receive took which message is left open."""
    if r.rank > 0:
        return {}
    return {source: (4, 40 * source) for source in range(1, r.size)}


def matrix(size):
    return {(source, 0): (4, 40 * source) for source in range(1, size)}
