# SPDX-License-Identifier: Apache-2.0
"""MPI that comes with dlopen, in a scope of its own, is recorded like any other."""

ranks = 2


def arguments(mpi):
    return ["./libdlopened_part.{mpi}.so"]


def profile(r):
    return {"MPI_Allreduce": (10, 40, 40), "MPI_Sendrecv": (1, 4, 4)}


def matrix(size):
    return {(0, 1): (1, 4), (1, 0): (1, 4)}
