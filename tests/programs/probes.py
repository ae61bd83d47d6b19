# SPDX-License-Identifier: Apache-2.0
"""A probe moves nothing; the receive after it does."""

ranks = 2


def profile(r):
    if r.rank == 0:
        return {"MPI_Send": (4, 100, 0)}
    return {
        "MPI_Probe": 1,
        "MPI_Get_count": 1,
        "MPI_Recv": (2, 0, 30),
        "MPI_Iprobe": r.printed["iprobe"],
        "MPI_Mprobe": 1,
        "MPI_Mrecv": (1, 0, 30),
        "MPI_Improbe": r.printed["improbe"],
        "MPI_Imrecv": (1, 0, 40),
        "MPI_Wait": 1,
    }


def received_from(r):
    return {0: (4, 100)} if r.rank == 1 else {}


def matrix(size):
    return {(0, 1): (4, 100)}
