# SPDX-License-Identifier: Apache-2.0
"""Sessions instead of MPI_Init; the rank is that in the process set mpi://WORLD."""

ranks = 2
initialization = "MPI_Session_init"
finalization = "MPI_Session_finalize"


def profile(r):
    return {
        "MPI_Group_from_session_pset": 1,
        "MPI_Comm_create_from_group": 1,
        "MPI_Group_free": 1,
        "MPI_Comm_free": 1,
        "MPI_Allreduce": (3, 12, 12),
    }
