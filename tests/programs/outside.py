# SPDX-License-Identifier: Apache-2.0
"""What the standard allows before MPI_Init and after MPI_Finalize is recorded like the rest."""

ranks = 2


def profile(r):
    return {
        "MPI_Initialized": 3,
        "MPI_Finalized": 2,
        "MPI_Get_version": 2,
        "MPI_Get_library_version": 1,
        "MPI_Wtime": 2,
        "MPI_Wtick": 1,
        "MPI_Get_processor_name": 1,
        "MPI_Query_thread": 1,
        "MPI_Is_thread_main": 1,
        "MPI_Pcontrol": 1,
        "MPI_Alloc_mem": 1,
        "MPI_Free_mem": 1,
        "MPI_Info_create": 1,
        "MPI_Info_set": 1,
        "MPI_Info_get": 1,
        "MPI_Info_free": 1,
    }
