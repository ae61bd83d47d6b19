# SPDX-License-Identifier: Apache-2.0
"""Bytes are those really written and read: the reads at the end of the file ask for 1 000 and get 30 and 20."""

ranks = 2


def profile(r):
    calls = {
        "MPI_File_open": 1,
        "MPI_File_write_at": (2, 300, 0),
        "MPI_File_seek": 2,
        "MPI_File_write": (1, 700, 0),
        "MPI_File_sync": 1,
        "MPI_Barrier": 2,
        "MPI_File_read_at": (2, 0, 70),
        "MPI_File_read": (1, 0, 30),
        "MPI_Get_count": 1,
        "MPI_File_get_size": 1,
        "MPI_File_set_size": 1,
        "MPI_File_close": 1,
    }
    if r.rank == 0:
        calls["MPI_File_delete"] = 1
    return calls


def matrix(size):
    return {}


def contexts(size):
    return {("file", "0-1"): 1}
