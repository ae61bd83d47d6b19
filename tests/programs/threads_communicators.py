# SPDX-License-Identifier: Apache-2.0
"""Every communicator is one context on all its members, whichever thread made it when."""

ranks = 2
initialization = "MPI_Init_thread"


def profile(r):
    return {
        "MPI_Comm_group": 1,
        "MPI_Comm_dup": 4,
        "MPI_Comm_create": 400,
        "MPI_Comm_create_group": 400,
        "MPI_Barrier": 800,
        "MPI_Comm_free": 804,
        "MPI_Group_free": 1,
    }


def contexts(size):
    return {("communicator", "0-1"): 804}
