# SPDX-License-Identifier: Apache-2.0
"""Put and accumulate send, get receives, the fetching operations do both; MPI_PROC_NULL moves nothing."""

ranks = 3


def profile(r):
    return {
        "MPI_Win_create": 1,
        "MPI_Win_fence": 7,
        "MPI_Win_free": 1,
        "MPI_Put": (3, 96, 0),
        "MPI_Get": (1, 0, 160),
        "MPI_Accumulate": (1, 240, 0),
        "MPI_Get_accumulate": (1, 320, 320),
        "MPI_Fetch_and_op": (1, 8, 8),
        "MPI_Compare_and_swap": (1, 8, 8),
    }


def peers(r):
    target = (r.rank + 1) % r.size
    return {("MPI_Get", target): (1, 0, 160), ("MPI_Accumulate", target): (1, 240, 0)}


def matrix(size):
    return {}


def rma_matrix(size):
    """Operations by origin and target; bytes are those moved, in either direction."""
    return {(rank, (rank + 1) % size): (7, 96 + 160 + 240 + 2 * (320 + 8 + 8)) for rank in range(size)}


def contexts(size):
    return {("window", "0-2"): 1}
