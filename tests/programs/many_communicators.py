# SPDX-License-Identifier: Apache-2.0
"""Ten thousand live communicators, or, on MPICH, which has 2 048 in all, as many as it allows."""

ranks = 2
LIVE = {"openmpi": 10000, "mpich": 2000}


def arguments(mpi):
    return [str(LIVE[mpi])]


def profile(r):
    live = LIVE[r.mpi]
    return {"MPI_Comm_dup": live, "MPI_Allreduce": (live, 4 * live, 4 * live), "MPI_Comm_free": live}


def contexts(size, mpi):
    half = LIVE[mpi] // 2
    return {("communicator", "0-1"): half, ("communicator", "0"): half, ("communicator", "1"): half}
