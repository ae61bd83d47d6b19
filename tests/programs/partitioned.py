# SPDX-License-Identifier: Apache-2.0
"""Partitioned requests move all their partitions with each start."""

ranks = 2
DATA = 8 * 10 * 8


def profile(r):
    if r.rank == 0:
        return {
            "MPI_Psend_init": 1,
            "MPI_Start": (3, 3 * DATA, 0),
            "MPI_Pready": 3,
            "MPI_Pready_range": 3,
            "MPI_Pready_list": 3,
            "MPI_Wait": 3,
            "MPI_Request_free": 1,
        }
    return {
        "MPI_Precv_init": 1,
        "MPI_Start": (3, 0, 3 * DATA),
        "MPI_Parrived": 3,
        "MPI_Wait": 3,
        "MPI_Request_free": 1,
    }


def matrix(size):
    return {(0, 1): (3, 3 * DATA)}
