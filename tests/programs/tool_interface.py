# SPDX-License-Identifier: Apache-2.0
"""MPI_T procedures are MPI calls, too."""

ranks = 2


def profile(r):
    return {"MPI_T_init_thread": 1, "MPI_T_cvar_get_num": 1, "MPI_T_pvar_get_num": 1, "MPI_T_finalize": 1}
