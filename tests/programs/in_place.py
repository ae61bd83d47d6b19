# SPDX-License-Identifier: Apache-2.0
"""MPI_IN_PLACE changes nothing in what a rank contributes and gets."""

ranks = 3


def profile(r):
    root, own, size = r.rank == 0, r.rank + 1, r.size
    integers = size * (size + 1) // 2
    return {
        "MPI_Gather": (1, 8, 8 * size if root else 0),
        "MPI_Gatherv": (1, 4 * own, 4 * integers if root else 0),
        "MPI_Scatter": (1, 12 * size if root else 0, 12),
        "MPI_Scatterv": (1, 4 * integers if root else 0, 4 * own),
        "MPI_Reduce": (1, 16, 16 if root else 0),
        "MPI_Allgather": (1, 20, 20 * size),
        "MPI_Allgatherv": (1, 4 * own, 4 * integers),
        "MPI_Iallgather": (1, 24, 24 * size),
        "MPI_Wait": 1,
        "MPI_Allreduce": (1, 28, 28),
        "MPI_Reduce_scatter": (1, 4 * integers, 4 * own),
        "MPI_Reduce_scatter_block": (1, 32 * size, 32),
        "MPI_Scan": (1, 36, 36),
        "MPI_Exscan": (1, 40, 40 if r.rank else 0),
        "MPI_Alltoall": (1, 8 * size, 8 * size),
        "MPI_Alltoallv": (1, 8 * size, 8 * size),
        "MPI_Alltoallw": (1, 8 * size, 8 * size),
    }
