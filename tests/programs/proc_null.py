# SPDX-License-Identifier: Apache-2.0
"""MPI_PROC_NULL: the call counts; no bytes, no message."""

ranks = 2


def profile(r):
    return {
        "MPI_Send": 3,
        "MPI_Recv": 2,
        "MPI_Isend": 1,
        "MPI_Irecv": 1,
        "MPI_Waitall": 1,
        "MPI_Sendrecv": 1,
        "MPI_Probe": 1,
        "MPI_Iprobe": 1,
        "MPI_Mprobe": 1,
        "MPI_Mrecv": 1,
        "MPI_Send_init": 1,
        "MPI_Start": 1,
        "MPI_Wait": 1,
        "MPI_Request_free": 1,
    }


def matrix(size):
    return {}
