# SPDX-License-Identifier: Apache-2.0
"""Hand-computed numbers of the three Fortran programs in tests/programs, which do the same in three dialects."""

MESSAGES = 8 * (1 + 2 + 3 + 4 + 5)


def profile(r):
    calls = {
        "MPI_Irecv": (3, 0, 12),
        "MPI_Isend": (2, 8, 0),
        "MPI_Waitall": 1,
        "MPI_Wait": 1,
        "MPI_Allreduce": (3, 24 + 32 + 4, 24 + 32 + 4),
        "MPI_Bcast": (1, 800, 0) if r.rank == 1 else (1, 0, 800),
        "MPI_Type_vector": 1,
        "MPI_Type_commit": 1,
        "MPI_Type_free": 1,
        "MPI_Sendrecv": (1, 80, 80),
        "MPI_Op_create": 1,
        "MPI_Op_free": 1,
        "MPI_Comm_split": 1,
        "MPI_Barrier": 1,
        "MPI_Comm_free": 1,
    }
    if r.rank == 0:
        return calls | {"MPI_Send": (7, MESSAGES + 4, 0)}
    return calls | {"MPI_Send": (2, 4, 0), "MPI_Recv": (5, 0, MESSAGES), "MPI_Get_count": 5}


def matrix(size):
    return {(0, 1): (5 + 2 + 1 + 1, MESSAGES + 12 + 80), (1, 0): (2 + 1 + 1, 12 + 80)}


def sites(file):
    """The procedures whose call sites must lie in this source file."""
    return {name: file + ":" for name in ("MPI_Send", "MPI_Allreduce", "MPI_Waitall", "MPI_Comm_split")}
