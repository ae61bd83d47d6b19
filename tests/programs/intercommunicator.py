# SPDX-License-Identifier: Apache-2.0
"""Partners on an intercommunicator are ranks of the other group, and are reported as world ranks."""

ranks = 3


def profile(r):
    first = r.rank == 0
    remote = 2 if first else 1
    calls = {
        "MPI_Comm_split": 1,
        "MPI_Intercomm_create": 1,
        "MPI_Intercomm_merge": 1,
        "MPI_Comm_remote_size": 1,
        "MPI_Comm_free": 3,
        "MPI_Barrier": 1,
        "MPI_Bcast": (2, 12, 20) if first else (2, 20, 12) if r.rank == 2 else (2, 0, 12),
        "MPI_Allreduce": (2, 8, 8),
        "MPI_Allgather": (1, 4, 4 * remote),
        "MPI_Gather": (1, 0, 8) if first else (1, 4, 0),
    }
    if r.rank != 1:
        calls |= {"MPI_Send": (1, 8, 0) if first else (1, 4, 0), "MPI_Recv": (1, 0, 4) if first else (1, 0, 8)}
    return calls


def peers(r):
    if r.rank == 1:
        return {}
    other = 2 - r.rank
    return {
        ("MPI_Send", other): (1, 8, 0) if r.rank == 0 else (1, 4, 0),
        ("MPI_Recv", other): (1, 0, 4) if r.rank == 0 else (1, 0, 8),
    }


def matrix(size):
    return {(0, 2): (1, 8), (2, 0): (1, 4)}
