# SPDX-License-Identifier: Apache-2.0
"""Operations with requests count their bytes where they start."""

ranks = 2


def profile(r):
    return {
        "MPI_Win_allocate": 1,
        "MPI_Win_create_dynamic": 1,
        "MPI_Win_attach": 1,
        "MPI_Win_detach": 1,
        "MPI_Win_lock": 2,
        "MPI_Win_unlock": 2,
        "MPI_Win_lock_all": 1,
        "MPI_Win_unlock_all": 1,
        "MPI_Win_flush": 1,
        "MPI_Win_flush_all": 1,
        "MPI_Win_flush_local": 1,
        "MPI_Win_flush_local_all": 1,
        "MPI_Win_sync": 1,
        "MPI_Win_free": 2,
        "MPI_Put": (1, 40, 0),
        "MPI_Rput": (1, 48, 0),
        "MPI_Rget": (1, 0, 56),
        "MPI_Raccumulate": (1, 64, 0),
        "MPI_Rget_accumulate": (1, 72, 72),
        "MPI_Get": (1, 0, 80),
        "MPI_Waitall": 1,
        "MPI_Get_address": 1,
        "MPI_Sendrecv": (1, 8, 8),
        "MPI_Barrier": 1,
    }


def matrix(size):
    return {(0, 1): (1, 8), (1, 0): (1, 8)}


def rma_matrix(size):
    return {(0, 1): (6, 40 + 48 + 56 + 64 + 2 * 72 + 80), (1, 0): (6, 40 + 48 + 56 + 64 + 2 * 72 + 80)}


def contexts(size):
    return {("window", "0-1"): 2}
