# SPDX-License-Identifier: Apache-2.0
"""Nonblocking access is booked under the procedure that started it, with the bytes of the completing status."""

ranks = 2


def profile(r):
    calls = {
        "MPI_File_open": 1,
        "MPI_File_iwrite_at": (2, 1500, 0),
        "MPI_File_iread_at": (2, 0, 800),
        "MPI_File_seek": 1,
        "MPI_File_iwrite": (1, 300, 0),
        "MPI_File_iwrite_at_all": (1, 200, 0),
        "MPI_Waitall": 2,
        "MPI_Wait": 2,
        "MPI_Barrier": 2,
        "MPI_File_close": 1,
    }
    if r.rank == 0:
        calls["MPI_File_delete"] = 1
    return calls
