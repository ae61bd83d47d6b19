# SPDX-License-Identifier: Apache-2.0
"""What completes after its communicator was freed is booked on that communicator, not on the next with its handle."""

ranks = 2


def profile(r):
    return {
        "MPI_Comm_dup": 10,
        "MPI_Comm_set_name": 5,
        "MPI_Irecv": (5, 0, 20),
        "MPI_Recv_init": 5,
        "MPI_Start": (5, 0, 20),
        "MPI_Send": (10, 40, 0),
        "MPI_Wait": 10,
        "MPI_Request_free": 5,
        "MPI_Comm_free": 10,
    }


def matrix(size):
    return {(0, 1): (10, 40), (1, 0): (10, 40)}


def contexts(size):
    return {("communicator", "0-1"): 5, ("communicator", "0"): 5, ("communicator", "1"): 5}


context_names = ["freed early"]
