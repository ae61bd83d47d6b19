# SPDX-License-Identifier: Apache-2.0
"""Hand-computed bytes of tests/programs/collectives.h: what a rank puts in and gets out of each collective."""

KINDS = [
    "barrier", "bcast", "gather", "gatherv", "scatter", "scatterv", "allgather", "allgatherv", "alltoall", "alltoallv",
    "alltoallw", "reduce", "allreduce", "reduce_scatter", "reduce_scatter_block", "scan", "exscan",
]  # fmt: skip


def sent_received(kind, rank, size):
    root = rank == size - 1
    integers = size * (size + 1) // 2  # 1 + 2 + ... + size, what the v variants move in all
    own = rank + 1
    return {
        "barrier": (0, 0),
        "bcast": (80, 0) if root else (0, 80),
        "gather": (12, 12 * size if root else 0),
        "gatherv": (4 * own, 4 * integers if root else 0),
        "scatter": (16 * size if root else 0, 16),
        "scatterv": (4 * integers if root else 0, 4 * own),
        "allgather": (20, 20 * size),
        "allgatherv": (4 * own, 4 * integers),
        "alltoall": (24 * size, 24 * size),
        "alltoallv": (4 * integers, 4 * own * size),
        "alltoallw": (4 * integers, 4 * own * size),
        "reduce": (28, 28 if root else 0),
        "allreduce": (32, 32),
        "reduce_scatter": (4 * integers, 4 * own),
        "reduce_scatter_block": (36 * size, 36),
        "scan": (44, 44),
        "exscan": (48, 0 if rank == 0 else 48),
    }[kind]
