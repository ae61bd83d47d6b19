# SPDX-License-Identifier: Apache-2.0
"""A failed call counts as call and as error and moves nothing (fourth number: errors)."""

ranks = 2


def profile(r):
    calls = {
        "MPI_Comm_set_errhandler": 2,
        "MPI_Comm_create_errhandler": 1,
        "MPI_Comm_call_errhandler": 1,
        "MPI_Errhandler_free": 1,
        "MPI_Error_string": 5,
        "MPI_Error_class": 2,
        "MPI_Bcast": (1, 0, 0, 1),
        "MPI_Send": (7, 40, 0, 6) if r.rank == 0 else (6, 0, 0, 6),
        "MPI_Barrier": 1,
    }
    if r.rank == 1:
        calls["MPI_Recv"] = (1, 0, 0, 1)
    return calls


def matrix(size):
    return {(0, 1): (1, 40)}


unmatched_sends = 1  # its receive failed
ignored_defects = ["unmatched-send"]
