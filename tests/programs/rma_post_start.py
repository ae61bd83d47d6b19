# SPDX-License-Identifier: Apache-2.0
"""Active target with groups; ranks of the window are not those of the world."""

ranks = 2


def profile(r):
    calls = {
        "MPI_Comm_split": 1,
        "MPI_Comm_free": 1,
        "MPI_Win_create": 1,
        "MPI_Win_get_group": 1,
        "MPI_Group_incl": 2,
        "MPI_Group_free": 3,
        "MPI_Win_free": 1,
    }
    if r.rank == 0:
        return calls | {"MPI_Win_start": 2, "MPI_Put": (2, 168, 0), "MPI_Win_complete": 2}
    return calls | {"MPI_Win_post": 2, "MPI_Win_wait": 1, "MPI_Win_test": r.printed["win_test"]}


def peers(r):
    return {("MPI_Put", 1): (2, 168, 0)} if r.rank == 0 else {}


def rma_matrix(size):
    return {(0, 1): (2, 168)}
