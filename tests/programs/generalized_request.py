# SPDX-License-Identifier: Apache-2.0
"""A generalized request moves nothing and disturbs no other; its query callback may call MPI."""

ranks = 2


def profile(r):
    return {
        "MPI_Grequest_start": 1,
        "MPI_Grequest_complete": 1,
        "MPI_Irecv": (1, 0, 4),
        "MPI_Send": (1, 4, 0),
        "MPI_Waitall": 1,
        "MPI_Status_set_elements": 1,
        "MPI_Status_set_cancelled": 1,
    }
