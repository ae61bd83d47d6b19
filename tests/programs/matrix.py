# SPDX-License-Identifier: Apache-2.0
"""The matrix speaks of world ranks, whatever the communicator calls them."""

ranks = 4


def profile(r):
    messages = 2 * (r.size - 1) + 1
    sent = (r.size - 1) * (100 * r.rank + 1) + (r.size - 1) * (100 * r.rank + 2) + 100 * r.rank + 3
    others = [other for other in range(r.size) if other != r.rank]
    received = sum(200 * other + 3 for other in others) + 100 * ((r.rank + 2) % 4) + 3
    return {
        "MPI_Comm_rank": 4,
        "MPI_Comm_size": 4,
        "MPI_Comm_split": 2,
        "MPI_Comm_free": 2,
        "MPI_Irecv": (messages, 0, received),
        "MPI_Send": (messages, sent, 0),
        "MPI_Wait": messages,
        "MPI_Bcast": (1, 4, 0) if r.rank == r.size - 1 else (1, 0, 4),
    }


def peers(r):
    return {("MPI_Bcast", r.size - 1): (1, 4, 0) if r.rank == r.size - 1 else (1, 0, 4)}


def matrix(size):
    cells = {}
    for source in range(size):
        for destination in range(size):
            if source != destination:
                messages, sent = 2, 200 * source + 3
                if source % 2 == destination % 2:
                    messages, sent = 3, sent + 100 * source + 3
                cells[(source, destination)] = (messages, sent)
    return cells


def contexts(size):
    # A context's members are listed in the order of its ranks.
    return {("communicator", "3,2,1,0"): 1, ("communicator", "2,0"): 1, ("communicator", "3,1"): 1}
