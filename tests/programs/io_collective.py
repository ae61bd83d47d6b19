# SPDX-License-Identifier: Apache-2.0
"""Collective access counts each rank's own bytes; a split one counts them at its end, where the status is."""

ranks = 2


def profile(r):
    calls = {
        "MPI_File_open": 1,
        "MPI_File_set_view": 1,
        "MPI_File_write_at_all": (1, 400, 0),
        "MPI_File_read_at_all": (1, 0, 400),
        "MPI_File_seek": 2,
        "MPI_File_write_all": (1, 160, 0),
        "MPI_File_read_all": (1, 0, 80),
        "MPI_File_write_at_all_begin": 1,
        "MPI_File_write_at_all_end": (1, 800, 0),
        "MPI_File_read_at_all_begin": 1,
        "MPI_File_read_at_all_end": (1, 0, 480),
        "MPI_File_seek_shared": 2,
        "MPI_File_write_shared": (1, 40, 0),
        "MPI_File_write_ordered": (1, 48, 0),
        "MPI_File_read_shared": (1, 0, 56),
        "MPI_File_read_ordered": (1, 0, 16),
        "MPI_File_close": 1,
        "MPI_Barrier": 1,
    }
    if r.rank == 0:
        calls["MPI_File_delete"] = 1
    return calls


def matrix(size):
    return {}
