# SPDX-License-Identifier: Apache-2.0
"""mpi4py opens libmpi in a scope of its own; it makes calls of its own, so only the script's are compared."""

ranks = 2
executable = "/usr/bin/python3"
arguments = ["python_script.script.py"]
only_named = True


def profile(r):
    return {
        "MPI_Init_thread": 1,
        "MPI_Finalize": 1,
        "MPI_Sendrecv": (10, 8000, 8000),
        "MPI_Win_allocate": 1,
        "MPI_Win_fence": 2,
        "MPI_Put": (1, 800, 0),
        "MPI_Win_free": 1,
        "MPI_Isend": (1, r.anything, 0),
        "MPI_Wait": 1,
    }


def rma_matrix(size):
    return {(0, 1): (1, 800), (1, 0): (1, 800)}
